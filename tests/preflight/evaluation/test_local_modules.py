"""A module is looked into where it is part of the repository, wherever in it the check begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from tercet.preflight.check import check_path

QUEUE = """
resource "aws_sqs_queue" "payments" {
  name = "payments.fifo"
}
"""
CALL = 'module "queue" {\n  source = "../../modules/queue"\n}\n'


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    for name, text in {"modules/queue": QUEUE, "environments/prod": CALL}.items():
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "main.tf").write_text(text)
    return tmp_path / "environments" / "prod"


def test_a_module_of_the_same_repository(environment: Path, tmp_path: Path):
    (tmp_path / ".git").mkdir()
    report = check_path(environment)
    assert "module.queue.aws_sqs_queue.payments" in {one.address for one in report.findings}
    assert {one.source.file for one in report.findings if one.rule == "sqs-fifo-suffix"} == {
        str(environment / "../../modules/queue/main.tf")
    }


def test_a_file_of_the_same_repository(environment: Path, tmp_path: Path):
    (tmp_path / ".git").mkdir()
    assert check_path(environment / "main.tf").resources == 1


def test_a_module_elsewhere_is_said_to_be_left_out(environment: Path):
    report = check_path(environment)
    assert report.resources == 0
    assert any("module.queue" in one and "../../modules/queue" in one for one in report.warnings)
