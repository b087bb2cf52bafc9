"""Alarms that others know by name, and how far back alarms look."""

from __future__ import annotations

import pytest

from tests.preflight.checking import check_hcl, found
from tests.preflight.rules.verdicts import block

ALARM = """
resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "payments-errors-dev"
  namespace           = "Payments"
  metric_name         = "Errors"
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 1
  period              = 60
  evaluation_periods  = 2
}
"""
GROUP = """
resource "aws_codedeploy_deployment_group" "payments" {
  app_name              = "payments"
  deployment_group_name = "payments-dev"
  service_role_arn      = "arn:aws:iam::123456789012:role/deploys-dev"
  alarm_configuration {
    enabled = true
    alarms  = ["%s"]
  }
}
"""
CHECK = """
resource "aws_route53_health_check" "payments" {
  type                    = "CLOUDWATCH_METRIC"
  cloudwatch_alarm_name   = "%s"
  cloudwatch_alarm_region = "us-east-1"
}
"""
QUERIES = """
resource "aws_cloudwatch_metric_alarm" "rate" {
  alarm_name          = "payments-rate-dev"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 1
  evaluation_periods  = %d
  alarm_actions       = ["arn:aws:sns:us-east-1:123456789012:alerts-dev"]
  metric_query {
    id          = "rate"
    expression  = "errors / payments"
    return_data = true
  }
  metric_query {
    id = "errors"
    metric {
      namespace   = "Payments"
      metric_name = "Errors"
      stat        = "Sum"
      period      = 86400
    }
  }
  metric_query {
    id = "payments"
    metric {
      namespace   = "Payments"
      metric_name = "Payments"
      stat        = "Sum"
      period      = %d
    }
  }
}
"""


@pytest.mark.parametrize("by", [GROUP, CHECK])
def test_an_alarm_known_by_name_is_heard(by: str):
    assert not found(check_hcl(ALARM + by % "payments-errors-dev"), "cw-alarm-no-action")
    assert found(check_hcl(ALARM + by % "another-dev"), "cw-alarm-no-action")


@pytest.mark.parametrize(
    ("periods", "period", "is_wrong"), [(7, 86400, False), (8, 86400, True), (8, 3600, False), (1, 60, False)]
)
def test_queries_look_back_as_far(periods: int, period: int, is_wrong: bool):
    assert bool(found(check_hcl(QUERIES % (periods, period)), "cw-alarm-window-1day")) is is_wrong


@pytest.mark.parametrize(
    ("rule", "is_wrong"),
    [
        ("ALARM(a) OR ALARM(b)", False),
        ("NOT (ALARM(a) AND (OK(b) OR TRUE)) AND NOT INSUFFICIENT_DATA(c)", False),
        ('ALARM(\\"name (1)\\")', False),
        ("AT_LEAST(1, ALARM, (a, b)) OR ALARM(a)", False),
        ("ALARM(a) AND", True),
        ("ALARM(a) ALARM(b)", True),
        ("(ALARM(a) OR ALARM(b)", True),
        ("ALARM(a)) OR (ALARM(b)", True),
        ("OR ALARM(a)", True),
    ],
)
def test_conditions_and_operators_alternate(rule: str, is_wrong: bool):
    text = block("aws_cloudwatch_composite_alarm", "c", f'alarm_name = "c"\nalarm_rule = "{rule}"')
    said = [one.message for one in found(check_hcl(text), "cw-composite-alarm-rule")]
    assert any("fit together" in one for one in said) is is_wrong
