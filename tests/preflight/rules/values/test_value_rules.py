# ruff: noqa: E501  (configurations stand on one line each)
from __future__ import annotations

import datetime

import pytest

from tercet.preflight.check import Options
from tercet.preflight.findings import Finding
from tests.preflight.checking import check_hcl, found

RULES = ("value-length", "value-not-in-enum", "value-out-of-range", "value-pattern")


def _findings(text: str) -> list[Finding]:
    report = check_hcl(text)
    return [finding for rule in RULES for finding in found(report, rule)]


def test_a_member_in_the_wrong_case_is_named_as_the_api_writes_it():
    (finding,) = _findings('resource "aws_s3_bucket_versioning" "a" {\n  bucket = "b"\n  versioning_configuration {\n    status = "ENABLED"\n  }\n}')  # fmt: skip
    assert finding.rule == "value-not-in-enum"
    assert "Enabled" in finding.message
    assert finding.fix == "Write Enabled."


@pytest.mark.parametrize(
    "text",
    [
        'resource "aws_lb_listener" "a" {\n  load_balancer_arn = "x"\n  protocol = "https"\n  default_action {\n    type = "forward"\n  }\n}',
        'resource "aws_s3_bucket_versioning" "a" {\n  bucket = "b"\n  versioning_configuration {\n    status = "Disabled"\n  }\n}',
        'variable "class" {}\nresource "aws_cloudwatch_log_group" "a" {\n  name = "a"\n  log_group_class = var.class\n}',
        'resource "aws_cloudwatch_log_group" "a" {\n  name = "a"\n  log_group_class = ""\n}',
        'resource "aws_cloudwatch_event_target" "a" {\n  rule = "r"\n  arn = "x"\n  retry_policy {\n    maximum_event_age_in_seconds = 0\n  }\n}',
        'resource "aws_sfn_activity" "a" {\n  name = "${aws_vpc.a.id}-ok"\n}\nresource "aws_vpc" "a" {}',
        'resource "aws_cloudwatch_event_rule" "a" {\n  name = "a"\n  event_pattern = <<-X\n' + " " * 5000 + '{"source": ["a"]}\nX\n}',
        'resource "aws_iam_role" "a" {\n  name_prefix = "a b"\n  assume_role_policy = "{}"\n}',
        'resource "aws_lambda_function" "a" {\n  function_name = "f"\n  role = "arn:aws:iam::123456789012:role/r"\n  runtime = "python9.99"\n}',
        'resource "aws_cognito_user_pool" "a" {\n  name = "Zahlungen (dev)"\n  email_verification_subject = "Grüße"\n}'.replace(" (dev)", ""),
        'resource "aws_nothing" "a" {\n  type = "x"\n}',
    ],
)  # fmt: skip
def test_what_may_be_right_is_let_pass(text: str):
    assert _findings(text) == []


def test_a_name_is_too_long_already_without_what_is_not_known():
    (finding,) = _findings('resource "aws_sfn_activity" "a" {\n  name = "' + "p" * 90 + '-${aws_vpc.a.id}"\n}\nresource "aws_vpc" "a" {}')  # fmt: skip
    assert finding.rule == "value-length"
    assert "without its unknown parts" in finding.message


def test_items_of_a_set_count_once():
    text = 'resource "aws_cloudwatch_metric_alarm" "a" {{\n  alarm_name = "a"\n  comparison_operator = "GreaterThanThreshold"\n  evaluation_periods = 1\n  alarm_actions = [{}]\n}}'  # fmt: skip
    same = ", ".join(['"arn:aws:sns:us-east-1:123456789012:a"'] * 6)
    other = ", ".join(f'"arn:aws:sns:us-east-1:123456789012:{name}"' for name in "abcdef")
    assert _findings(text.format(same)) == []
    (finding,) = _findings(text.format(other))
    assert finding.rule == "value-out-of-range"


def test_a_number_in_quotes_is_a_number():
    (finding,) = _findings('resource "aws_lambda_function_event_invoke_config" "a" {\n  function_name = "f"\n  maximum_retry_attempts = "3"\n}')  # fmt: skip
    assert "from 0 to 2" in finding.message


def test_each_instance_of_one_block_is_told_once():
    text = 'resource "aws_backup_vault" "a" {\n  count = 3\n  name = "a b"\n}'
    assert len(_findings(text)) == 1


def test_a_block_deep_inside_is_named_with_its_place():
    (finding,) = _findings(
        'resource "aws_s3_bucket_lifecycle_configuration" "a" {\n  bucket = "b"\n  rule {\n    id = "x"\n    status = "Enabled"\n    filter {}\n'
        '    transition {\n      days = 30\n      storage_class = "GLACIER_FROZEN"\n    }\n  }\n}'
    )  # fmt: skip
    assert finding.message.startswith("rule[0].transition[0].storage_class is GLACIER_FROZEN")


def test_where_botocore_is_old_only_what_resembles_a_known_value_is_told():
    text = 'resource "aws_cloudwatch_log_group" "a" {{\n  name = "a"\n  log_group_class = "{}"\n}}'
    later = Options(as_of=datetime.date(2031, 1, 1))
    assert found(check_hcl(text.format("FROZEN_TUNDRA_X9"), options=later), "value-not-in-enum") == []
    assert found(check_hcl(text.format("standard"), options=later), "value-not-in-enum")
