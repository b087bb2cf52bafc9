"""Near misses of the rules of targets and of the limits of a listener's rule."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

UNKNOWN = 'variable "unknown" {}\n'
INSTANCE = block("aws_instance", "i", 'ami = "ami-1"')
FUNCTION = block("aws_lambda_function", "f", 'function_name = "f"')
SCALING = block("aws_autoscaling_group", "g", "target_group_arns = [aws_lb_target_group.g.arn]")


def group(kind: str | None = None) -> str:
    return block("aws_lb_target_group", "g", 'name = "g"' + (f"\ntarget_type = {kind}" if kind else ""))


def attached(target: str, more: str = "") -> str:
    return block(
        "aws_lb_target_group_attachment",
        "a",
        f"target_group_arn = aws_lb_target_group.g.arn\ntarget_id = {target}\n{more}",
    )


def conditions(*listed: str) -> str:
    return block("aws_lb_listener_rule", "r", "\n".join(f"condition {{\n{one}\n}}" for one in listed))


def values(kind: str, *texts: str) -> str:
    return f"{kind} {{\nvalues = [{', '.join(texts)}]\n}}"


FIVE = tuple(f'"/{letter}"' for letter in "abcde")

CASES = [
    ("lb-target-type", group() + INSTANCE + attached("aws_instance.i.id"), SILENT),
    ("lb-target-type", group() + INSTANCE + attached("aws_instance.i.private_ip"), FOUND),
    ("lb-target-type", group('"ip"') + INSTANCE + attached("aws_instance.i.private_ip"), SILENT),
    ("lb-target-type", group('"ip"') + INSTANCE + attached("aws_instance.i.id"), FOUND),
    ("lb-target-type", group('"ip"') + attached('"10.0.0.5"'), SILENT),
    ("lb-target-type", group('"lambda"') + FUNCTION + attached("aws_lambda_function.f.arn"), SILENT),
    ("lb-target-type", group() + FUNCTION + attached("aws_lambda_function.f.arn"), FOUND),
    ("lb-target-type", UNKNOWN + group('"ip"') + attached("var.unknown"), SILENT),
    ("lb-target-type", UNKNOWN + group("var.unknown") + attached('"i-0123456789abcdef0"'), UNDECIDED),
    ("lb-target-type", group('"ip"') + attached('"i-0123456789abcdef0"', "count = 0"), SILENT),
    ("lb-target-type", group('"ip"') + attached("each.key", 'for_each = toset(["i-0123456789abcdef0"])'), FOUND),
    ("lb-target-type", group() + SCALING, SILENT),
    ("lb-target-type", group('"ip"') + SCALING, FOUND),
    ("lb-target-type", UNKNOWN + group('"ip"') + SCALING.replace("[", "var.unknown ? [] : ["), SILENT),
    ("lb-rule-limits", conditions(values("path_pattern", *FIVE)), SILENT),
    ("lb-rule-limits", conditions(values("path_pattern", *FIVE), values("host_header", '"a.example.com"')), FOUND),
    ("lb-rule-limits", conditions(values("path_pattern", *FIVE, '"/a"')), SILENT),
    ("lb-rule-limits", UNKNOWN + conditions(values("path_pattern", *FIVE, "var.unknown")), SILENT),
    ("lb-rule-limits", UNKNOWN + conditions("path_pattern {\nvalues = var.unknown\n}"), UNDECIDED),
    ("lb-rule-limits", block("aws_lb_listener_rule", "r", "priority = 50000"), SILENT),
    ("lb-rule-limits", block("aws_lb_listener_rule", "r", "priority = 0"), FOUND),
    ("lb-health-check", block("aws_lb_target_group", "g", 'protocol = "HTTP"\nhealth_check {\nprotocol = "TCP"\n}'), FOUND),  # noqa: E501
    ("lb-health-check", block("aws_lb_target_group", "g", 'protocol = "TLS"\nhealth_check {\nprotocol = "TCP"\n}'), SILENT),  # noqa: E501
]  # fmt: skip


@pytest.mark.parametrize(("rule", "text", "expected"), CASES, ids=[f"{case[0]}-{at}" for at, case in enumerate(CASES)])
def test_near_misses(rule: str, text: str, expected: str):
    assert verdict(rule, text) == expected


def listening(name: str, balancer: str, target: str = "aws_lb_target_group.g.arn") -> str:
    action = f'default_action {{\ntype = "forward"\ntarget_group_arn = {target}\n}}'
    return block("aws_lb_listener", name, f"load_balancer_arn = {balancer}\n{action}")


BALANCERS = block("aws_lb", "a", 'name = "a"') + block("aws_lb", "b", 'name = "b"')


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("aws_lb.a.arn", "aws_lb.b.arn", FOUND),
        ("aws_lb.a.arn", "aws_lb.a.arn", SILENT),
        ("aws_lb.a.arn", "var.unknown", SILENT),
        ("aws_lb.a.arn", "var.unknown ? aws_lb.a.arn : aws_lb.b.arn", SILENT),
    ],
)
def test_one_balancer_for_a_group(first: str, second: str, expected: str):
    text = UNKNOWN + BALANCERS + group() + listening("x", first) + listening("y", second)
    assert verdict("lb-target-group-shared", text) == expected
