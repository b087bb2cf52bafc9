"""Environment variables of more than 4 KB."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.values import Template, Value, shown

LIMIT_BYTES: Final = 4096

RULE = Rule(
    id="lambda-env-4kb",
    title="Environment variables over 4 KB",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "All environment variables of a function together, names and values, may have 4,096 bytes. A function with "
        "more is not created. Configuration of that size belongs into Parameter Store, or into the package."
    ),
    aws_error=(
        "InvalidParameterValueException: Lambda was unable to configure your environment variables because the "
        "environment variables you have provided exceeded the 4KB limit."
    ),
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",),
    resources=("aws_lambda_function",),
    failing="""
resource "aws_lambda_function" "payments" {
  function_name = "payments-dev"
  role          = "arn:aws:iam::123456789012:role/payments-dev"
  s3_bucket     = "payments-artifacts-dev"
  s3_key        = "payments.zip"
  handler       = "app.handler"
  runtime       = "python3.13"

  environment {
    variables = {
      ROUTING = join(",", [for bank in range(500) : format("bank-%05d", bank)])
    }
  }
}
""",
    passing="""
resource "aws_lambda_function" "payments" {
  function_name = "payments-dev"
  role          = "arn:aws:iam::123456789012:role/payments-dev"
  s3_bucket     = "payments-artifacts-dev"
  s3_key        = "payments.zip"
  handler       = "app.handler"
  runtime       = "python3.13"

  environment {
    variables = {
      ROUTING_PARAMETER = "/payments/dev/routing"
    }
  }
}
""",
)


@RULE.check
def check(function: Resource, _context: Context) -> Iterator[Problem]:
    """Count the bytes that are known."""
    for environment in function.blocks("environment"):
        size = known_bytes(environment.mapping("variables"))
        if size > LIMIT_BYTES:
            yield Problem(
                environment,
                "variables",
                f"The environment variables have {size:,} bytes at least; Lambda takes {LIMIT_BYTES:,}.",
                fix="Move the long values to Parameter Store and pass their names.",
                also={"bytes": str(size)},
            )


def known_bytes(variables: Mapping[str, Value]) -> int:
    """Count the bytes of names and values, as far as they are known."""
    return sum(_bytes(name) + _bytes(value) for name, value in variables.items())


def _bytes(value: Value) -> int:
    if isinstance(value, Template):
        return len(value.literal.encode("utf-8", "surrogatepass"))
    if isinstance(value, str):
        return len(value.encode("utf-8", "surrogatepass"))
    return len(shown(value)) if isinstance(value, bool | int | float) else 0
