"""What fails asynchronously and is kept nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.intent import Intent
from tercet.preflight.rule import Context, Problem, Rule

_DEAD: Final = re.compile(r"dlq|dead|failed|failure|parking", re.IGNORECASE)
_ASYNCHRONOUS: Final = (
    "aws_cloudwatch_event_target",
    "aws_cloudwatch_log_subscription_filter",
    "aws_s3_bucket_notification",
    "aws_scheduler_schedule",
    "aws_sns_topic_subscription",
)
_KEPT_PROTOCOLS: Final = frozenset(("firehose", "http", "https", "lambda", "sqs"))
_STREAMS: Final = ("aws_dynamodb_table", "aws_kinesis_stream")

_QUEUE = """
resource "aws_sqs_queue" "payments" {
  name = "payments-dev"REDRIVE
}
"""

RULE = Rule(
    id="dlq-required",
    title="Something that fails asynchronously is not kept",
    severity=Severity.POLICY,
    rationale=(
        "With dlq_required in the intent, whatever is delivered asynchronously has a place for what could not be "
        "delivered: queues, event targets, schedules, subscriptions, streams' mappings, and functions that are "
        "invoked asynchronously. A queue that is itself such a place needs none."
    ),
    sources=(
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html",
    ),
    resources=(
        "aws_cloudwatch_event_target",
        "aws_lambda_event_source_mapping",
        "aws_lambda_function",
        "aws_scheduler_schedule",
        "aws_sns_topic_subscription",
        "aws_sqs_queue",
    ),
    intent=Intent(dlq_required=True),
    failing=_QUEUE.replace("REDRIVE", ""),
    passing=_QUEUE.replace(
        "REDRIVE",
        """

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.failed.arn
    maxReceiveCount     = 5
  })""",
    )
    + """
resource "aws_sqs_queue" "failed" {
  name                      = "payments-failed-dev"
  message_retention_seconds = 1209600
}
""",
)


@RULE.check
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    """Ask for the place, by the type of resource."""
    if not context.intent.dlq_required:
        return
    lacking = _LACKING[resource.type](resource)
    if lacking is None:
        return
    argument, what = lacking
    if resource.type in ("aws_sqs_queue", "aws_lambda_function") and resource.is_passed_out():
        raise Undecidable(argument, "a module whose source is not here is given it, and may complete it")
    yield Problem(
        resource,
        argument,
        f"{what}: what fails is lost.",
        fix=f"Set {argument} to a standard queue.",
        also={"dlq_required": "true"},
    )


def _queue(queue: Resource) -> tuple[str, str] | None:
    if queue.has("redrive_policy") or queue.referrers("aws_sqs_queue_redrive_policy") or _is_dead_letter(queue):
        return None
    return "redrive_policy", "The queue has no redrive_policy"


def _is_dead_letter(queue: Resource) -> bool:
    name = queue.value("name")
    if queue.has("redrive_allow_policy") or _DEAD.search(queue.name) or (isinstance(name, str) and _DEAD.search(name)):
        return True
    for one in queue.referrers():
        for argument in ("redrive_policy", "dead_letter_config", "destination_config", "target"):
            if one is not queue and argument in one.values and queue in one.graph.resolve(one.value(argument)):
                return True
    return False


def _target(target: Resource) -> tuple[str, str] | None:
    return (
        None if target.blocks("dead_letter_config") else ("dead_letter_config", "The target has no dead_letter_config")
    )


def _schedule(schedule: Resource) -> tuple[str, str] | None:
    if any(target.blocks("dead_letter_config") for target in schedule.blocks("target")):
        return None
    return "target.dead_letter_config", "The schedule's target has no dead_letter_config"


def _subscription(subscription: Resource) -> tuple[str, str] | None:
    if subscription.has("redrive_policy") or subscription.text("protocol") not in _KEPT_PROTOCOLS:
        return None
    return "redrive_policy", "The subscription has no redrive_policy"


def _mapping(mapping: Resource) -> tuple[str, str] | None:
    if mapping.target("event_source_arn", *_STREAMS) is None or mapping.blocks("destination_config"):
        return None
    return "destination_config", "The stream's mapping has no destination_config"


def _function(function: Resource) -> tuple[str, str] | None:
    if function.blocks("dead_letter_config") or not function.referrers(*_ASYNCHRONOUS):
        return None
    for config in function.referrers("aws_lambda_function_event_invoke_config"):
        if any(destination.blocks("on_failure") for destination in config.blocks("destination_config")):
            return None
    return "dead_letter_config", "The function is invoked asynchronously and has no dead_letter_config"


_LACKING: Final = {
    "aws_cloudwatch_event_target": _target,
    "aws_lambda_event_source_mapping": _mapping,
    "aws_lambda_function": _function,
    "aws_scheduler_schedule": _schedule,
    "aws_sns_topic_subscription": _subscription,
    "aws_sqs_queue": _queue,
}
