"""What Terraform itself and checkov say of the synthesized configuration."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tercet import terraform
from tests.configuration import Configuration

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
CHECKOV = Path(os.environ.get("TERCET_CHECKOV", ROOT / ".venv-checkov" / "bin" / "checkov"))
SKIPPED = ROOT / ".checkov.yaml"
ONLY_UNPROTECTED = {"CKV_AWS_139": "deletion protection of the database is what `protect` is for"}
"""What checkov asks of ``dev``, whose point is that it can be destroyed."""


def checkov(configuration: Configuration, folder: Path, settings: str) -> set[str]:
    """Run checkov in a folder of its own and give the checks that failed."""
    shutil.copy(configuration.folder / "cdk.tf.json", folder)
    (folder / "checkov.yaml").write_text(settings, encoding="utf-8")
    answer = subprocess.run(
        [CHECKOV, "--config-file", "checkov.yaml", "-f", "cdk.tf.json", "-o", "json"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    report = json.loads(answer.stdout)
    assert report["summary"]["parsing_errors"] == 0, "checkov cannot read the configuration, and so checked nothing"
    assert report["summary"]["passed"] > 300
    return {check["check_id"] for check in report["results"]["failed_checks"]}


@pytest.mark.parametrize("name", ["dev", "prod", "domain", "experiment"])
def test_checkov_finds_nothing_that_is_not_accounted_for(
    configurations: dict[str, Configuration], name: str, tmp_path: Path
):
    failed = checkov(configurations[name], tmp_path, SKIPPED.read_text(encoding="utf-8"))
    expected = set() if name == "prod" else set(ONLY_UNPROTECTED)
    assert failed == expected


def test_every_skip_is_needed(configuration: Configuration, tmp_path: Path):
    settings = yaml.safe_load(SKIPPED.read_text(encoding="utf-8"))
    skipped = set(settings.pop("skip-check"))
    assert checkov(configuration, tmp_path, yaml.safe_dump(settings)) - set(ONLY_UNPROTECTED) == skipped


def test_every_skip_has_a_reason():
    lines = SKIPPED.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if re.match(r"\s+- CKV", line):
            above = lines[number - 1].strip()
            assert above.startswith(("#", "- CKV")), line


@pytest.mark.parametrize("name", ["dev", "prod", "domain", "experiment", "elsewhere"])
def test_terraform_validates_without_a_warning(configurations: dict[str, Configuration], name: str, tmp_path: Path):
    folder = tmp_path / "stack"
    shutil.copytree(configurations[name].folder, folder)
    override = {"terraform": {"backend": {"local": {"path": str(tmp_path / "terraform.tfstate")}}}}
    (folder / "test_override.tf.json").write_text(json.dumps(override), encoding="utf-8")
    runner = terraform.Terraform(terraform.find(), folder)
    runner.init()
    assert runner.validate() == ()
