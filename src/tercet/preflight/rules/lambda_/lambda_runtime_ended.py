"""Runtimes that take no new functions."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.knowledge.runtimes import runtime_of
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.lambda_._examples import function

RULE = Rule(
    id="lambda-runtime-ended",
    title="A runtime that takes no new functions",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Some time after a runtime's end of support, Lambda creates no functions with it any more, and later changes "
        "none. The days are those that AWS announces, seen from the day of the check."
    ),
    aws_error=(
        "InvalidParameterValueException: The runtime parameter of <runtime> is no longer supported for creating or "
        "updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions."
    ),
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",),
    resources=("aws_lambda_function",),
    failing=function(runtime="nodejs12.x", handler="index.handler"),
    passing=function(),
)


@RULE.check
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    """Look the runtime up."""
    name = resource.text("runtime")
    runtime = runtime_of(name) if name else None
    if runtime is None or runtime.no_create is None or context.as_of < runtime.no_create:
        return
    yield Problem(
        resource,
        "runtime",
        f"runtime is {runtime.name}, with which Lambda creates no functions since {runtime.no_create.isoformat()}.",
        fix=f"Move to {runtime.successor or 'a supported runtime'}.",
        aws_error=(
            f"InvalidParameterValueException: The runtime parameter of {runtime.name} is no longer supported for "
            "creating or updating AWS Lambda functions."
        ),
        also={"no_create": runtime.no_create.isoformat()},
    )
