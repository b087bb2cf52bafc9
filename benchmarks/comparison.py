"""Runs other checkers on every rule's failing example, and tells who finds what.

Each example is written into a folder of its own. checkov runs from its own environment
(``make .venv-checkov/installed``); ``tflint`` (with its ruleset for AWS) and ``trivy`` run if they are on the PATH, and
are left out, which is said, if they are not. ``terraform validate`` is not asked: what it finds needs no other tool.

A tool *finds* a failure if it says something about the failing example that it does not say about the passing one: a
finding that both share is about something else. That favours the other tools: what they say need not be the reason.

The last line printed is a JSON object: tool → how many of the rules it finds, and ``rules``.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from tercet.preflight import registry
from tercet.preflight.check import check_path
from tercet.preflight.findings import Severity
from tercet.preflight.options import Options
from tercet.preflight.rule import Rule

ROOT: Final = Path(__file__).parent.parent
CHECKOV: Final = os.environ.get("TERCET_CHECKOV", str(ROOT / ".venv-checkov" / "bin" / "checkov"))
TIME_LIMIT_S: Final = 1_200
KINDS: Final = ("failing", "passing")

Said = dict[tuple[str, str], set[str]]
"""Rule and kind of example → what a tool says of it."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--severity", default="silent-outage", choices=[str(one) for one in Severity], help="rules down to this one"
    )
    parser.add_argument("--list", action="store_true", help="list each rule with the tools that find it")
    arguments = parser.parse_args()
    rules = [
        rule
        for rule in registry.all_rules().values()
        if rule.severity.at_least(Severity(arguments.severity)) and not rule.intent.stated
    ]
    with tempfile.TemporaryDirectory(prefix="tercet-comparison-") as name:
        folder = Path(name)
        write(folder, rules)
        found = {tool: finds(run(folder, rules), rules) for tool, run in tools().items()}
    if arguments.list:
        for rule in rules:
            print(f"{rule.id:45} {' '.join(tool for tool, ids in found.items() if rule.id in ids)}")
    print(json.dumps({**{tool: len(ids) for tool, ids in found.items()}, "rules": len(rules)}))
    return 0


def tools() -> dict[str, Callable[[Path, Iterable[Rule]], Said]]:
    """Return the tools that are here."""
    chosen: dict[str, Callable[[Path, Iterable[Rule]], Said]] = {"tercet": tercet}
    for name, program, run in (("checkov", CHECKOV, checkov), ("tflint", "tflint", tflint), ("trivy", "trivy", trivy)):
        if shutil.which(program):
            chosen[name] = run
        else:
            print(f"{name} is not here, and is left out", file=sys.stderr)
    return chosen


def write(folder: Path, rules: Iterable[Rule]) -> None:
    for rule in rules:
        for kind in KINDS:
            place = folder / rule.id / kind
            place.mkdir(parents=True)
            (place / "main.tf").write_text(getattr(rule, kind), encoding="utf-8")


def finds(said: Said, rules: Iterable[Rule]) -> set[str]:
    return {rule.id for rule in rules if said.get((rule.id, "failing"), set()) - said.get((rule.id, "passing"), set())}


def tercet(folder: Path, rules: Iterable[Rule]) -> Said:
    said: Said = {}
    for rule in rules:
        for kind in KINDS:
            report = check_path(folder / rule.id / kind, Options(intent=rule.intent))
            said[rule.id, kind] = {one.rule for one in report.findings}
    return said


def checkov(folder: Path, _: Iterable[Rule]) -> Said:
    answer = ask([CHECKOV, "-d", str(folder), "-o", "json", "--framework", "terraform", "--skip-download", "--quiet"])
    said: Said = {}
    for report in answer if isinstance(answer, list) else [answer]:
        for check in report.get("results", {}).get("failed_checks", []):
            rule, kind = Path(check["file_path"].lstrip("/")).parts[-3:-1]
            said.setdefault((rule, kind), set()).add(f"{check['check_id']} {check['resource']}")
    return said


def tflint(folder: Path, rules: Iterable[Rule]) -> Said:
    said: Said = {}
    for rule in rules:
        for kind in KINDS:
            answer = ask(["tflint", f"--chdir={folder / rule.id / kind}", "--format=json", "--force"])
            said[rule.id, kind] = {f"{one['rule']['name']} {one['message']}" for one in answer.get("issues", [])}
    return said


def trivy(folder: Path, rules: Iterable[Rule]) -> Said:
    said: Said = {}
    for rule in rules:
        for kind in KINDS:
            place = folder / rule.id / kind
            answer = ask(["trivy", "config", "--skip-check-update", "--offline-scan", "--format=json", str(place)])
            said[rule.id, kind] = {
                f"{one['ID']} {one.get('CauseMetadata', {}).get('Resource', '')}"
                for result in answer.get("Results") or []
                for one in result.get("Misconfigurations") or []
            }
    return said


def ask(command: list[str]) -> Any:
    answer = subprocess.run(command, capture_output=True, text=True, timeout=TIME_LIMIT_S, check=False)
    return json.loads(answer.stdout or "{}")


if __name__ == "__main__":
    sys.exit(main())
