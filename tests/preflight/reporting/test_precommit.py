"""The hook that other projects name in their pre-commit configuration."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

(HOOK,) = yaml.safe_load((Path(__file__).parents[3] / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))


def test_it_checks_the_folder_and_not_the_files_one_by_one():
    assert HOOK["id"] == "tercet-preflight"
    assert HOOK["entry"].split()[0] == "tercet"
    assert HOOK["language"] == "python"
    assert HOOK["pass_filenames"] is False
    assert HOOK["args"] == ["."]


@pytest.mark.parametrize(
    ("name", "runs"), [("main.tf", True), ("a/main.tf.json", True), ("dev.tfvars", True), ("package.json", False)]
)
def test_it_runs_where_terraform_s_files_have_changed(name: str, runs: bool):
    assert bool(re.search(HOOK["files"], name)) == runs
