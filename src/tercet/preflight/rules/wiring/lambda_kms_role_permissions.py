"""A function that is wired to something encrypted, and whose role may not use its key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.policies import keys_of
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._keys import locked_out
from tercet.preflight.rules.wiring._roles import grant
from tercet.preflight.rules.wiring._triggers import Trigger, triggers

_ACTION: Final = "kms:Decrypt"
_KEYS: Final = {"aws_sqs_queue": "kms_master_key_id", "aws_kinesis_stream": "kms_key_id"}
"""Which argument of a source is its key."""

_QUEUE = """
resource "aws_kms_key" "queue" {
  description         = "payments queue dev"
  enable_key_rotation = true
}

resource "aws_sqs_queue" "orders" {
  name                       = "payments-orders-dev"
  kms_master_key_id          = aws_kms_key.queue.arn
  visibility_timeout_seconds = 180
}

resource "aws_lambda_event_source_mapping" "orders" {
  event_source_arn = aws_sqs_queue.orders.arn
  function_name    = aws_lambda_function.processor.arn
}
"""

_READ = example.allow(
    '["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]', "aws_sqs_queue.orders.arn"
)

RULE = Rule(
    id="lambda-kms-role-permissions",
    title="A function reads an encrypted queue or stream whose key its role may not use",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "Lambda reads a queue or stream with the function's role. Where it is encrypted with a key of your own, the "
        "role "
        "needs kms:Decrypt on that key as well, or nothing is ever read. A key whose policy names roles or users "
        "itself "
        "is not reported."
    ),
    sources=(
        "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html",
    ),
    resources=("aws_lambda_event_source_mapping",),
    failing=_QUEUE + example.role(example.LOGS, _READ) + example.function(),
    passing=_QUEUE
    + example.role(example.LOGS, _READ, example.allow('["kms:Decrypt"]', "aws_kms_key.queue.arn"))
    + example.function(),
)


@RULE.check
def check(mapping: Resource, _: Context) -> Iterator[Problem]:
    """Ask the role about the key of the source."""
    for service in ("sqs", "kinesis"):
        for trigger in triggers(mapping, service):
            source = trigger.source
            if isinstance(source, Resource) and source.type in _KEYS:
                yield from _locked(trigger, source)


def _locked(trigger: Trigger, source: Resource) -> Iterator[Problem]:
    for key in keys_of(source, _KEYS[source.type]):
        if not locked_out(trigger.permissions, key, _ACTION):
            continue
        role = trigger.permissions.role
        yield Problem(
            trigger.mapping,
            "event_source_arn",
            f"{source.address} is encrypted with {key.address}, and {role.address}, the role of "
            f"{trigger.function.address}, lacks {_ACTION} on it: nothing is ever read.",
            fix=grant([_ACTION], role, key.address),
            also={"key": key.address},
        )
