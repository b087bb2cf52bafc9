"""Runtimes that never were."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.knowledge.runtimes import names
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.lambda_._examples import function

_FORM: Final = re.compile(r"(nodejs)(\d{1,3})\.x|(python|ruby)(\d{1,3})\.(\d{1,3})|(java|dotnet)(\d{1,3})(?:\.al20\d\d)?|(provided)\.al20\d\d")  # fmt: skip  # noqa: E501

RULE = Rule(
    id="lambda-runtime-unknown",
    title="A runtime that does not exist",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "The provider takes only names of runtimes that it knows. A name of the right form with a newer version than "
        "is known here is not reported."
    ),
    aws_error="Error: expected runtime to be one of [...], got <runtime>",
    confirmed=True,
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",),
    resources=("aws_lambda_function",),
    failing=function(runtime="nodejs22", handler="index.handler"),
    passing=function(),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look the name up."""
    name = resource.text("runtime")
    if not name or name in names() or may_be_newer(name):
        return
    near = difflib.get_close_matches(name[:40], names(), 1, 0.5)
    yield Problem(
        resource,
        "runtime",
        f"runtime is {name[:80]!r}, which does not exist.",
        fix=f"Write {near[0]!r}, or another runtime of Lambda's list." if near else "Name one of Lambda's runtimes.",
        aws_error=f"Error: expected runtime to be one of [...], got {name[:80]}",
    )


def may_be_newer(name: str) -> bool:
    """Tell whether a name has the form of a runtime, with a version that is newer than all that are known."""
    version = _version(name)
    if version is None:
        return False
    family, number = version
    known = [found[1] for found in map(_version, names()) if found is not None and found[0] == family]
    return family == "provided" or not known or number > max(known)


def _version(name: str) -> tuple[str, tuple[int, int]] | None:
    match = _FORM.fullmatch(name)
    if match is None:
        return None
    family = match[1] or match[3] or match[6] or match[8]
    return family, (int(match[2] or match[4] or match[7] or 0), int(match[5] or 0))
