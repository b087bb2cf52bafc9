"""Which files of a folder are read, and what is said of those that are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tercet.errors import PreflightError
from tercet.preflight.programs.check import check_programs

_PROGRAM = "from cdktn import App, TerraformStack\n\napp = App()\nTerraformStack(app, 'payments')\napp.synth()\n"
_GENERATED = "import abc\n\nimport jsii\nimport publication\nimport typing_extensions\n\nprint(undefined)\n"


def test_bindings_that_were_generated_into_the_app_are_not_read(tmp_path: Path):
    (tmp_path / "main.py").write_text(_PROGRAM)
    generated = tmp_path / "generated" / "aws" / "vpc" / "__init__.py"
    generated.parent.mkdir(parents=True)
    generated.write_text(_GENERATED)
    report = check_programs(tmp_path)
    assert (report.files, report.findings, report.warnings) == (1, [], [])


def test_a_file_that_is_too_large_is_named_in_one_sentence(tmp_path: Path):
    file = tmp_path / "main.py"
    file.write_text(_PROGRAM + "x = 1\n" * 1_000_000)
    with pytest.raises(PreflightError, match="larger than 5 MB"):
        check_programs(file)
    assert "larger than 5 MB" in check_programs(tmp_path).warnings[0]
