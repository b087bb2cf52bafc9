"""An event rule that may send a function's own events back to it."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _emitters as emitters
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring import _patterns as patterns
from tercet.preflight.rules.wiring.event_loop import functions_reached, loop_of, rule_of
from tercet.preflight.values import Value

_LOOP = (
    """
resource "aws_cloudwatch_event_bus" "payments" {
  name = "payments-dev"
}

resource "aws_cloudwatch_event_rule" "processed" {
  name           = "payments-processed-dev"
  event_bus_name = aws_cloudwatch_event_bus.payments.name
  event_pattern  = jsonencode({ source = ["payment.service"] })
}

resource "aws_cloudwatch_event_target" "processed" {
  rule           = aws_cloudwatch_event_rule.processed.name
  event_bus_name = aws_cloudwatch_event_bus.payments.name
  arn            = aws_lambda_function.processor.arn
}
"""
    + example.role(example.LOGS, example.allow('["events:PutEvents"]', "aws_cloudwatch_event_bus.payments.arn"))
    + example.permission("events.amazonaws.com", "aws_cloudwatch_event_rule.processed.arn")
)

_TOLD = """
  environment {
    variables = {
      EVENT_SOURCE = "payment.receipts"
    }
  }
"""

RULE = Rule(
    id="event-loop-possible",
    title="An event rule that may send a function's own events back to it",
    severity=Severity.ADVICE,
    rationale=(
        "The function is the only one here that may put events on the bus, and it is the target of a rule that takes "
        "events of a source of your own. Either the events come from outside this configuration, or the function is "
        "sent what it has sent itself, without end. Which it is stands in the function's code; say it here, in a "
        "variable with SOURCE in its name or in a condition on events:source, and event-loop decides it."
    ),
    sources=("https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-patterns-best-practices.html",),
    resources=("aws_cloudwatch_event_target",),
    failing=_LOOP + example.function(),
    passing=_LOOP + example.function(_TOLD),
)


@RULE.check
def check(target: Resource, _: Context) -> Iterator[Problem]:
    """Ask about each function of which it is not known whether it loops."""
    functions = functions_reached(target)
    rule = rule_of(target) if functions else None
    pattern = rule.document("event_pattern") if rule is not None else None
    if rule is None or not isinstance(pattern, dict) or not patterns.entries(pattern, "source"):
        return
    bus = emitters.bus_of(rule)
    for function in functions:
        if not _is_open(function, rule, pattern) or emitters.may_put(function, bus) is not True:
            continue
        if not emitters.others_may_put(function, bus):
            yield Problem(
                target,
                "arn",
                f"{rule.address} sends events to {function.address}, which alone may put events on that bus: if these "
                "are its own, each makes another, without end.",
                fix="Let the function send another source than the rule takes, or state its source in its environment.",
                also={"event_pattern": rule.shown("event_pattern"), "function": function.address},
            )


def _is_open(function: Resource, rule: Resource, pattern: dict[str, Value]) -> bool:
    try:
        loop_of(function, rule, pattern)
    except Undecidable:
        return True
    return False
