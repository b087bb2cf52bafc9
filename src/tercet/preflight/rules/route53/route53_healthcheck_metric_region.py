"""An alarm on a Route 53 health check in a region that never sees its metric."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="route53-healthcheck-metric-region",
    title="Alarm on a Route 53 health check outside us-east-1",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "Route 53 reports its health checks to CloudWatch in us-east-1 alone. An alarm on AWS/Route53 in any other "
        "region stays at INSUFFICIENT_DATA and never says that an endpoint is down."
    ),
    sources=("https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-health-checks.html",),
    resources=("aws_cloudwatch_metric_alarm",),
    failing="""
provider "aws" {
  region = "eu-west-1"
}

resource "aws_sns_topic" "alarms" {
  name = "payments-alarms-dev"
}

resource "aws_route53_health_check" "api" {
  fqdn              = "api.acme-pay.com"
  port              = 443
  type              = "HTTPS"
  failure_threshold = 3
  request_interval  = 30
}

resource "aws_cloudwatch_metric_alarm" "api_down" {
  alarm_name          = "payments-api-down-dev"
  namespace           = "AWS/Route53"
  metric_name         = "HealthCheckStatus"
  statistic           = "Minimum"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  period              = 60
  evaluation_periods  = 1
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]

  dimensions = {
    HealthCheckId = aws_route53_health_check.api.id
  }
}
""",
    passing="""
provider "aws" {
  region = "us-east-1"
}

resource "aws_sns_topic" "alarms" {
  name = "payments-alarms-dev"
}

resource "aws_route53_health_check" "api" {
  fqdn              = "api.acme-pay.com"
  port              = 443
  type              = "HTTPS"
  failure_threshold = 3
  request_interval  = 30
}

resource "aws_cloudwatch_metric_alarm" "api_down" {
  alarm_name          = "payments-api-down-dev"
  namespace           = "AWS/Route53"
  metric_name         = "HealthCheckStatus"
  statistic           = "Minimum"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  period              = 60
  evaluation_periods  = 1
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]

  dimensions = {
    HealthCheckId = aws_route53_health_check.api.id
  }
}
""",
)

_NAMESPACE = "AWS/Route53"


@RULE.check
def check(alarm: Resource, _: Context) -> Iterator[Problem]:
    """Compare the alarm's region with that of its metrics."""
    for place in _metrics(alarm):
        if place.value("namespace") != _NAMESPACE:
            continue
        if (region := alarm.known_region()) != "us-east-1":
            yield Problem(
                place,
                "namespace",
                f"the alarm is in {region} and its metric is of {_NAMESPACE}, which exists only in us-east-1: the "
                "alarm never has data and never fires.",
                fix="Create the alarm, and the topic that it tells, through a provider for us-east-1.",
                also={"region": region},
            )
            return


def _metrics(alarm: Resource) -> Iterator[Block]:
    yield alarm
    for query in alarm.blocks("metric_query"):
        yield from query.blocks("metric")
