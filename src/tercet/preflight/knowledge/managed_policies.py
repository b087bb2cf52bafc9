"""What AWS's managed policies say."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from tercet.preflight.knowledge.dated import table

_NAMES: Final = {
    "e": "Effect",
    "a": "Action",
    "na": "NotAction",
    "r": "Resource",
    "nr": "NotResource",
    "c": "Condition",
}


def document_of(name: str) -> dict[str, Any] | None:
    """Return the document of a policy such as ``service-role/AWSLambdaBasicExecutionRole``, or of its ARN.

    None where it is not held here: then nothing is known of what it allows.
    """
    short = name.rpartition(":policy/")[2]
    statements = table("managed_policies")["policies"].get(short)
    if statements is None:
        return None
    return {"Version": "2012-10-17", "Statement": [_statement(one) for one in statements]}


def exists(name: str) -> bool:
    """Tell whether AWS had a policy of this name or ARN on the data's day."""
    return name.rpartition(":policy/")[2] in _all()


def named_like(name: str) -> str | None:
    """Return the policy that has this name in another folder: ``AWSLambdaRole`` → ``service-role/AWSLambdaRole``."""
    last = name.rpartition("/")[2]
    return next((one for one in sorted(_all()) if one.rpartition("/")[2] == last), None)


@cache
def _all() -> frozenset[str]:
    return frozenset(table("managed_policies")["names"]["all"])


def _statement(short: dict[str, Any]) -> dict[str, Any]:
    statement = {_NAMES[key]: value for key, value in short.items()}
    if "Resource" not in statement and "NotResource" not in statement:
        statement["Resource"] = ["*"]
    return statement
