"""What the next command makes of what was killed, or died, in the middle of its work."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.deployed import tercet

pytestmark = pytest.mark.slow


def processes_of(folder: Path, program: str = "") -> list[int]:
    """Processes, of a program, that work in a folder or were started for it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            here = str(folder) in words or str((process / "cwd").readlink()).startswith(str(folder))
        except OSError:
            continue
        if here and program in words and int(process.name) != os.getpid():
            found.append(int(process.name))
    return found


def kill_half_way(folder: Path) -> None:
    """Start ``up``, and kill it and its Terraform, with no warning, in the middle of the work."""
    first = subprocess.Popen(
        [str(Path(sys.executable).with_name("tercet")), "up"],
        cwd=folder,
        env={**os.environ, "ENVIRONMENT_SUFFIX": "crash"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    log = folder / ".tercet/session/out/stacks/tercet/terraform-logs/apply.jsonl"
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline and first.poll() is None:
        if log.exists() and log.read_text(errors="replace").count('"apply_complete"') > 60:
            break
        time.sleep(0.1)
    assert first.poll() is None, "it ended before it could be killed"
    first.kill()
    first.wait(30)
    for number in processes_of(folder, "terraform"):
        os.kill(number, signal.SIGKILL)


def test_killed_half_way_the_next_up_repairs_and_down_leaves_nothing(tmp_path: Path):
    folder = tmp_path / "a folder with blanks"
    folder.mkdir()
    kill_half_way(folder)

    again = tercet("up", folder=folder, ENVIRONMENT_SUFFIX="crash")
    assert again.returncode == 0, again.stderr
    assert "did not end in order" in again.stderr
    status = json.loads(tercet("status", "--json", folder=folder, ENVIRONMENT_SUFFIX="crash").stdout)
    assert status["resources"] > 150

    down = tercet("down", folder=folder)
    assert down.returncode == 0, down.stderr
    assert "destroyed" in down.stdout
    assert not (folder / ".tercet" / "session").exists()
    assert processes_of(folder) == []
    assert [entry.name for entry in folder.iterdir()] == [".tercet"]


def test_a_dead_embedded_aws_is_replaced_or_discarded(tmp_path: Path):
    """Its memory is gone with it: a state that speaks of it would only mislead."""
    session = tmp_path / ".tercet" / "session"
    session.mkdir(parents=True)
    (session / "endpoints.json").write_text("{}")
    (session / "server.lock").write_text("1")  # a process that is alive and not ours
    answer = tercet("status", folder=tmp_path)
    assert answer.returncode == 1
    down = tercet("down", folder=tmp_path)
    assert down.returncode == 0, down.stderr
    assert not session.exists()
