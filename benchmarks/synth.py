"""Synthesizes the platform plainly and fast, in turn, and compares time, memory and the files written.

Both ways use the same node and the same unpacked packages; each run is a Python process of its own. Before anything is
measured each way runs once, so that neither unpacks packages nor compiles Python.

*Wall* is the time from the start of the Python process to its end. *Memory* is the sum, over the Python process and
every node it starts, of the largest resident set each of them had (``VmHWM`` of ``/proc``, hence Linux): an upper bound
of what the synth needs at any one time.

The last line printed is a JSON object: ``wall_ratio`` and ``memory_ratio`` (fast by plain, of the medians) and
``resources``. Exit code 1 means that the two ways wrote different files.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

APP: Final = (sys.executable, "-m", "tercet.synth", "--out")
"""What is measured; the folder to write to follows."""

WAYS: Final = ("plain", "fast")
TIME_LIMIT_S: Final = 300
SAMPLING_INTERVAL_S: Final = 0.02
Files = dict[str, str]


class BenchmarkError(Exception):
    """The synth failed, or the two ways differ."""


@dataclass(frozen=True)
class Run:
    """One synth: its duration, its memory, and the digest of each file it wrote."""

    wall_s: float
    memory_mb: float
    files: Files


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="pairs of runs to measure (default: 5)")
    runs: int = parser.parse_args().runs
    try:
        # A folder of its own: its cache is filled by the run that is not measured, and no settings file lies in it.
        with tempfile.TemporaryDirectory(prefix="tercet-benchmark-") as name:
            report(compare(Path(name), max(1, runs)), count_resources(Path(name, "fast")))
    except BenchmarkError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def compare(folder: Path, runs: int) -> dict[str, list[Run]]:
    """Run both ways in turn, and have every run write what the first one wrote."""
    expected = synthesize(folder, "plain").files
    measured: dict[str, list[Run]] = {way: [] for way in WAYS}
    for number in range(runs + 1):
        for way in WAYS:
            run = synthesize(folder, way)
            if run.files != expected:
                different = {name for name, _ in run.files.items() ^ expected.items()}
                raise BenchmarkError(f"The {way} synth wrote other files: {', '.join(sorted(different))}.")
            if number > 0:  # the first pair warms up
                print(f"{way:5}  {run.wall_s:6.2f} s  {run.memory_mb:6.0f} MB", flush=True)
                measured[way].append(run)
    return measured


def synthesize(folder: Path, way: str) -> Run:
    """Synthesize in a new process, in a folder whose cache both ways share."""
    out = folder / way
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TERCET_")}
    environment.update({"TERCET_SYNTH": "plain"} if way == "plain" else {})
    started = time.perf_counter()
    with subprocess.Popen([*APP, str(out)], cwd=folder, env=environment) as process:
        try:
            memory_mb = watch(process, started + TIME_LIMIT_S)
        except BaseException:
            process.kill()
            raise
    wall_s = time.perf_counter() - started
    if process.returncode != 0:
        raise BenchmarkError(f"The {way} synth ended with exit code {process.returncode}; its message is above.")
    return Run(wall_s, memory_mb, digests(out))


def watch(process: subprocess.Popen[bytes], deadline: float) -> float:
    """Wait for a process, and return the sum of its and its descendants' largest resident sets, in megabytes."""
    peaks_kb: dict[int, int] = {}
    while True:
        for pid in descendants(process.pid):
            peaks_kb[pid] = max(peaks_kb.get(pid, 0), peak_kb(pid))
        try:
            process.wait(SAMPLING_INTERVAL_S)
        except subprocess.TimeoutExpired:
            if time.perf_counter() > deadline:
                raise BenchmarkError(f"A synth took more than {TIME_LIMIT_S} s.") from None
        else:
            return sum(peaks_kb.values()) / 1024


def descendants(pid: int) -> list[int]:
    found = [pid]
    for parent in found:  # grows while it is walked
        try:
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii")
        except OSError:
            continue  # it has just ended
        found.extend(int(child) for child in children.split())
    return found


def peak_kb(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0  # it has just ended
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")), 0)


def digests(folder: Path) -> Files:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def count_resources(folder: Path) -> int:
    configurations = [json.loads(file.read_text(encoding="utf-8")) for file in folder.rglob("cdk.tf.json")]
    return sum(len(named) for each in configurations for named in each.get("resource", {}).values())


def report(measured: dict[str, list[Run]], resources: int) -> None:
    wall_s = {way: median(run.wall_s for run in runs) for way, runs in measured.items()}
    memory_mb = {way: median(run.memory_mb for run in runs) for way, runs in measured.items()}
    for way in WAYS:
        print(f"{way:5}  median {wall_s[way]:.2f} s, {memory_mb[way]:.0f} MB (Python and every node)")
    result = {
        "wall_ratio": round(wall_s["fast"] / wall_s["plain"], 3),
        "memory_ratio": round(memory_mb["fast"] / memory_mb["plain"], 3),
        "resources": resources,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    sys.exit(main())
