"""Policies that AWS manages."""

from __future__ import annotations

from functools import cache

from tercet.preflight.knowledge.managed_policies import document_of
from tercet.preflight.policies.statements import Policy, read
from tercet.preflight.values import Template, Value


@cache
def managed_policy(name: str) -> Policy | None:
    """Return the policy of a name such as ``service-role/AWSLambdaBasicExecutionRole``; None where it is not known."""
    document = document_of(name)
    return read(document) if document is not None else None


def managed_name(arn: Value) -> str | None:
    """Return the name in the ARN of a policy that AWS manages; None for another ARN.

    The partition may be unknown.
    """
    if isinstance(arn, Template):
        text = "".join(part if isinstance(part, str) else "*" for part in arn.parts)
        name = arn.suffix.rpartition(":policy/")[2]
    elif isinstance(arn, str):
        text, name = str(arn), str(arn).rpartition(":policy/")[2]
    else:
        return None
    return name if text.startswith("arn:") and text.endswith(f":iam::aws:policy/{name}") and name else None
