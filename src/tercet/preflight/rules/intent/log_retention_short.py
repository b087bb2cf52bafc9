"""Logs that are not kept as long as the intent says."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.intent import Intent
from tercet.preflight.rule import Change, Context, Problem, Rule
from tercet.preflight.rules.cloudwatch.logs_retention_value import DAYS

_GROUP = """
resource "aws_cloudwatch_log_group" "payments" {
  name              = "/payments/dev"
  retention_in_days = DAYS
}
"""

RULE = Rule(
    id="log-retention-short",
    title="Logs are kept shorter than stated",
    severity=Severity.POLICY,
    rationale=(
        "The intent's log_retention_days are the days that logs are kept at least. A group without a retention keeps "
        "its logs for ever, and so it does with 0."
    ),
    sources=("https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html",),
    resources=("aws_cloudwatch_log_group",),
    intent=Intent(log_retention_days=30),
    failing=_GROUP.replace("DAYS", "7"),
    passing=_GROUP.replace("DAYS", "30"),
)


@RULE.check
def check(group: Resource, context: Context) -> Iterator[Problem]:
    """Compare the days."""
    wanted = context.intent.log_retention_days
    if wanted is None:
        return
    days = group.number("retention_in_days", 0) or 0
    if 0 < days < wanted:
        longer = next((one for one in DAYS if one >= wanted), DAYS[-1])
        yield Problem(
            group,
            "retention_in_days",
            f"retention_in_days is {days}, and {wanted} are stated.",
            fix=f"Set retention_in_days to {longer}.",
            change=Change(group, "retention_in_days", longer),
            also={"log_retention_days": str(wanted)},
        )
