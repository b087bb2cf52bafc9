"""More provisioned concurrency than the function may use."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.lambda_._examples import function
from tercet.preflight.rules.lambda_._functions import function_of

_CONFIG = """
resource "aws_lambda_provisioned_concurrency_config" "payments" {
  function_name                     = aws_lambda_function.payments.function_name
  qualifier                         = aws_lambda_function.payments.version
  provisioned_concurrent_executions = 20
}
"""

RULE = Rule(
    id="lambda-provisioned-over-reserved",
    title="More provisioned than reserved concurrency",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Reserved concurrency is the most that a function may use, so that no more than that can be provisioned. "
        "With 0 reserved the function is switched off, and nothing can be provisioned."
    ),
    aws_error=(
        "InvalidParameterValueException: Requested Provisioned Concurrency should not be greater than the "
        "reservedConcurrentExecution for function"
    ),
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html",),
    resources=("aws_lambda_provisioned_concurrency_config",),
    failing=function("publish       = true", "", "reserved_concurrent_executions = 10") + _CONFIG,
    passing=function("publish       = true", "", "reserved_concurrent_executions = 40") + _CONFIG,
)


@RULE.check
def check(config: Resource, _context: Context) -> Iterator[Problem]:
    """Compare with what the function reserves."""
    function = function_of(config, "function_name")
    if function is None or not function.has("reserved_concurrent_executions"):
        return
    reserved = function.number("reserved_concurrent_executions", -1) or 0
    provisioned = config.number("provisioned_concurrent_executions", 0) or 0
    if 0 <= reserved < provisioned:
        yield Problem(
            config,
            "provisioned_concurrent_executions",
            f"provisioned_concurrent_executions is {provisioned} and {function.address} reserves {reserved}.",
            fix=f"Reserve {provisioned} at least, or provision {reserved} at most.",
            also={"reserved_concurrent_executions": str(reserved)},
        )
