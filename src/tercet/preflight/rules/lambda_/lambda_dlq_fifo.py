"""Failed events sent to a FIFO queue or topic."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.sqs._fifo import points_to_fifo

RULE = Rule(
    id="lambda-dlq-fifo",
    title="A function's dead letters or results go to a FIFO queue or topic",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Lambda sends what failed asynchronously to standard queues and topics only, as dead-letter target as well "
        "as destination. It refuses the configuration with a FIFO one."
    ),
    aws_error="InvalidParameterValueException: FIFO queues and topics are not supported: <arn>",
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html",),
    resources=("aws_lambda_event_source_mapping", "aws_lambda_function", "aws_lambda_function_event_invoke_config"),
    failing="""
resource "aws_sqs_queue" "failed" {
  name       = "payments-failed-dev.fifo"
  fifo_queue = true
}

resource "aws_lambda_function" "payments" {
  function_name = "payments-dev"
  role          = "arn:aws:iam::123456789012:role/payments-dev"
  s3_bucket     = "payments-artifacts-dev"
  s3_key        = "payments.zip"
  handler       = "app.handler"
  runtime       = "python3.13"

  dead_letter_config {
    target_arn = aws_sqs_queue.failed.arn
  }
}
""",
    passing="""
resource "aws_sqs_queue" "failed" {
  name = "payments-failed-dev"
}

resource "aws_lambda_function" "payments" {
  function_name = "payments-dev"
  role          = "arn:aws:iam::123456789012:role/payments-dev"
  s3_bucket     = "payments-artifacts-dev"
  s3_key        = "payments.zip"
  handler       = "app.handler"
  runtime       = "python3.13"

  dead_letter_config {
    target_arn = aws_sqs_queue.failed.arn
  }
}
""",
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look at where dead letters and results go."""
    for block, argument in _destinations(resource):
        if points_to_fifo(block, argument):
            yield Problem(
                block,
                argument,
                f"{block.named(argument)} is {block.shown(argument)}, which is FIFO: Lambda sends failed events to "
                "standard queues and topics only.",
                fix="Point it to a standard queue or topic.",
            )


def _destinations(resource: Resource) -> Iterator[tuple[Block, str]]:
    for block in resource.blocks("dead_letter_config"):
        yield block, "target_arn"
    for config in resource.blocks("destination_config"):
        for name in ("on_failure", "on_success"):
            for block in config.blocks(name):
                yield block, "destination"
