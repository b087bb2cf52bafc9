"""A key whose deletion waits for longer than it need, where the intent is to leave nothing."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.intent import Intent
from tercet.preflight.rule import Change, Context, Problem, Rule

RULE = Rule(
    id="destroy-key-lingers",
    title="Key that waits long for its deletion",
    severity=Severity.ADVICE,
    rationale=(
        "A destroyed key waits 30 days for its deletion, unless `deletion_window_in_days` says less, 7 at least. "
        "It costs nothing while it waits, and its alias is free at once."
    ),
    sources=("https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html",),
    resources=(
        "aws_kms_key",
        "aws_kms_replica_key",
    ),
    intent=Intent(destroyable=True),
    failing="""
resource "aws_kms_key" "payments" {
  enable_key_rotation = true
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
def check(key: Resource, context: Context) -> Iterator[Problem]:
    """Look at the window."""
    if not context.intent.destroyable:
        return
    days = key.number("deletion_window_in_days", 30) or 30
    if days > _SHORTEST_DAYS:
        unset = "" if key.has("deletion_window_in_days") else " (not set)"
        yield Problem(
            key,
            "deletion_window_in_days",
            f"deletion_window_in_days is {days}{unset} and the intent is to leave nothing: the key stays for so long.",
            fix=f"Set deletion_window_in_days to {_SHORTEST_DAYS}.",
            change=Change(key, "deletion_window_in_days", _SHORTEST_DAYS),
        )


_SHORTEST_DAYS = 7
