"""Accepts a finding in the Python program, on the construct it is about."""

from __future__ import annotations

import datetime
from typing import Any


def accept(resource: Any, rule: str, *, reason: str, until: datetime.date | str | None = None) -> None:
    """Accept what a rule finds at a resource.

    It travels in the synthesized configuration, under ``"//"``, where Terraform reads nothing. Whether there is such a
    rule is found out by the preflight, which reports what is misspelt, expired, or not used any more.

    Parameters
    ----------
    resource
        A resource of CDK Terrain or CDKTF.
    rule
        Id of the rule, as findings name it.
    reason
        Why, for whoever reads it next.
    until
        The last day on which it holds; None where it has no end.

    Raises
    ------
    TypeError
        It is no resource: what data sources, providers or backends are found to be is accepted in a file.
    ValueError
        The reason is blank, or `until` is no day.

    Examples
    --------
    ::

        nat = NatGateway(self, "nat", subnet_id=subnet.id, allocation_id=address.id)
        accept(nat, "nat-single-zone", reason="A test environment; nobody pays with it.", until="2027-03-31")
    """
    if not any(base.__name__ == "TerraformResource" for base in type(resource).__mro__):
        raise TypeError(f"{type(resource).__name__} is no resource: accept what is found there in a file (--accept).")
    if not reason.strip():
        raise ValueError(f"Accepting {rule} needs a reason.")
    entry = {"rule": rule, "reason": " ".join(reason.split())}
    if until is not None:
        day = until if isinstance(until, datetime.date) else datetime.date.fromisoformat(until)
        entry["until"] = f"{day:%Y-%m-%d}"
    # An override replaces the one before it; what was accepted earlier is asked of the construct itself.
    before = resource._raw_overrides.get("//", {}).get("preflight", [])
    if entry not in before:
        resource.add_override("//.preflight", [*before, entry])
