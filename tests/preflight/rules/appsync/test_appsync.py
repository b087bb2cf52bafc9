"""Near misses of the rule of APIs and data sources."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

UNKNOWN = 'variable "unknown" {}\n'
ROLE = 'service_role_arn = "arn:aws:iam::123456789012:role/r"\n'
CONFIG = 'lambda_config {\n  function_arn = "arn:aws:lambda:us-east-1:123456789012:function:f"\n}\n'
MANY = 'dynamic "lambda_config" {\n  for_each = var.unknown\n  content {\n    function_arn = "a"\n  }\n}\n'


def source(kind: str, more: str = "") -> str:
    return block("aws_appsync_datasource", "s", f'api_id = "a"\nname = "s"\ntype = {kind}\n{more}')


def api(kind: str, more: str = "") -> str:
    return block("aws_appsync_graphql_api", "a", f'name = "a"\nauthentication_type = {kind}\n{more}')


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (source('"NONE"'), SILENT),
        (source('"AWS_LAMBDA"', ROLE + CONFIG), SILENT),
        (source('"AWS_LAMBDA"', ROLE), FOUND),
        (source('"AWS_LAMBDA"', CONFIG), FOUND),
        (source('"AWS_LAMBDA"', ROLE + MANY) + UNKNOWN, SILENT),
        (source('"AWS_LAMBDA"', "count = 0\n" + ROLE), SILENT),
        (source("var.unknown", ROLE) + UNKNOWN, UNDECIDED),
        (source('"HTTP"', 'http_config {\n  endpoint = "https://example.com"\n}'), SILENT),
        (api('"API_KEY"'), SILENT),
        (api('"AMAZON_COGNITO_USER_POOLS"'), FOUND),
        (api('"AMAZON_COGNITO_USER_POOLS"', 'user_pool_config {\n  user_pool_id = "a"\n}'), SILENT),
        (api("var.unknown") + UNKNOWN, UNDECIDED),
    ],
)
def test_arguments(text: str, expected: str) -> None:
    assert verdict("appsync-arguments", text) == expected
