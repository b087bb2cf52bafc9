"""A log group to which EventBridge may not write."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.policies import resource_policy_allows
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._targets import made

_TARGET = """
resource "aws_cloudwatch_log_group" "events" {
  name              = "/aws/events/payments-dev"
  retention_in_days = 30
}

resource "aws_cloudwatch_event_rule" "paid" {
  name          = "payments-paid-dev"
  event_pattern = jsonencode({ source = ["payments.ledger"] })
}

resource "aws_cloudwatch_event_target" "paid" {
  rule = aws_cloudwatch_event_rule.paid.name
  arn  = aws_cloudwatch_log_group.events.arn
}
"""
_POLICY = """
resource "aws_cloudwatch_log_resource_policy" "events" {
  policy_name = "payments-events-dev"
  policy_document = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = ["events.amazonaws.com", "delivery.logs.amazonaws.com"] }
      Action    = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource  = "${aws_cloudwatch_log_group.events.arn}:*"
    }]
  })
}
"""

RULE = Rule(
    id="eb-log-group-policy-missing",
    title="A log group to which EventBridge may not write",
    severity=Severity.ADVICE,
    rationale=(
        "EventBridge writes to a log group where a resource policy of CloudWatch Logs lets events.amazonaws.com. The "
        "console makes one by itself, Terraform does not: the rule matches, and nothing is written. Such "
        "policies are the account's: one that is made elsewhere may name this group too, so that this is advice."
    ),
    sources=(
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-cloudwatchlogs-permissions",
    ),
    resources=("aws_cloudwatch_event_target",),
    failing=_TARGET,
    passing=_TARGET + _POLICY,
)


@RULE.check
def check(target: Resource, _context: Context) -> Iterator[Problem]:
    """Ask the policies of CloudWatch Logs."""
    for group in made(target, "arn", "aws_cloudwatch_log_group"):
        answer = resource_policy_allows(group, "events.amazonaws.com", "logs:PutLogEvents")
        if answer is None:
            raise Undecidable(f"policy of {group.address}", "who may write to it is known only in part")
        if answer is False:
            yield Problem(
                target,
                "arn",
                f"No aws_cloudwatch_log_resource_policy lets events.amazonaws.com write to {group.address}: the rule "
                "matches, and nothing is written.",
                fix=f"Add one that allows logs:CreateLogStream and logs:PutLogEvents on {group.address}.",
                also={"target": group.address},
            )
