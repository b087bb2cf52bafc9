"""A waiting time before a key is deleted that KMS does not have."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule

RULE = Rule(
    id="kms-deletion-window",
    title="Deletion window out of range",
    severity=Severity.APPLY_FAILS,
    rationale="A key that is deleted waits 7 to 30 days before it is gone. Terraform refuses anything else.",
    aws_error="expected deletion_window_in_days to be in the range (7 - 30), got <value>",
    confirmed=True,
    sources=("https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html",),
    resources=(
        "aws_kms_key",
        "aws_kms_replica_key",
        "aws_kms_external_key",
        "aws_kms_replica_external_key",
    ),
    failing="""
resource "aws_kms_key" "payments" {
  enable_key_rotation     = true
  deletion_window_in_days = 3
}
""",
    passing="""
resource "aws_kms_key" "payments" {
  enable_key_rotation     = true
  deletion_window_in_days = 7
}
""",
)


@RULE.check
def check(key: Resource, _: Context) -> Iterator[Problem]:
    """Compare with the range."""
    if not key.has("deletion_window_in_days"):
        return
    days = key.number("deletion_window_in_days", 30) or 0
    if not 7 <= days <= 30:
        yield Problem(
            key,
            "deletion_window_in_days",
            f"deletion_window_in_days is {days}: it is 7 to 30; the plan stops.",
            fix="Set it to 7 or more.",
            change=Change(key, "deletion_window_in_days", 7 if days < 7 else 30),
        )
