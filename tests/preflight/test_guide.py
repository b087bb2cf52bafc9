"""The guide's rule is a rule: whoever copies it has one."""

from __future__ import annotations

import re
from pathlib import Path

from tercet.preflight import registry
from tercet.preflight.check import check_path
from tercet.preflight.findings import Severity
from tercet.preflight.options import Options

GUIDE = Path(__file__).parents[2] / "docs" / "write-a-rule.md"


def test_the_rule_of_the_guide_works(tmp_path: Path, monkeypatch):
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    written: dict[str, object] = {}
    exec(compile(code, "sqs_dlq_is_itself.py", "exec"), written)
    rule = written["RULE"]
    known = {**registry.all_rules(), rule.id: rule}
    monkeypatch.setattr(registry, "everything", lambda: known)
    assert rule.id in _found(rule.failing, tmp_path)
    assert _found(rule.passing, tmp_path) == set()


def _found(example: str, folder: Path) -> set[str]:
    (folder / "main.tf").write_text(example, encoding="utf-8")
    return {one.rule for one in check_path(folder, Options()).at_least(Severity.SECURITY)}
