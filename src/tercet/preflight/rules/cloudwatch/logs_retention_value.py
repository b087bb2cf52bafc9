"""Retentions that log groups do not have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule

DAYS: Final = (
    0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip

_GROUP = """
resource "aws_cloudwatch_log_group" "payments" {
  name              = "/payments/dev"
  retention_in_days = DAYS
}
"""

RULE = Rule(
    id="logs-retention-value",
    title="A retention that log groups do not have",
    severity=Severity.APPLY_FAILS,
    rationale="CloudWatch Logs keeps logs for one of a list of days, and refuses others. 0 is for ever.",
    aws_error="Error: expected retention_in_days to be one of [0 1 3 5 7 14 30 ...], got <days>",
    confirmed=True,
    sources=("https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html",),
    resources=("aws_cloudwatch_log_group",),
    failing=_GROUP.replace("DAYS", "45"),
    passing=_GROUP.replace("DAYS", "60"),
)


@RULE.check
def check(group: Resource, _context: Context) -> Iterator[Problem]:
    """Look the days up."""
    days = group.number("retention_in_days")
    if days is not None and days not in DAYS:
        longer = next((one for one in DAYS if one > days), DAYS[-1])
        yield Problem(
            group,
            "retention_in_days",
            f"retention_in_days is {days}; CloudWatch Logs has {', '.join(map(str, DAYS[:8]))} and so on.",
            fix=f"Set retention_in_days to {longer}.",
            change=Change(group, "retention_in_days", longer),
        )
