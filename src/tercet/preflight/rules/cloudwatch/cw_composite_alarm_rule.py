"""What a composite alarm listens to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._order import waits_for
from tercet.preflight.rules.cloudwatch._examples import alarm

_NAMED: Final = re.compile(r"\b(?:ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*\"?([^\"()]{1,255}?)\"?\s*\)")
_CONSTANT: Final = re.compile(r"\b(?:TRUE|FALSE)\b")
_WORDS: Final = frozenset(("@", "(", ")", "AND", "OR", "NOT"))
_LONGEST: Final = 10_240
_TYPES: Final = ("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm")

_COMPOSITE = """
resource "aws_cloudwatch_composite_alarm" "payments" {
  alarm_name    = "payments-down-dev"
  alarm_rule    = RULE
  alarm_actions = ["arn:aws:sns:us-east-1:123456789012:alerts-dev"]
}
"""

RULE = Rule(
    id="cw-composite-alarm-rule",
    title="A composite alarm's rule names an alarm that does not exist yet, or none",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A composite alarm can be made only when the alarms in its rule exist. A name written as text makes no "
        "dependency, so Terraform makes both at once. Each alarm stands inside of ALARM(…), OK(…) or "
        "INSUFFICIENT_DATA(…)."
    ),
    aws_error="ValidationError: Could not save the composite alarm as alarms [<name>] in the alarm rule do not exist",
    sources=("https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html",),
    resources=("aws_cloudwatch_composite_alarm",),
    failing=alarm() + _COMPOSITE.replace("RULE", r'"ALARM(\"payments-errors-dev\")"'),
    passing=alarm() + _COMPOSITE.replace("RULE", '"ALARM(${aws_cloudwatch_metric_alarm.errors.alarm_name})"'),
)


@RULE.check
def check(composite: Resource, context: Context) -> Iterator[Problem]:
    """Look at the names in the rule, and at whether anything orders their alarms before."""
    rule = composite.text("alarm_rule") or ""
    if not rule or len(rule) > _LONGEST:
        return
    if _is_broken(rule):
        yield Problem(
            composite,
            "alarm_rule",
            f"alarm_rule is {composite.shown('alarm_rule')}: its parentheses, or its AND, OR and NOT, do not fit "
            "together.",
            fix="Let AND and OR stand between two conditions, and close what is opened.",
            aws_error="ValidationError: AlarmRule is not a valid expression",
        )
        return
    if not _NAMED.search(rule) and not _CONSTANT.search(rule):
        yield Problem(
            composite,
            "alarm_rule",
            f"alarm_rule is {composite.shown('alarm_rule')}: no alarm stands in ALARM(…), OK(…) or "
            "INSUFFICIENT_DATA(…).",
            fix='Write "ALARM(${<alarm>.alarm_name})".',
            aws_error="ValidationError: AlarmRule is not a valid expression",
        )
        return
    for name in dict.fromkeys(_NAMED.findall(rule)):
        for one in context.graph.of_type(*_TYPES):
            if one is not composite and one.value("alarm_name") == name and not waits_for(composite, [one]):
                yield Problem(
                    composite,
                    "alarm_rule",
                    f"alarm_rule names {name} as text: nothing makes Terraform create {one.address} before it.",
                    fix=f"Write ${{{one.address}.alarm_name}} in place of the name.",
                    also={"alarm": one.address},
                )


def _is_broken(rule: str) -> bool:
    """Tell whether conditions and operators do not alternate; of words that are not known here nothing is said."""
    shape = _CONSTANT.sub(" @ ", _NAMED.sub(" @ ", rule)).replace("(", " ( ").replace(")", " ) ").split()
    if "@" not in shape or not set(shape) <= _WORDS:
        return False
    depth, wants_condition = 0, True
    for word in shape:
        opens = word in ("@", "(", "NOT")
        if opens is not wants_condition:
            return True
        depth += {"(": 1, ")": -1}.get(word, 0)
        wants_condition = word not in ("@", ")")
        if depth < 0:
            return True
    return depth != 0 or wants_condition
