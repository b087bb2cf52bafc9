"""A field that no event has."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

FIELDS: Final = (
    "account",
    "detail",
    "detail-type",
    "id",
    "ingestion-time",
    "region",
    "replay-name",
    "resources",
    "source",
    "time",
    "version",
)

_TARGET = """
resource "aws_cloudwatch_event_target" "payments" {
  rule = aws_cloudwatch_event_rule.payments.name
  arn  = "arn:aws:sqs:us-east-1:123456789012:payments-dev"
}
"""

RULE = Rule(
    id="eb-pattern-unknown-field",
    title="An event pattern asks for a field that no event has",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "Events have a fixed set of fields at the top, with a hyphen in detail-type; what the sender says stands below "
        "detail. EventBridge takes a pattern with another field, and no event ever matches it. A pattern that lists "
        "the field under exists = false matches, and is not reported."
    ),
    sources=("https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html",),
    resources=("aws_cloudwatch_event_rule",),
    failing="""
resource "aws_cloudwatch_event_rule" "payments" {
  name          = "payments-captured-dev"
  event_pattern = jsonencode({ source = ["payments"], detail_type = ["payment.captured"] })
}
"""
    + _TARGET,
    passing="""
resource "aws_cloudwatch_event_rule" "payments" {
  name          = "payments-captured-dev"
  event_pattern = jsonencode({ source = ["payments"], detail-type = ["payment.captured"] })
}
"""
    + _TARGET,
)


@RULE.check
def check(rule: Resource, _context: Context) -> Iterator[Problem]:
    """Compare the fields at the top."""
    if not rule.has("event_pattern"):
        return
    pattern = rule.document("event_pattern")
    if not isinstance(pattern, dict):
        return
    for field, value in pattern.items():
        if field in FIELDS or field.startswith("$") or "*" in field:
            continue
        if isinstance(value, list) and {"exists": False} in value:
            continue
        nearest = difflib.get_close_matches(field.lower().replace("_", "-")[:80], FIELDS, 1, 0.7)
        yield Problem(
            rule,
            "event_pattern",
            f"event_pattern asks for {field[:80]!r}, which no event has at the top: the rule never matches.",
            fix=f"Write {nearest[0]!r}." if nearest else "Move it below detail.",
            also={"field": field[:80]},
        )
