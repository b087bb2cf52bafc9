"""Rules of listeners with more conditions, or another priority, than a rule has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.elb._balancers import RULES

_WITH_VALUES: Final = ("host_header", "http_header", "http_request_method", "path_pattern", "source_ip")
_MOST_VALUES: Final = 5
_MOST_PRIORITY: Final = 50_000
_OF_DEFAULT: Final = 99_999

_EXAMPLE = """
resource "aws_lb_listener_rule" "payments" {
  listener_arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/payments-dev/1a2b3c4d/5e6f"
  priority     = 10

  action {
    type             = "forward"
    target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/payments-dev/1a2b3c4d5e6f"
  }

  condition {
    path_pattern {
      values = ["/payments", "/refunds", "/cards", "/ledger", "/health"MORE]
    }
  }
}
"""

RULE = Rule(
    id="lb-rule-limits",
    title="A listener's rule with more than five condition values, or a priority that is none",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "The conditions of one rule have five values at most, all of them together, which no quota raises. A priority "
        "is from 1 to 50000."
    ),
    aws_error="ValidationError: A rule can only have '5' condition values",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html",
    ),
    resources=RULES,
    failing=_EXAMPLE.replace("MORE", ', "/reports"'),
    passing=_EXAMPLE.replace("MORE", ""),
)


@RULE.check
def check(rule: Resource, _context: Context) -> Iterator[Problem]:
    """Count the values, and look at the priority."""
    values = [value for condition in rule.blocks("condition") for value in _values(condition)]
    if len(values) > _MOST_VALUES:
        yield Problem(
            rule,
            "condition",
            f"The conditions have {len(values)} values in all; a rule has {_MOST_VALUES}.",
            fix="Divide it into two rules, or use a pattern with * for several of them.",
            also={"values": ", ".join(values)},
        )
    priority = rule.number("priority")
    if priority is not None and not 1 <= priority <= _MOST_PRIORITY and priority != _OF_DEFAULT:
        yield Problem(
            rule,
            "priority",
            f"priority is {priority}; it is from 1 to {_MOST_PRIORITY}.",
            fix=f"Set a priority from 1 to {_MOST_PRIORITY}.",
            aws_error=f"expected priority to be in the range (1 - {_MOST_PRIORITY}), got {priority}",
        )


def _values(condition: Block) -> Iterator[str]:
    """Go through the values of a condition that certainly are different ones."""
    for name in _WITH_VALUES:
        for block in condition.blocks(name):
            yield from sorted({str(one) for one in block.items("values") if isinstance(one, str)})
