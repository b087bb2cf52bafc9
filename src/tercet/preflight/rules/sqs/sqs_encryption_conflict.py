"""Two kinds of encryption on one queue."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule
from tercet.preflight.values import is_known

RULE = Rule(
    id="sqs-encryption-conflict",
    title="A queue encrypted by SQS and by KMS at once",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A queue is encrypted with SQS's own keys (sqs_managed_sse_enabled) or with a key of KMS "
        "(kms_master_key_id). The provider refuses both together."
    ),
    aws_error='Error: Conflicting configuration arguments: "kms_master_key_id": conflicts with sqs_managed_sse_enabled',
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html",
    ),
    resources=("aws_sqs_queue",),
    failing="""
resource "aws_sqs_queue" "payments" {
  name                    = "payments-dev"
  sqs_managed_sse_enabled = true
  kms_master_key_id       = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
}
""",
    passing="""
resource "aws_sqs_queue" "payments" {
  name              = "payments-dev"
  kms_master_key_id = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
}
""",
)


@RULE.check
def check(queue: Resource, _context: Context) -> Iterator[Problem]:
    """Look for both."""
    if queue.graph.kind == "plan":
        return  # a plan holds what the provider filled in
    key = queue.value("kms_master_key_id")
    # What is not known may turn out to be null; a reference to a key does not.
    given = queue.target("kms_master_key_id", "aws_kms_key", "aws_kms_alias") if not is_known(key) else key
    if given and queue.value("sqs_managed_sse_enabled") is True:
        yield Problem(
            queue,
            "sqs_managed_sse_enabled",
            f"sqs_managed_sse_enabled is true and kms_master_key_id is {queue.shown('kms_master_key_id')}: a queue has "
            "one kind of encryption.",
            fix="Remove sqs_managed_sse_enabled.",
            change=Change(queue, "sqs_managed_sse_enabled", None),
        )
