"""Provisioned concurrency on a function's unpublished version."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._targets import the_one
from tercet.preflight.rules.lambda_._examples import function
from tercet.preflight.rules.lambda_._functions import ALIAS, names_latest

_CONFIG = """
resource "aws_lambda_provisioned_concurrency_config" "payments" {
  function_name                     = aws_lambda_function.payments.function_name
  qualifier                         = aws_lambda_function.payments.version
  provisioned_concurrent_executions = 5
}
"""

RULE = Rule(
    id="lambda-provisioned-on-latest",
    title="Provisioned concurrency on $LATEST",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Concurrency is provisioned for a published version, or for an alias of one. A function publishes versions "
        "with publish = true; without it, version is $LATEST, and Lambda refuses."
    ),
    aws_error=(
        "InvalidParameterValueException: Provisioned Concurrency Configs cannot be applied to unpublished function "
        "versions."
    ),
    sources=(
        "https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/12120",
    ),
    resources=("aws_lambda_provisioned_concurrency_config",),
    failing=function() + _CONFIG,
    passing=function("publish       = true") + _CONFIG,
)


@RULE.check
def check(config: Resource, _context: Context) -> Iterator[Problem]:
    """Look at what the qualifier means."""
    alias = the_one(config, "qualifier", ALIAS)
    if names_latest(config, "qualifier"):
        yield _problem(config, f"qualifier is {config.shown('qualifier')}, which is $LATEST")
    elif alias is not None and names_latest(alias, "function_version"):
        yield _problem(config, f"qualifier is the alias {alias.address}, whose function_version is $LATEST")


def _problem(config: Resource, what: str) -> Problem:
    return Problem(
        config,
        "qualifier",
        f"{what}: concurrency is provisioned for published versions only.",
        fix="Set publish = true on the function, and let qualifier be its version or an alias of it.",
    )
