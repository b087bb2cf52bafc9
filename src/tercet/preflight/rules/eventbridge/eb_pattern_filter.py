"""Content filters that EventBridge does not know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.eventbridge._patterns import filters
from tercet.preflight.values import Value, is_known, shown

OPERATORS: Final = frozenset(
    ("anything-but", "cidr", "equals-ignore-case", "exists", "numeric", "prefix", "suffix", "wildcard")
)
_COMPARISONS: Final = frozenset(("=", "<", "<=", ">", ">="))

_RULE = """
resource "aws_cloudwatch_event_rule" "payments" {
  name = "payments-large-dev"
  event_pattern = jsonencode({
    source = ["payments"]
    detail = { amount_minor = [{ numeric = FILTER }] }
  })
}

resource "aws_cloudwatch_event_target" "payments" {
  rule = aws_cloudwatch_event_rule.payments.name
  arn  = "arn:aws:sqs:us-east-1:123456789012:payments-dev"
}
"""

RULE = Rule(
    id="eb-pattern-filter",
    title="A content filter that EventBridge does not know",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "An object in a pattern's list is a filter with exactly one key, the kind of comparison. Numeric filters hold "
        'comparisons and numbers in turn, such as [">", 0, "<=", 5]; exists is true or false.'
    ),
    aws_error="InvalidEventPatternException: Event pattern is not valid. Reason: Unrecognized match type <key>",
    sources=("https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html",),
    resources=("aws_cloudwatch_event_rule", "aws_cloudwatch_event_archive"),
    failing=_RULE.replace("FILTER", '"> 100000"'),
    passing=_RULE.replace("FILTER", '[">", 100000]'),
)


@RULE.check
def check(rule: Resource, _context: Context) -> Iterator[Problem]:
    """Look at each filter."""
    if not rule.has("event_pattern"):
        return
    found = 0
    for path, one in filters(rule.document("event_pattern")):
        what = _wrong(one)
        if what and found < 5:
            found += 1
            yield Problem(
                rule,
                "event_pattern",
                f"{path} in event_pattern has the filter {shown(one)}: {what}.",
                fix=f"Use one of {', '.join(sorted(OPERATORS))}, as the documentation shows them.",
                aws_error=f"InvalidEventPatternException: Event pattern is not valid. Reason: {what}",
                also={"path": path},
            )


def _wrong(one: dict[str, Value]) -> str | None:
    if any("${" in key or "*" in key for key in one):
        return None
    if len(one) != 1:
        return "Only one key allowed in match expression"
    ((key, value),) = one.items()
    if key not in OPERATORS:
        return f"Unrecognized match type {key}"
    if not is_known(value):
        return None
    if key == "exists" and not isinstance(value, bool):
        return "Exists match value must be either true or false"
    if key == "numeric" and not _is_numeric(value):
        return "numeric needs comparisons and numbers in turn"
    return None


def _is_numeric(value: Value) -> bool:
    if not isinstance(value, list) or len(value) not in (2, 4):
        return False
    return all(
        item in _COMPARISONS if index % 2 == 0 and isinstance(item, str) else index % 2 == 1 and _is_number(item)
        for index, item in enumerate(value)
    )


def _is_number(item: Value) -> bool:
    return isinstance(item, int | float) and not isinstance(item, bool)
