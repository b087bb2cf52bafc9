"""Fuzzes every loader and every rule, led by coverage.

Atheris is not among the tools of the project, because it has no wheel for every Python; get it with
``pip install atheris==3.0.0`` (Python 3.11 to 3.13 on Linux), and run::

    python -m tests.preflight.fuzz.atheris_fuzz --runs 100000

It starts from the rules' own examples. The last line counts the runs, the answers, the refusals and the defects; what
made a defect is kept in the folder that ``--keep`` names. Exit code 1: there were defects.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Final

import atheris

with atheris.instrument_imports(include=["tercet.preflight"]):
    from tercet.preflight import registry
    from tests.preflight.as_json import as_json
    from tests.preflight.fuzz.asking import ROLES, Outcome, ask

NAMES: Final = list(ROLES)
SLOWEST_SECONDS: Final = 20.0
LARGEST_BYTES: Final = 4096


class Campaign:
    """Counts what comes of each input, and keeps those that make a defect."""

    def __init__(self, runs: int, keep: Path) -> None:
        self.runs = runs
        self.keep = keep
        self.counts: Counter[str] = Counter()
        self.defects: set[str] = set()
        self.began = time.monotonic()

    def one(self, data: bytes) -> None:
        """Ask about one input: its first byte chooses the role, the others are what is asked about."""
        if data:
            self.counts["runs"] += 1
            self._ask(NAMES[data[0] % len(NAMES)], data[1:])
        if self.counts["runs"] >= self.runs:
            self.finish()

    def _ask(self, role: str, data: bytes) -> None:
        began = time.process_time()
        try:
            self.counts[ask(role, data).value] += 1
        except Exception as error:  # noqa: BLE001  (this is what is looked for)
            self._defect(role, data, error)
        if (took := time.process_time() - began) > SLOWEST_SECONDS:
            self._defect(role, data, TimeoutError(f"it took {took:.0f} s"))

    def _defect(self, role: str, data: bytes, error: Exception) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
        text = str(error).split(" at ")[0] if type(error).__name__ == "DefectError" else ""
        signature = f"{role} {type(error).__name__} {where} {text}"
        if signature not in self.defects:
            self.defects.add(signature)
            name = hashlib.sha256(data).hexdigest()[:12]
            self.keep.mkdir(parents=True, exist_ok=True)
            (self.keep / f"{name}.{''.join(one if one.isalnum() else '-' for one in role)}").write_bytes(data)
            (self.keep / f"{name}.txt").write_text(
                f"{signature}\n{error}\n" + "".join(traceback.format_exception(error))
            )
            print(f"DEFECT {name}: {signature}: {str(error)[:300]}", flush=True)

    def finish(self) -> None:
        """Print the counts, and stop."""
        seconds = round(time.monotonic() - self.began)
        print(
            json.dumps(
                {
                    "runs": self.counts["runs"],
                    "answers": self.counts[Outcome.ANSWER.value],
                    "refusals": self.counts[Outcome.REFUSAL.value],
                    "defects": len(self.defects),
                    "seconds": seconds,
                }
            ),
            flush=True,
        )
        os._exit(1 if self.defects else 0)


def seeds(folder: Path) -> None:
    """Write the rules' examples as the inputs to start from."""
    plan = {"format_version": "1.2", "planned_values": {"root_module": {"resources": []}}, "configuration": {}}
    for number, rule in enumerate(registry.all_rules().values()):
        for name, text in (("failing", rule.failing), ("passing", rule.passing)):
            document = json.dumps(as_json(text), separators=(",", ":"))
            for role, said in (("main.tf", text), ("main.tf.json", document)):
                at = NAMES.index(role)
                (folder / f"{number}-{name}-{at}").write_bytes(bytes([at]) + said.encode())
    for role, said in (
        ("plan.json", json.dumps(plan)),
        ("intent.toml", 'regions = ["us-east-1"]\naz_count = 3\n'),
        ("intent.json", '{"regions": ["us-east-1"], "pitr": true}'),
        ("accept.toml", '[[accept]]\nrule = "nat-single-zone"\naddress = "*"\nreason = "a"\nuntil = 2026-12-31\n'),
        ("baseline.json", '{"version": 1, "findings": [{"fingerprint": "a", "rule": "b", "address": "c"}]}'),
        ("terraform.tfvars", 'any = { a = ["b", 1, null] }\n'),
        ("a.auto.tfvars.json", '{"any": {"a": ["b", 1, null]}}'),
        ("a rule's example in JSON", "0123456789"),
        ("a rule's example in HCL", "0123456789"),
        ("app.py", "from cdktn_provider_aws.vpc import Vpc\nVpc(None, 'a', cidr_block='10.0.0.0/16')\n"),
    ):
        at = NAMES.index(role)
        (folder / f"role-{at}").write_bytes(bytes([at]) + said.encode())


def main() -> None:
    """Run as many inputs as are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "preflight-defects")
    asked = parser.parse_args()
    campaign = Campaign(asked.runs, asked.keep)
    corpus = tempfile.mkdtemp(prefix="preflight-corpus-")
    seeds(Path(corpus))
    atheris.Setup(
        [sys.argv[0], f"-max_len={LARGEST_BYTES}", "-timeout=600", "-rss_limit_mb=4096", corpus], campaign.one
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
