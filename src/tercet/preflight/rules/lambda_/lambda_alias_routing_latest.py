"""An alias that shares traffic between $LATEST and a version."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.lambda_._examples import function
from tercet.preflight.rules.lambda_._functions import names_latest

_ALIAS = """
resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.payments.function_name
  function_version = aws_lambda_function.payments.version

  routing_config {
    additional_version_weights = {
      "1" = 0.1
    }
  }
}
"""

RULE = Rule(
    id="lambda-alias-routing-latest",
    title="An alias shares traffic between $LATEST and a version",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "An alias can share traffic between two published versions. $LATEST is none: Lambda refuses the alias. "
        "`version` of a function is $LATEST unless the function publishes its versions."
    ),
    aws_error=("InvalidParameterValueException: $LATEST is not supported for an alias pointing to more than 1 version"),
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html",),
    resources=("aws_lambda_alias",),
    failing=function() + _ALIAS,
    passing=function("publish       = true") + _ALIAS,
)


@RULE.check
def check(alias: Resource, _context: Context) -> Iterator[Problem]:
    """Look at the versions that share the traffic."""
    for routing in alias.blocks("routing_config"):
        if routing.mapping("additional_version_weights") and names_latest(alias, "function_version"):
            yield Problem(
                alias,
                "function_version",
                f"function_version is {alias.shown('function_version')}, which is $LATEST, and routing_config shares "
                "the traffic with another version.",
                fix="Set publish = true on the function, or remove routing_config.",
            )
