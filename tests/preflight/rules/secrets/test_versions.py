"""Near misses of the rule of secrets that have no value yet."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, block, verdict

SECRET = block("aws_secretsmanager_secret", "s", 'name = "payments/gateway"')
VERSION = block(
    "aws_secretsmanager_secret_version", "v", 'secret_id = aws_secretsmanager_secret.s.id\nsecret_string = "x"'
)
SCRIPT = block("null_resource", "fill", "triggers = { secret = aws_secretsmanager_secret.s.arn }")
MODULE = 'module "fill" {\n  source = "elsewhere/fill/aws"\n  secret = aws_secretsmanager_secret.s.arn\n}\n'


def read(secret: str = "aws_secretsmanager_secret.s.id", more: str = "") -> str:
    return block("aws_secretsmanager_secret_version", "read", f"secret_id = {secret}\n{more}", "data")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SECRET + read(), FOUND),
        (SECRET + read('"payments/gateway"'), FOUND),
        (SECRET + VERSION + read(), SILENT),
        (SECRET + SCRIPT + read(), SILENT),
        (SECRET + MODULE + read(), SILENT),
        (SECRET + read(more="count = 0"), SILENT),
        (
            block("aws_secretsmanager_secret", "s", 'name = "other"', "data")
            + read("data.aws_secretsmanager_secret.s.id"),
            SILENT,
        ),
        (read('"elsewhere"'), SILENT),
    ],
)
def test_reading(text: str, expected: str) -> None:
    assert verdict("secret-version-missing", text) == expected
