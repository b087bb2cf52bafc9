"""Trails."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

ROLE = "cloud_watch_logs_role_arn = var.given\n"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (ROLE + "cloud_watch_logs_group_arn = aws_cloudwatch_log_group.this.arn", FOUND),
        (ROLE + 'cloud_watch_logs_group_arn = "${aws_cloudwatch_log_group.this.arn}"', FOUND),
        (ROLE + 'cloud_watch_logs_group_arn = "${aws_cloudwatch_log_group.this.arn}:*"', SILENT),
        (ROLE + 'cloud_watch_logs_group_arn = "arn:aws:logs:us-east-1:123456789012:log-group:trail"', FOUND),
        (ROLE + 'cloud_watch_logs_group_arn = "arn:aws:logs:us-east-1:123456789012:log-group:trail:*"', SILENT),
        (ROLE + "cloud_watch_logs_group_arn = var.given", SILENT),
        ("cloud_watch_logs_group_arn = var.given", UNDECIDED),
        ('cloud_watch_logs_group_arn = "${aws_cloudwatch_log_group.this.arn}:*"', FOUND),
        ("is_multi_region_trail = true\ninclude_global_service_events = false", FOUND),
        ("is_multi_region_trail = var.given\ninclude_global_service_events = false", UNDECIDED),
        ("include_global_service_events = false", SILENT),
    ],
)
def test_trails(body: str, said: str):
    text = (
        'variable "given" {}\n'
        + block("aws_cloudwatch_log_group", "this", 'name = "trail"')
        + block("aws_cloudtrail", "this", 'name = "t"\ns3_bucket_name = "b"\n' + body)
    )
    assert verdict("cloudtrail-refused", text) == said


def test_the_provider_that_wrote_the_star_itself():
    text = (
        'terraform {\nrequired_providers {\naws = {\nsource = "hashicorp/aws"\nversion = "~> 2.70"\n}\n}\n}\n'
        + block(
            "aws_cloudtrail",
            "this",
            'name = "t"\ns3_bucket_name = "b"\ncloud_watch_logs_group_arn = aws_cloudwatch_log_group.this.arn\n'
            'cloud_watch_logs_role_arn = "arn:aws:iam::123456789012:role/t"',
        )
    )
    text += block("aws_cloudwatch_log_group", "this", 'name = "trail"')
    assert verdict("cloudtrail-refused", text) == SILENT
