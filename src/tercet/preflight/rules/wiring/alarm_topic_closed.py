"""A topic to which alarms cannot publish."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.policies import resource_policies, resource_policy_allows
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring._sending import locked_to

_SERVICE: Final = "cloudwatch.amazonaws.com"
_ACTIONS: Final = ("alarm_actions", "ok_actions", "insufficient_data_actions")

_ALARM = """
resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "payments-errors-dev"
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = "payments-processor-dev" }
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = 1
  alarm_actions       = [aws_sns_topic.alarms.arn]
}

resource "aws_sns_topic" "alarms" {
  name = "payments-alarms-dev"
  %s
}
"""

RULE = Rule(
    id="alarm-topic-closed",
    title="A topic to which an alarm cannot publish",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "CloudWatch publishes alarms to a topic as the service cloudwatch.amazonaws.com. A policy on the topic that "
        "does "
        "not let it, the key that AWS manages (alias/aws/sns), or a key of your own that does not let it, and the "
        "alarm "
        "goes off where nobody hears it. A topic with the policy it has by default is open to alarms of its account."
    ),
    sources=(
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html",
        "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services",
    ),
    resources=("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"),
    failing=_ALARM % 'kms_master_key_id = "alias/aws/sns"',
    passing=_ALARM % "",
)


@RULE.check
def check(alarm: Resource, _: Context) -> Iterator[Problem]:
    """Look at the policy and the key of each topic."""
    for argument in _ACTIONS:
        yield from locked_to(alarm, argument, "aws_sns_topic", _SERVICE, "the alarm is not heard.")
        for topic in alarm.targets(argument, "aws_sns_topic"):
            if topic.mode == "managed" and resource_policies(topic) and _is_closed(topic):
                yield Problem(
                    alarm,
                    argument,
                    f"The policy of {topic.address} does not let {_SERVICE} do sns:Publish: the alarm is not heard.",
                    fix=f"Allow sns:Publish to the service {_SERVICE} in the policy of {topic.address}.",
                )


def _is_closed(topic: Resource) -> bool:
    """Tell whether no alarm gets in; a policy for accounts may let alarms in, as the default one does."""
    own = any(
        kind in ("AWS", "*") and statement.covers("sns:Publish", None, None, "") is not False
        for _, policy in resource_policies(topic)
        for statement in policy.allowing()
        for kind in statement.principals or {}
    )
    return not own and resource_policy_allows(topic, _SERVICE, "sns:Publish") is False
