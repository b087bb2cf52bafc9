"""A batch that the queue's mapping cannot have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule
from tercet.preflight.rules.lambda_._examples import function
from tercet.preflight.rules.lambda_._sources import kind_of_source
from tercet.preflight.rules.sqs._fifo import points_to_fifo

WITHOUT_WINDOW: Final = 10

_QUEUE = """
resource "aws_sqs_queue" "payments" {
  name                       = "payments-dev"
  visibility_timeout_seconds = 60
}
"""

RULE = Rule(
    id="lambda-mapping-batch",
    title="A batch size or window that the queue does not allow",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A standard queue gives more than 10 messages at once only with a batching window of a second at least. A "
        "FIFO queue gives 10 at most and has no window. Lambda refuses the mapping otherwise."
    ),
    aws_error=(
        "InvalidParameterValueException: Maximum batch window in seconds must be greater than 0 if maximum batch "
        "size is greater than 10"
    ),
    sources=(
        "https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html",
        "https://github.com/serverless/serverless/issues/8989",
        "https://github.com/aws/aws-lambda-dotnet/pull/1758",
    ),
    resources=("aws_lambda_event_source_mapping",),
    failing=_QUEUE
    + function()
    + """
resource "aws_lambda_event_source_mapping" "payments" {
  event_source_arn = aws_sqs_queue.payments.arn
  function_name    = aws_lambda_function.payments.arn
  batch_size       = 100
}
""",
    passing=_QUEUE
    + function()
    + """
resource "aws_lambda_event_source_mapping" "payments" {
  event_source_arn                   = aws_sqs_queue.payments.arn
  function_name                      = aws_lambda_function.payments.arn
  batch_size                         = 100
  maximum_batching_window_in_seconds = 5
}
""",
)


@RULE.check
def check(mapping: Resource, _context: Context) -> Iterator[Problem]:
    """Compare batch size and window with the kind of queue."""
    if not (mapping.has("batch_size") or mapping.has("maximum_batching_window_in_seconds")):
        return
    if kind_of_source(mapping) != "sqs":
        return
    size = mapping.number("batch_size", WITHOUT_WINDOW) or 0
    window = mapping.number("maximum_batching_window_in_seconds", 0) or 0
    if size <= WITHOUT_WINDOW and not window:
        return
    if points_to_fifo(mapping, "event_source_arn"):
        yield from _fifo(mapping, size, window)
    elif size > WITHOUT_WINDOW and window < 1:
        yield Problem(
            mapping,
            "batch_size",
            f"batch_size is {size} and maximum_batching_window_in_seconds is {window:g}: more than {WITHOUT_WINDOW} "
            "messages need a window.",
            fix="Set maximum_batching_window_in_seconds to 1 at least.",
            change=Change(mapping, "maximum_batching_window_in_seconds", 1),
        )


def _fifo(mapping: Resource, size: float, window: float) -> Iterator[Problem]:
    if window:
        yield Problem(
            mapping,
            "maximum_batching_window_in_seconds",
            f"maximum_batching_window_in_seconds is {window} and the queue is FIFO, which has no window.",
            fix="Remove maximum_batching_window_in_seconds.",
            change=Change(mapping, "maximum_batching_window_in_seconds", None),
            aws_error="InvalidParameterValueException: Batching window is not supported for FIFO queues",
        )
    if size > WITHOUT_WINDOW:
        yield Problem(
            mapping,
            "batch_size",
            f"batch_size is {size} and the queue is FIFO, which gives {WITHOUT_WINDOW} messages at most.",
            fix=f"Set batch_size to {WITHOUT_WINDOW} at most.",
            change=Change(mapping, "batch_size", WITHOUT_WINDOW),
            aws_error="InvalidParameterValueException: The batch size of a FIFO queue cannot be greater than 10",
        )
