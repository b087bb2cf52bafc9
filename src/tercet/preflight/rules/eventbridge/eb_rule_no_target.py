"""A rule whose events go nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._targets import is_open
from tercet.preflight.rules.eventbridge._buses import RULE_TYPE, TARGET_TYPE
from tercet.preflight.values import references_in

_RULE = """
resource "aws_cloudwatch_event_rule" "payments" {
  name          = "payments-captured-dev"
  event_pattern = jsonencode({ source = ["payments"], detail-type = ["payment.captured"] })
}
"""

RULE = Rule(
    id="eb-rule-no-target",
    title="An event rule without a target",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A rule without targets matches events and drops them. A rule that is disabled, given to a module, or put out "
        "as an output may have its targets elsewhere and is not reported."
    ),
    sources=("https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html",),
    resources=("aws_cloudwatch_event_rule",),
    failing=_RULE,
    passing=_RULE
    + """
resource "aws_cloudwatch_event_target" "payments" {
  rule = aws_cloudwatch_event_rule.payments.name
  arn  = "arn:aws:sqs:us-east-1:123456789012:payments-dev"
}
""",
)


@RULE.check
def check(rule: Resource, context: Context) -> Iterator[Problem]:
    """Look for a target anywhere."""
    if rule.referrers(TARGET_TYPE) or rule.text("state", "ENABLED") == "DISABLED" or _put_out(rule, context):
        return
    if rule.flag("is_enabled", True) is False:
        return
    if rule.is_passed_out():
        raise Undecidable("targets", "a module whose source is not here is given the rule")
    for target in context.graph.of_type(TARGET_TYPE):
        if target.target("rule", RULE_TYPE) is rule:
            return
        if is_open(target, "rule"):
            raise Undecidable("targets", f"the rule of {target.address} is not known")
    yield Problem(
        rule,
        "name",
        f"No aws_cloudwatch_event_target is on the rule {rule.shown('name')}: it matches events and drops them.",
        fix="Add a target, or remove the rule.",
    )


def _put_out(rule: Resource, context: Context) -> bool:
    addresses = {rule.address, rule.block_address, f"{rule.block_address}[*]"}
    return any(
        reference.address in addresses for value in context.graph.outputs.values() for reference in references_in(value)
    )
