"""Which versions of Terraform and of a provider may run a configuration: constraints, and questions to them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from tercet.errors import PreflightError

Version = tuple[int, int, int]

_ONE: Final = re.compile(r"\s*(>=|<=|!=|~>|=|>|<)?\s*v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:[-+][\w.]*)?\s*")
TOP: Final[Version] = (10**6, 0, 0)


@dataclass(frozen=True, slots=True)
class Versions:
    """What may run the configuration.

    Parameters
    ----------
    terraform
        A version constraint, or an exact version where the user has said one; None where nothing says.
    aws
        The constraint on the AWS provider, or None.
    """

    terraform: str | None = None
    aws: str | None = None

    def terraform_may_be_below(self, version: Version) -> bool:
        """Tell whether a Terraform older than `version` is admitted; true where nothing says."""
        return lower_bound(self.terraform) < version

    def terraform_is_at_least(self, version: Version) -> bool:
        """Tell whether every admitted Terraform is `version` or newer; false where nothing says."""
        return lower_bound(self.terraform) >= version

    def terraform_may_be(self, version: Version) -> bool:
        """Tell whether some admitted Terraform is `version` or newer; true where nothing says."""
        return upper_bound(self.terraform) > version

    def aws_may_be(self, version: Version) -> bool:
        """Tell whether some admitted AWS provider is `version` or newer; true where nothing says."""
        return upper_bound(self.aws) > version

    def aws_may_be_below(self, version: Version) -> bool:
        """Tell whether an AWS provider older than `version` is admitted; true where nothing says."""
        return lower_bound(self.aws) < version


def exact(text: str) -> str:
    """Return the version that somebody says will run the configuration.

    Raises
    ------
    PreflightError
        It is a constraint, or nothing of the kind.
    """
    match = _ONE.fullmatch(text)
    if match is None or match[1]:
        raise PreflightError(f"{text!r} is no version of Terraform, such as 1.10.0.")
    return text


def lower_bound(constraint: str | None) -> Version:
    """Return the oldest version that a constraint admits; 0.0.0 where it has no lower bound or cannot be read."""
    bounds = [version for operator, version in _parts(constraint) if operator in (">=", ">", "=", "~>")]
    return max(bounds, default=(0, 0, 0))


def upper_bound(constraint: str | None) -> Version:
    """Return the version below which all admitted ones lie; `TOP` where there is no upper bound."""
    bounds = [TOP]
    for part in (constraint or "").split(","):
        if (match := _ONE.fullmatch(part)) is None:
            continue
        operator, major, minor, patch = match.groups()
        version = (int(major), int(minor or 0), int(patch or 0))
        if operator == "<":
            bounds.append(version)
        elif operator in ("<=", "=", None):
            bounds.append((version[0], version[1], version[2] + 1))
        elif operator == "~>":
            # The last number given may rise: ~> 1.9.2 is below 1.10, ~> 1.9 is below 2.
            bounds.append((version[0], version[1] + 1, 0) if patch is not None else (version[0] + 1, 0, 0))
    return min(bounds)


def _parts(constraint: str | None) -> list[tuple[str, Version]]:
    found = []
    for part in (constraint or "").split(","):
        if (match := _ONE.fullmatch(part)) is not None:
            operator, major, minor, patch = match.groups()
            found.append((operator or "=", (int(major), int(minor or 0), int(patch or 0))))
    return found
