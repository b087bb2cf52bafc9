"""Config and Security Hub: in which order, and what is recorded."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

ROLE = block("aws_iam_role", "this", 'assume_role_policy = "{}"')
RECORDER = block("aws_config_configuration_recorder", "this", "role_arn = aws_iam_role.this.arn")
RULE = 'name = "r"\nsource {\nowner = "AWS"\nsource_identifier = "ENCRYPTED_VOLUMES"\n}\n'
AFTER = "depends_on = [aws_config_configuration_recorder.this]"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ROLE + RECORDER + block("aws_config_config_rule", "this", RULE), FOUND),
        (ROLE + RECORDER + block("aws_config_config_rule", "this", RULE + AFTER), SILENT),
        (block("aws_config_config_rule", "this", RULE), SILENT),
        (RECORDER.replace("aws_iam_role.this.arn", '"arn"') + block("aws_config_config_rule", "this", RULE), SILENT),
        (
            block("aws_securityhub_account", "this", "count = 0")
            + block("aws_securityhub_standards_subscription", "this", 'standards_arn = "a"'),
            SILENT,
        ),
        (
            block("aws_securityhub_account", "this", "")
            + block("aws_securityhub_standards_subscription", "this", 'standards_arn = "a"'),
            FOUND,
        ),
    ],
)
def test_order(text: str, said: str):
    assert verdict("config-order", text) == said


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('resource_types = ["AWS::EC2::Instance"]', FOUND),
        ('all_supported = false\nresource_types = ["AWS::EC2::Instance"]', SILENT),
        ('all_supported = var.given\nresource_types = ["AWS::EC2::Instance"]', UNDECIDED),
        ("all_supported = true\nresource_types = []", SILENT),
        ("all_supported = false\ninclude_global_resource_types = true", FOUND),
    ],
)
def test_recording_group(body: str, said: str):
    text = 'variable "given" {}\n' + block(
        "aws_config_configuration_recorder", "this", f'role_arn = "arn"\nrecording_group {{\n{body}\n}}'
    )
    assert verdict("config-recording-group", text) == said
