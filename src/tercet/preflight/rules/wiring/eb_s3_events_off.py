"""A rule for the events of a bucket that sends none to EventBridge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.policies import completions
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.values import Reference, Value, is_known

_BUCKET: Final = "aws_s3_bucket"
_NOTIFICATION: Final = "aws_s3_bucket_notification"
_NAMES: Final = ("id", "bucket")
_BY_TRAIL: Final = "AWS API Call via CloudTrail"

_RULE = (
    example.BUCKET
    + """
resource "aws_cloudwatch_event_rule" "stored" {
  name = "payments-stored-dev"
  event_pattern = jsonencode({
    source      = ["aws.s3"]
    detail-type = ["Object Created"]
    detail      = { bucket = { name = [aws_s3_bucket.receipts.id] } }
  })
}

resource "aws_cloudwatch_event_target" "stored" {
  rule = aws_cloudwatch_event_rule.stored.name
  arn  = "arn:aws:sqs:us-east-1:111122223333:payments-stored-dev"
}
"""
)

RULE = Rule(
    id="eb-s3-events-off",
    title="An event rule for a bucket that sends no events to EventBridge",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A bucket tells EventBridge of its objects only where its notifications say eventbridge = true. Without it the "
        "rule waits for ever, and nothing says why."
    ),
    sources=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-event-notifications-eventbridge.html",),
    resources=("aws_cloudwatch_event_rule",),
    failing=_RULE,
    passing=_RULE
    + """
resource "aws_s3_bucket_notification" "receipts" {
  bucket      = aws_s3_bucket.receipts.id
  eventbridge = true
}
""",
)


@RULE.check
def check(rule: Resource, _context: Context) -> Iterator[Problem]:
    """Look at the notifications of the buckets that the pattern names."""
    pattern = rule.document("event_pattern") if rule.has("event_pattern") else None
    if not isinstance(pattern, dict) or pattern.get("source") != ["aws.s3"]:
        return
    kinds = pattern.get("detail-type", [])
    if not is_known(kinds) or _BY_TRAIL in kinds:
        return
    for bucket in _buckets(rule, pattern.get("detail")):
        sure, perhaps = completions(bucket.graph, _NOTIFICATION, "bucket", _BUCKET).of(bucket, [bucket.value("bucket")])
        if perhaps or bucket.is_passed_out():
            raise Undecidable(_NOTIFICATION, f"something that is not known may be for {bucket.address}")
        if not any(one.flag("eventbridge", False) for one in sure):
            yield Problem(
                rule,
                "event_pattern",
                f"The rule waits for events of {bucket.address}, which sends none to EventBridge: it never matches.",
                fix=(
                    f"Set eventbridge = true on {sure[0].address}."
                    if sure
                    else f"Add an aws_s3_bucket_notification for {bucket.address} with eventbridge = true."
                ),
                also={"bucket": bucket.address},
            )


def _buckets(rule: Resource, detail: Value) -> Iterator[Resource]:
    """Go through the buckets, made here, that the pattern names and that nothing else can stand for."""
    bucket = detail.get("bucket") if isinstance(detail, dict) else None
    names = bucket.get("name") if isinstance(bucket, dict) else None
    for name in names if isinstance(names, list) and len(names) == 1 else ():
        # JSON that is known wholly has no references in it: then the name itself says which bucket.
        if isinstance(name, str | Reference):
            for found in rule.graph.resolve(name, (_BUCKET,)):
                if found.mode == "managed" and not (isinstance(name, Reference) and name.path[0] not in _NAMES):
                    yield found
