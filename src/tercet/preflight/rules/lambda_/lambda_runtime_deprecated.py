"""Runtimes that get no security fixes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.knowledge.runtimes import runtime_of
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.lambda_._examples import function

SOON_DAYS: Final = 90

RULE = Rule(
    id="lambda-runtime-deprecated",
    title="A runtime at or near its end of support",
    severity=Severity.ADVICE,
    rationale=(
        "A runtime after its end of support gets no security fixes, and some time later takes no new functions. It is "
        "reported from 90 days before that day on, seen from the day of the check."
    ),
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",),
    resources=("aws_lambda_function",),
    failing=function(runtime="nodejs18.x", handler="index.handler"),
    passing=function(),
)


@RULE.check
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    """Look the runtime up."""
    name = resource.text("runtime")
    runtime = runtime_of(name) if name else None
    if runtime is None or runtime.deprecated is None or (runtime.deprecated - context.as_of).days > SOON_DAYS:
        return
    if runtime.no_create is not None and runtime.no_create <= context.as_of:
        return  # it takes no new functions: another rule says so
    day = runtime.deprecated.isoformat()
    ended = "ended" if runtime.deprecated <= context.as_of else "ends"
    yield Problem(
        resource,
        "runtime",
        f"runtime is {runtime.name}, whose support {ended} on {day}.",
        fix=f"Move to {runtime.successor or 'a newer runtime'}.",
        also={"deprecated": day},
    )
