"""A queue that shows its messages again before the function is through with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule
from tercet.preflight.rules._targets import the_one
from tercet.preflight.rules.lambda_._functions import function_of

QUEUE_DEFAULT_S: Final = 30
FUNCTION_DEFAULT_S: Final = 3

RULE = Rule(
    id="lambda-sqs-visibility",
    title="A queue's visibility timeout is shorter than its function's timeout",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Lambda refuses to connect a queue whose messages would become visible again while the function may still "
        "work on them: they would be processed twice. The queue's default is 30 seconds. AWS recommends six times "
        "the function's timeout."
    ),
    aws_error=(
        "InvalidParameterValueException: Queue visibility timeout: <seconds> seconds is less than "
        "Function timeout: <seconds> seconds"
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/18099",
    ),
    resources=("aws_lambda_event_source_mapping",),
    failing="""
resource "aws_sqs_queue" "payments" {
  name = "payments-dev"
}

resource "aws_lambda_function" "payments" {
  function_name = "payments-dev"
  role          = "arn:aws:iam::123456789012:role/payments-dev"
  s3_bucket     = "payments-artifacts-dev"
  s3_key        = "payments.zip"
  handler       = "app.handler"
  runtime       = "python3.13"
  timeout       = 60
}

resource "aws_lambda_event_source_mapping" "payments" {
  event_source_arn = aws_sqs_queue.payments.arn
  function_name    = aws_lambda_function.payments.arn
}
""",
    passing="""
resource "aws_sqs_queue" "payments" {
  name                       = "payments-dev"
  visibility_timeout_seconds = 360
}

resource "aws_lambda_function" "payments" {
  function_name = "payments-dev"
  role          = "arn:aws:iam::123456789012:role/payments-dev"
  s3_bucket     = "payments-artifacts-dev"
  s3_key        = "payments.zip"
  handler       = "app.handler"
  runtime       = "python3.13"
  timeout       = 60
}

resource "aws_lambda_event_source_mapping" "payments" {
  event_source_arn = aws_sqs_queue.payments.arn
  function_name    = aws_lambda_function.payments.arn
}
""",
)


@RULE.check
def check(mapping: Resource, _context: Context) -> Iterator[Problem]:
    """Compare the two timeouts."""
    queue = the_one(mapping, "event_source_arn", "aws_sqs_queue")
    function = function_of(mapping, "function_name")
    if queue is None or function is None:
        return
    visible = queue.number("visibility_timeout_seconds", QUEUE_DEFAULT_S) or 0
    timeout = function.number("timeout", FUNCTION_DEFAULT_S) or 0
    if visible < timeout:
        default = "" if queue.has("visibility_timeout_seconds") else " (the default)"
        yield Problem(
            mapping,
            "event_source_arn",
            f"visibility_timeout_seconds of {queue.address} is {visible}{default} and timeout of {function.address} "
            f"is {timeout}: Lambda does not connect them.",
            fix=f"Set visibility_timeout_seconds of {queue.address} to {timeout * 6:g}, six times the timeout.",
            change=Change(queue, "visibility_timeout_seconds", int(timeout * 6)),
            aws_error=(
                f"InvalidParameterValueException: Queue visibility timeout: {visible} seconds is less than "
                f"Function timeout: {timeout} seconds"
            ),
            also={"visibility_timeout_seconds": str(visible), "timeout": str(timeout)},
        )
