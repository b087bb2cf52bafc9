"""Names of environment variables that Lambda keeps for itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RESERVED: Final = frozenset(
    (
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SECURITY_TOKEN",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    )
)

RULE = Rule(
    id="lambda-reserved-env",
    title="An environment variable that Lambda keeps for itself",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Lambda sets some environment variables itself, the region and the credentials among them, and refuses a "
        "function that brings its own. The function is not created. The code finds the region in AWS_REGION anyway."
    ),
    aws_error=(
        "InvalidParameterValueException: Lambda was unable to configure your environment variables because the "
        "environment variables you have provided contains reserved keys that are currently not supported for "
        "modification. Reserved keys used in this request: <names>"
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html",
        "https://github.com/cds-snc/notification-terraform/pull/419",
    ),
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
      AWS_REGION = "us-east-1"
      TABLE      = "payments-sessions-dev"
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
      PAYMENTS_REGION = "us-east-1"
      TABLE           = "payments-sessions-dev"
    }
  }
}
""",
)


@RULE.check
def check(function: Resource, _context: Context) -> Iterator[Problem]:
    """Look for reserved names."""
    for environment in function.blocks("environment"):
        reserved = sorted(RESERVED & set(environment.mapping("variables")))
        if reserved:
            names = ", ".join(reserved)
            yield Problem(
                environment,
                "variables",
                f"The environment sets {names}, which Lambda keeps for itself: the function is not created.",
                fix=f"Remove {names} from variables; Lambda sets what the runtime needs.",
                also={"reserved": names},
            )
