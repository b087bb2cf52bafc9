"""Near misses of the rules of EventBridge."""

from __future__ import annotations

import pytest

from tercet.preflight.rules.eventbridge._schedules import wrong_with
from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

UNKNOWN = 'variable "unknown" {}\n'
BUS = block("aws_cloudwatch_event_bus", "b", 'name = "payments"')


def rule(body: str) -> str:
    return block("aws_cloudwatch_event_rule", "r", f'name = "r"\n{body}')


def pattern(body: str) -> str:
    return rule(f"event_pattern = jsonencode({body})")


def target(body: str = "") -> str:
    body = f'rule = aws_cloudwatch_event_rule.r.name\narn = "arn:aws:sqs:us-east-1:1:q"\n{body}'
    return block("aws_cloudwatch_event_target", "t", body)


OUTPUT = 'output "rule" {\n  value = aws_cloudwatch_event_rule.r.name\n}\n'
MODULE = 'module "targets" {\n  source = "registry/else/where"\n  rule   = aws_cloudwatch_event_rule.r.name\n}\n'
OWN = pattern('{ source = ["payments"] }')
ON_BUS = rule('event_pattern = jsonencode({ source = ["a"] })\nevent_bus_name = aws_cloudwatch_event_bus.b.name')

CASES = [
    ("eb-pattern-scalar", pattern('{ source = ["a"], detail = { "$or" = [{ a = ["b"] }, { c = [1] }] } }'), SILENT),
    ("eb-pattern-scalar", pattern('{ source = ["a"], detail = { "$or" = [{ a = "b" }, { c = [1] }] } }'), FOUND),
    ("eb-pattern-scalar", pattern('{ source = ["a"], detail = {} }'), FOUND),
    ("eb-pattern-scalar", UNKNOWN + pattern("{ source = [var.unknown] }"), SILENT),
    ("eb-pattern-scalar", UNKNOWN + pattern("{ source = var.unknown }"), SILENT),
    ("eb-pattern-scalar", UNKNOWN + rule("event_pattern = var.unknown"), UNDECIDED),
    ("eb-pattern-scalar", rule('event_pattern = "{"'), FOUND),
    ("eb-pattern-filter", pattern('{ detail = { a = [{ numeric = [">", 0, "<=", 5] }] } }'), SILENT),
    ("eb-pattern-filter", pattern('{ detail = { a = [{ numeric = [">", "0"] }] } }'), FOUND),
    ("eb-pattern-filter", pattern('{ detail = { a = [{ exists = "false" }] } }'), FOUND),
    ("eb-pattern-filter", pattern('{ detail = { a = [{ "anything-but" = { prefix = "x" } }] } }'), SILENT),
    ("eb-pattern-filter", pattern('{ detail = { a = [{ contains = "x" }] } }'), FOUND),
    ("eb-pattern-unknown-field", pattern('{ detailType = ["a"] }'), FOUND),
    ("eb-pattern-unknown-field", pattern('{ "$or" = [{ source = ["a"] }] }'), SILENT),
    ("eb-pattern-unknown-field", pattern('{ "replay-name" = [{ exists = false }] }'), SILENT),
    ("eb-pattern-unknown-field", pattern("{ other = [{ exists = false }] }"), SILENT),
    # A rule's targets may be elsewhere.
    ("eb-rule-no-target", OWN, FOUND),
    ("eb-rule-no-target", OWN + target(), SILENT),
    ("eb-rule-no-target", OWN + target().replace("aws_cloudwatch_event_rule.r.name", '"r"'), SILENT),
    (
        "eb-rule-no-target",
        UNKNOWN + OWN + target().replace("aws_cloudwatch_event_rule.r.name", "var.unknown"),
        UNDECIDED,
    ),
    ("eb-rule-no-target", OWN + OUTPUT, SILENT),
    ("eb-rule-no-target", OWN.replace('name = "r"', 'name = "r"\nstate = "DISABLED"'), SILENT),
    ("eb-rule-no-target", OWN + MODULE, UNDECIDED),
    # Buses by name, by ARN, by the rule.
    ("eb-target-bus-mismatch", BUS + ON_BUS + target(), FOUND),
    ("eb-target-bus-mismatch", BUS + ON_BUS + target("event_bus_name = aws_cloudwatch_event_bus.b.arn"), SILENT),
    ("eb-target-bus-mismatch", BUS + ON_BUS + target('event_bus_name = "payments"'), SILENT),
    (
        "eb-target-bus-mismatch",
        BUS + ON_BUS + target("event_bus_name = aws_cloudwatch_event_rule.r.event_bus_name"),
        SILENT,
    ),
    ("eb-target-bus-mismatch", OWN + target('event_bus_name = "default"'), SILENT),
    ("eb-target-bus-mismatch", UNKNOWN + OWN + target("event_bus_name = var.unknown"), UNDECIDED),
    ("eb-schedule-custom-bus", rule('schedule_expression = "rate(1 day)"\nevent_bus_name = "default"'), SILENT),
    ("eb-schedule-custom-bus", rule('schedule_expression = "rate(1 day)"\nevent_bus_name = "payments"'), FOUND),
    ("eb-fifo-no-group-id", OWN + target().replace("1:q", "1:q.fifo"), FOUND),
    (
        "eb-fifo-no-group-id",
        BUS + OWN + target().replace('"arn:aws:sqs:us-east-1:1:q"', "aws_cloudwatch_event_bus.b.arn"),
        SILENT,
    ),
    ("eb-dlq-fifo", OWN + target('dead_letter_config { arn = "arn:aws:sqs:us-east-1:1:dead" }'), SILENT),
]


@pytest.mark.parametrize(("name", "text", "expected"), CASES, ids=[f"{case[0]}-{at}" for at, case in enumerate(CASES)])
def test_near_misses(name: str, text: str, expected: str):
    assert verdict(name, text) == expected


@pytest.mark.parametrize(
    ("expression", "right"),
    [
        ("rate(1 minute)", True),
        ("rate(1 minutes)", False),
        ("rate(5 minute)", False),
        ("rate(2 hours)", True),
        ("rate(0 days)", False),
        ("rate(1 week)", False),
        ("cron(0 6 * * ? *)", True),
        ("cron(0/5 8-17 ? * MON-FRI *)", True),
        ("cron(0 6 * * *)", False),
        ("cron(0 6 * * * *)", False),
        ("cron(60 6 * * ? *)", False),
        ("cron(0 24 * * ? *)", False),
        ("0 6 * * ? *", False),
        ("every 5 minutes", False),
        ("at(2030-01-01T00:00:00)", False),
    ],
)
def test_schedules_of_rules(expression: str, right: bool):
    assert (wrong_with(expression) is None) is right


@pytest.mark.parametrize("expression", ["at(2030-01-01T00:00:00)", "rate(1 minutes)", "cron(0 6 * * ? *)"])
def test_the_scheduler_takes_more(expression: str):
    assert wrong_with(expression, scheduler=True) is None
