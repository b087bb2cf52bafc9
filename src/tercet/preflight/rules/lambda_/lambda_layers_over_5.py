"""More than five layers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.lambda_._examples import function

LIMIT: Final = 5

_LAYERS: Final = [f'"arn:aws:lambda:us-east-1:123456789012:layer:payments-{number}:1",' for number in range(1, 7)]

RULE = Rule(
    id="lambda-layers-over-5",
    title="More than five layers on a function",
    severity=Severity.APPLY_FAILS,
    rationale="A function takes five layers at most; with more it is not created. The quota cannot be raised.",
    aws_error="InvalidParameterValueException: Cannot reference more than 5 layers.",
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",),
    resources=("aws_lambda_function",),
    failing=function("layers = [", *(f"  {layer}" for layer in _LAYERS), "]"),
    passing=function("layers = [", *(f"  {layer}" for layer in _LAYERS[:2]), "]"),
)


@RULE.check
def check(function: Resource, _context: Context) -> Iterator[Problem]:
    """Count the layers."""
    layers = [layer for layer in function.items("layers") if layer is not None]
    if len(layers) > LIMIT:
        yield Problem(
            function,
            "layers",
            f"The function has {len(layers)} layers; Lambda takes {LIMIT}.",
            fix="Merge layers, or put the libraries into the package.",
            also={"count": str(len(layers))},
        )
