"""Near misses of the rules of Parameter Store."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

UNKNOWN = 'variable "unknown" {}\n'


def parameter(name: str, value: str = '"v"', more: str = 'type = "String"') -> str:
    return block("aws_ssm_parameter", "p", f"name = {name}\nvalue = {value}\n{more}")


CASES = [
    ("ssm-param-reserved-name", parameter('"payments-aws"'), SILENT),
    ("ssm-param-reserved-name", parameter('"AWSpayments"'), FOUND),
    ("ssm-param-reserved-name", UNKNOWN + parameter('"/ssm/${var.unknown}"'), FOUND),
    ("ssm-param-reserved-name", UNKNOWN + parameter('"${var.unknown}/ssm"'), SILENT),
    ("ssm-param-name", parameter('"payments"'), SILENT),
    ("ssm-param-name", UNKNOWN + parameter('"${var.unknown}/endpoint"'), SILENT),
    ("ssm-param-name", UNKNOWN + parameter('"payments/${var.unknown}"'), FOUND),
    ("ssm-param-name", parameter('"/payments/db host"'), FOUND),
    ("ssm-param-name", parameter(f'"{"/a" * 16}"'), FOUND),
    ("ssm-param-size", parameter('"/p"', f'"{"x" * 4096}"'), SILENT),
    ("ssm-param-size", parameter('"/p"', f'"{"x" * 4097}"', 'tier = "Intelligent-Tiering"'), SILENT),
    ("ssm-param-size", parameter('"/p"', f'"{"x" * 8193}"', 'tier = "Advanced"'), FOUND),
    ("ssm-param-size", UNKNOWN + parameter('"/p"', f'"{"x" * 4097}"', "tier = var.unknown"), UNDECIDED),
    ("ssm-secret-as-string", parameter('"/payments/db/password"'), FOUND),
    (
        "ssm-secret-as-string",
        parameter('"/payments/db/secret"', '"arn:aws:secretsmanager:us-east-1:1:secret:s"'),
        SILENT,
    ),
    ("ssm-secret-as-string", parameter('"/payments/token-endpoint"'), SILENT),
    ("ssm-secret-as-string", parameter('"/payments/db/password"', more='type = "SecureString"'), SILENT),
]


@pytest.mark.parametrize(("rule", "text", "expected"), CASES, ids=[f"{case[0]}-{at}" for at, case in enumerate(CASES)])
def test_near_misses(rule: str, text: str, expected: str):
    assert verdict(rule, text) == expected
