"""Policies that AWS manages."""

from __future__ import annotations

from typing import Final

from tercet.preflight.policies.statements import Policy

_KNOWN: Final[dict[str, Policy]] = {}


def managed_policy(name: str) -> Policy | None:
    """Return the policy of a name such as ``service-role/AWSLambdaBasicExecutionRole``; None where it is not known."""
    return _KNOWN.get(name)
