"""A target on another bus than its rule."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.eventbridge._buses import RULE_TYPE, bus_of

_RULE = """
resource "aws_cloudwatch_event_bus" "payments" {
  name = "payments-dev"
}

resource "aws_cloudwatch_event_rule" "payments" {
  name           = "payments-captured-dev"
  event_bus_name = aws_cloudwatch_event_bus.payments.name
  event_pattern  = jsonencode({ source = ["payments"], detail-type = ["payment.captured"] })
}

resource "aws_cloudwatch_event_target" "payments" {
  rule = aws_cloudwatch_event_rule.payments.name
  arn  = "arn:aws:sqs:us-east-1:123456789012:payments-dev"BUS
}
"""

RULE = Rule(
    id="eb-target-bus-mismatch",
    title="An event target on another bus than its rule",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A target finds its rule by name, on the bus that it says, or on the default one. On another bus than the "
        "rule's there is no such rule."
    ),
    aws_error="ResourceNotFoundException: Rule <rule> does not exist on EventBus default.",
    sources=(
        "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html",
        "https://github.com/TerraConstructs/base/issues/88",
    ),
    resources=("aws_cloudwatch_event_target",),
    failing=_RULE.replace("BUS", ""),
    passing=_RULE.replace("BUS", "\n\n  event_bus_name = aws_cloudwatch_event_bus.payments.name"),
)


@RULE.check
def check(target: Resource, _context: Context) -> Iterator[Problem]:
    """Compare the two buses."""
    rules = target.targets("rule", RULE_TYPE)
    if len(rules) != 1:
        return
    rule = rules[0]
    if not rule.has("event_bus_name") and not target.has("event_bus_name"):
        return
    if bus_of(target) != bus_of(rule):
        on = target.shown("event_bus_name") if target.has("event_bus_name") else "missing"
        yield Problem(
            target,
            "event_bus_name",
            f"event_bus_name is {on} and that of {rule.address} is {_shown(rule)}: on the target's bus there is no "
            "such rule.",
            fix=f"Set event_bus_name = {rule.address}.event_bus_name.",
            also={"rule_event_bus_name": _shown(rule)},
        )


def _shown(rule: Resource) -> str:
    return rule.shown("event_bus_name") if rule.has("event_bus_name") else "the default"
