"""More reserved concurrency than an account has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph, Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule

ACCOUNT_DEFAULT: Final = 1000
UNRESERVED_LEAST: Final = 100

RULE = Rule(
    id="lambda-reserved-concurrency-account",
    title="Reserved concurrency beyond an account's default quota",
    severity=Severity.ADVICE,
    rationale=(
        "An account has 1,000 concurrent executions per region unless the quota was raised (new accounts have less), "
        "and 100 of them stay unreserved. Functions that reserve more than 900 together cannot be created in an "
        "account with the default quota. What the account has is not in the configuration, so this is advice."
    ),
    aws_error=(
        "InvalidParameterValueException: Specified ReservedConcurrentExecutions for function decreases account's "
        "UnreservedConcurrentExecution below its minimum value of [100]."
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html",
        "https://github.com/milliHQ/terraform-aws-next-js/issues/251",
    ),
    failing="""
resource "aws_lambda_function" "payments" {
  function_name                  = "payments-dev"
  role                           = "arn:aws:iam::123456789012:role/payments-dev"
  s3_bucket                      = "payments-artifacts-dev"
  s3_key                         = "payments.zip"
  handler                        = "app.handler"
  runtime                        = "python3.13"
  reserved_concurrent_executions = 1000
}
""",
    passing="""
resource "aws_lambda_function" "payments" {
  function_name                  = "payments-dev"
  role                           = "arn:aws:iam::123456789012:role/payments-dev"
  s3_bucket                      = "payments-artifacts-dev"
  s3_key                         = "payments.zip"
  handler                        = "app.handler"
  runtime                        = "python3.13"
  reserved_concurrent_executions = 100
}
""",
)


@RULE.check
def check(graph: Graph, _context: Context) -> Iterator[Problem]:
    """Add up what the functions of one provider reserve, as far as it is known."""
    reserving: dict[str, list[tuple[Resource, float]]] = defaultdict(list)
    for function in graph.of_type("aws_lambda_function"):
        try:
            reserved = function.number("reserved_concurrent_executions", -1) or 0
        except Undecidable:
            continue
        if reserved > 0:
            reserving[function.provider].append((function, reserved))
    for functions in reserving.values():
        total = sum(reserved for _, reserved in functions)
        if total > ACCOUNT_DEFAULT - UNRESERVED_LEAST:
            largest, most = max(functions, key=lambda one: one[1])
            yield Problem(
                largest,
                "reserved_concurrent_executions",
                f"{len(functions)} function(s) reserve {total:g} concurrent executions, {largest.address} {most:g} of "
                f"them; an account with the default quota can reserve {ACCOUNT_DEFAULT - UNRESERVED_LEAST}.",
                fix="Reserve less, or have the quota raised before this is applied.",
                also={"total": f"{total:g}"},
            )
