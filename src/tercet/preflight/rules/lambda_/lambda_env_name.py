"""Names of environment variables that Lambda does not take."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

_NAME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9_]+")

RULE = Rule(
    id="lambda-env-name",
    title="An environment variable's name that Lambda does not take",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Names of environment variables begin with a letter, have two characters at least, and hold only letters, "
        "digits and underscores. With another name the function is not created."
    ),
    aws_error=(
        "ValidationException: 1 validation error detected: Value at 'environment.variables' failed to satisfy "
        "constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: "
        "[a-zA-Z]([a-zA-Z0-9_])+]"
    ),
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html",),
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
      "LOG-LEVEL" = "INFO"
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
      LOG_LEVEL = "INFO"
    }
  }
}
""",
)


@RULE.check
def check(function: Resource, _context: Context) -> Iterator[Problem]:
    """Look for names of other characters; a name of which a part is not known is passed over."""
    for environment in function.blocks("environment"):
        wrong = [
            name
            for name in environment.mapping("variables")
            if not ("${" in name or "*" in name or name.startswith("_") or _NAME.fullmatch(name))
        ]
        for name in wrong[:5]:
            yield Problem(
                environment,
                "variables",
                f"The environment variable {name[:80]!r} is no name that Lambda takes: the function is not created.",
                fix="Use letters, digits and underscores, a letter first, two characters at least.",
                also={"name": name[:80]},
            )
