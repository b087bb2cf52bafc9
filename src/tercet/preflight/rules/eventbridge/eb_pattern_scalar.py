"""Single values in an event pattern."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.eventbridge._patterns import empty_paths, scalar_paths
from tercet.preflight.values import is_known

_TARGET = """
resource "aws_cloudwatch_event_target" "payments" {
  rule = aws_cloudwatch_event_rule.payments.name
  arn  = "arn:aws:sqs:us-east-1:123456789012:payments-dev"
}
"""

RULE = Rule(
    id="eb-pattern-scalar",
    title="An event pattern with values that are no lists",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "An event pattern is a JSON object, and each of its leaves is a list of what may be matched. EventBridge "
        "refuses single values, and empty objects and lists."
    ),
    aws_error='InvalidEventPatternException: Event pattern is not valid. Reason: "<key>" must be an object or an array',
    sources=(
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html",
        "https://github.com/buildkite/docs/pull/896",
    ),
    resources=("aws_cloudwatch_event_rule", "aws_cloudwatch_event_archive"),
    failing="""
resource "aws_cloudwatch_event_rule" "payments" {
  name          = "payments-captured-dev"
  event_pattern = jsonencode({ source = "payments", detail-type = ["payment.captured"] })
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
    """Look for single values, and for what is no JSON object at all."""
    if not rule.has("event_pattern") or rule.value("event_pattern") == "":
        return
    pattern = rule.document("event_pattern")
    if pattern is None or (is_known(pattern) and not isinstance(pattern, dict)):
        yield Problem(
            rule,
            "event_pattern",
            f"event_pattern is {rule.shown('event_pattern')}, which is no JSON object.",
            fix='Write jsonencode({ source = ["…"] }).',
            aws_error='Error: "event_pattern" contains an invalid JSON',
        )
        return
    for path, value in scalar_paths(pattern)[:5]:
        key = path.rsplit(".", 1)[-1]
        yield Problem(
            rule,
            "event_pattern",
            f"{path} in event_pattern is {value}, which is no list: EventBridge refuses the pattern.",
            fix=f"Put it into a list: [{value}].",
            aws_error=(
                f'InvalidEventPatternException: Event pattern is not valid. Reason: "{key}" must be an object or an '
                "array"
            ),
            also={"path": path},
        )
    for path in empty_paths(pattern)[:5]:
        yield Problem(
            rule,
            "event_pattern",
            f"{path} in event_pattern is empty: EventBridge refuses the pattern.",
            fix=f"Remove {path}; what a pattern does not name, it does not ask.",
            aws_error="InvalidEventPatternException: Event pattern is not valid. Reason: Empty objects are not allowed",
            also={"path": path},
        )
