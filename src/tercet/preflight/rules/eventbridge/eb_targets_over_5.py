"""More than five targets on a rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.policies import completions
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.eventbridge._buses import RULE_TYPE, TARGET_TYPE
from tercet.preflight.values import references_in

LIMIT: Final = 5

_RULE = """
resource "aws_cloudwatch_event_rule" "payments" {
  name          = "payments-captured-dev"
  event_pattern = jsonencode({ source = ["payments"], detail-type = ["payment.captured"] })
}

resource "aws_cloudwatch_event_target" "payments" {
  count = COUNT
  rule  = aws_cloudwatch_event_rule.payments.name
  arn   = "arn:aws:sqs:us-east-1:123456789012:payments-${count.index}-dev"
}
"""

RULE = Rule(
    id="eb-targets-over-5",
    title="More than five targets on one rule",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A rule has five targets at most, and the quota cannot be raised. Several rules may have the same pattern; or "
        "one target is a topic that has the others subscribed."
    ),
    aws_error="LimitExceededException: The requested resource exceeds the maximum number allowed.",
    sources=("https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html",),
    resources=("aws_cloudwatch_event_rule",),
    failing=_RULE.replace("COUNT", "6"),
    passing=_RULE.replace("COUNT", "2"),
)


@RULE.check
def check(rule: Resource, _context: Context) -> Iterator[Problem]:
    """Count the targets that are this rule's, and certainly one each."""
    if rule.many:
        return
    named = completions(rule.graph, TARGET_TYPE, "rule", RULE_TYPE).by_target.get(rule.address, ())
    targets = [
        target
        for target in {one.address: one for one in named}.values()
        if not target.many and target.targets("rule", RULE_TYPE) == [rule] and _is_on_its_bus(target, rule)
    ]
    if len(targets) > LIMIT:
        yield Problem(
            rule,
            "name",
            f"The rule has {len(targets)} targets, from {targets[0].address} to {targets[-1].address}; EventBridge "
            f"allows {LIMIT}.",
            fix="Move targets to a second rule with the same pattern.",
            also={"targets": str(len(targets))},
        )


def _is_on_its_bus(target: Resource, rule: Resource) -> bool:
    """Tell whether a target that knows the rule by its name alone is surely not another bus's."""
    return bool(references_in(target.value("rule"))) or target.shown("event_bus_name") == rule.shown("event_bus_name")
