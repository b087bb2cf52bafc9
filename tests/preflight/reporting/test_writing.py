"""What the command line writes: reports and patches for programs are UTF-8, whatever the terminal's characters are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tercet import cli
from tercet.cli.console import INTERRUPTED

QUEUE = '# Zürich\r\nresource "aws_sqs_queue" "payments" {\r\n  name = "payments.fifo"\r\n}\r\n'


def check(folder: Path, *arguments: str, given: str = "") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "tercet.cli", "check", *arguments, "--select", "sqs-fifo-suffix"],
        input=given.encode(),
        capture_output=True,
        cwd=folder,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "zürich.tf").write_bytes(QUEUE.encode())
    return tmp_path


def test_a_patch_can_be_applied(folder: Path) -> None:
    written = check(folder, "zürich.tf", "--fix").stdout
    git = ["git", "-c", "core.autocrlf=false", "apply", "-"]
    answer = subprocess.run(git, input=written, cwd=folder, capture_output=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert "  fifo_queue = true\r\n" in (folder / "zürich.tf").read_bytes().decode()


@pytest.mark.parametrize("form", ["json", "sarif", "junit", "github", "html"])
def test_a_report_for_a_program_is_utf_8(folder: Path, form: str) -> None:
    said = check(folder, "zürich.tf", "--format", form).stdout.decode("utf-8")
    assert "zürich.tf" in said or "z%C3%BCrich.tf" in said


def test_a_terminal_gets_what_it_can_show(folder: Path) -> None:
    run = check(folder, "zürich.tf")
    assert b"z?rich.tf" in run.stdout
    assert run.returncode == 1


def test_standard_input_is_no_file_that_a_program_could_open(tmp_path: Path) -> None:
    run = json.loads(check(tmp_path, "-", "--format", "sarif", given=QUEUE).stdout)["runs"][0]
    assert [list(one["locations"][0]) for one in run["results"]] == [["logicalLocations"]]
    assert b"file=" not in check(tmp_path, "-", "--format", "github", given=QUEUE).stdout


@pytest.mark.parametrize("version", ["1.x", "banana", ">= 1.5", ""])
def test_a_version_that_is_none(folder: Path, version: str) -> None:
    run = check(folder, "zürich.tf", "--terraform-version", version)
    assert run.returncode == 2
    assert run.stdout == b""
    assert b"is no version of Terraform" in run.stderr


@pytest.mark.parametrize("version", ["1.10", "1.10.0", "v1.10.0", "1.12.0-beta1", "1"])
def test_a_version(folder: Path, version: str) -> None:
    assert check(folder, "zürich.tf", "--terraform-version", version).returncode == 1


def test_whoever_interrupts_is_told_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tercet.preflight.check.check_paths", interrupted)
    monkeypatch.setattr(sys, "argv", ["tercet", "check", str(folder)])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == INTERRUPTED
    assert capsys.readouterr().err == "tercet: interrupted; the same command goes on from here.\n"
