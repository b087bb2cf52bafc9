"""A real Terraform, small configurations that need no provider, and an environment that is nobody's own."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tercet.terraform import Binary, Terraform, find, providers

TWO_STEPS = """
variable "value" { default = "first" }
resource "terraform_data" "one" { input = var.value }
resource "terraform_data" "two" { input = terraform_data.one.output }
output "value" { value = terraform_data.two.output }
"""

# The second resource says that it has begun, and then takes longer than any test waits.
STUCK = """
resource "terraform_data" "one" { input = "first" }
resource "terraform_data" "two" {
  input = terraform_data.one.output
  provisioner "local-exec" { command = "echo $$ > pid; exec sleep 60" }
}
"""


@pytest.fixture(autouse=True)
def _nobodys_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in [name for name in os.environ if name.startswith(("TF_", "TERCET_", "XDG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(providers, "_SYSTEM_SHELF", tmp_path / "opt")


@pytest.fixture(scope="session")
def binary() -> Binary:
    """Find what the user has; an error is a failure and no reason to skip: these tests are about the real program."""
    return find()


@pytest.fixture
def script(tmp_path: Path) -> Callable[..., Path]:
    """Write a program for /bin/sh."""

    def write(body: str, name: str = "terraform") -> Path:
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
        return path

    return write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "work"
    path.mkdir()
    return path


@pytest.fixture
def initialised(binary: Binary, folder: Path) -> Callable[..., Terraform]:
    """Write a configuration into the folder and run init."""

    def prepare(configuration: str, **options: object) -> Terraform:
        (folder / "main.tf").write_text(configuration)
        terraform = Terraform(binary, folder, **options)  # type: ignore[arg-type] # handed on as they come
        terraform.init()
        return terraform

    return prepare


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits for its parent does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


def wait_for(condition: Callable[[], bool], timeout_s: float = 30) -> bool:
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
