"""What a check says: findings, what it could not decide, and where in the user's files each of them stands."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

FORMAT_VERSION: Final = "1.0"
"""Version of the JSON report; the first number changes when a program that reads it would break."""


class Severity(enum.StrEnum):
    """How bad it is, by consequence; from the worst on."""

    APPLY_FAILS = "apply-fails"
    """Terraform or AWS refuses it: init, plan, apply or destroy stops."""
    SILENT_OUTAGE = "silent-outage"
    """It deploys, and does not work, or falls with one availability zone."""
    SECURITY = "security"
    """It deploys and works, for others too."""
    POLICY = "policy"
    """It is not what the stated intent says."""
    ADVICE = "advice"
    """It works, and costs something later."""

    @property
    def rank(self) -> int:
        """Place in the order: 0 is the worst."""
        return list(Severity).index(self)

    def at_least(self, other: Severity) -> bool:
        """Tell whether this is as bad as `other`, or worse."""
        return self.rank <= other.rank


@dataclass(frozen=True, slots=True)
class Source:
    """Where something stands.

    Parameters
    ----------
    file
        As the user named it, or below what the user named.
    line
        From 1; None where the input has no lines of its own, as a plan.
    construct
        Path of the construct in a CDK Terrain or CDKTF app, such as ``app/network/zone-1``.
    """

    file: str | None = None
    line: int | None = None
    construct: str | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """A change that a machine can make: in `file`, the text `old`, which stands at `line`, becomes `new`."""

    file: str
    line: int
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Parameters
    ----------
    rule
        Id of the rule, such as ``aurora-backtrack-global``.
    severity
        By consequence.
    address
        Terraform's address of what is wrong.
    message
        What is wrong, in terms of its values, and what it breaks.
    aws_error
        What AWS or Terraform will answer; None where nothing answers.
    evidence
        The values that show it: attribute → value.
    fix
        The smallest change that cures it.
    docs
        Where the fact is documented.
    source
        Where it stands.
    edit
        The same change for a machine, where a machine can make it.
    """

    rule: str
    severity: Severity
    address: str
    message: str
    aws_error: str | None = None
    evidence: dict[str, str] = field(default_factory=dict)
    fix: str = ""
    docs: str = ""
    source: Source = Source()
    edit: Edit | None = None

    @property
    def fingerprint(self) -> str:
        """What stays the same while lines move: twelve hexadecimal digits of rule, address and evidence."""
        parts = [self.rule, self.address, *(f"{name}={value}" for name, value in sorted(self.evidence.items()))]
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Undecided:
    """One thing that cannot be known from the input."""

    rule: str
    address: str
    because: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """A finding that somebody has accepted, with the reason they gave."""

    finding: Finding
    reason: str


@dataclass(frozen=True)
class Report:
    """Everything that a check says.

    Parameters
    ----------
    findings
        Worst first, then by address and rule.
    undecided
        What could not be decided, and why.
    accepted
        Findings that were accepted, by a suppression or by the baseline.
    warnings
        What is to be known of the check itself: unused suppressions, old data, files passed over.
    resources
        How many resources were looked at.
    rules
        How many rules were asked.
    """

    findings: tuple[Finding, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    warnings: tuple[str, ...] = ()
    resources: int = 0
    rules: int = 0

    def at_least(self, threshold: Severity) -> tuple[Finding, ...]:
        """Return the findings that are as bad as the threshold, or worse."""
        return tuple(finding for finding in self.findings if finding.severity.at_least(threshold))


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Order findings as a reader wants them."""
    return tuple(sorted(findings, key=lambda one: (one.severity.rank, one.address, one.rule, one.message)))
