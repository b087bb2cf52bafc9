"""Near misses of the rule of metric and subscription filters, and of an alarm on a band."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, block, verdict

UNKNOWN = 'variable "unknown" {}\n'
GROUP = block("aws_cloudwatch_log_group", "g", 'name = "payments"')


def metric(more: str) -> str:
    return block(
        "aws_cloudwatch_log_metric_filter",
        "f",
        'name = "f"\nlog_group_name = aws_cloudwatch_log_group.g.name\npattern = "ERROR"\n'
        f'metric_transformation {{\n  name = "n"\n  namespace = "N"\n  value = "1"\n{more}\n}}',
    )


def subscription(destination: str, more: str = "", name: str = "s") -> str:
    return block(
        "aws_cloudwatch_log_subscription_filter",
        name,
        f'name = "{name}"\nlog_group_name = aws_cloudwatch_log_group.g.name\nfilter_pattern = ""\n'
        f"destination_arn = {destination}\n{more}",
    )


ROLE = 'role_arn = "arn:aws:iam::123456789012:role/logs"'
STREAM = '"arn:aws:kinesis:us-east-1:123456789012:stream/logs"'
FUNCTION = '"arn:aws:lambda:us-east-1:123456789012:function:logs"'
PLACE = '"arn:aws:logs:us-east-1:123456789012:destination:logs"'
RARE = GROUP.replace('name = "payments"', 'name = "payments"\nlog_group_class = "INFREQUENT_ACCESS"')


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GROUP + metric('default_value = "0"'), SILENT),
        (GROUP + metric('dimensions = { a = "$.a" }'), SILENT),
        (GROUP + metric('default_value = "0"\ndimensions = { a = "$.a" }'), FOUND),
        (GROUP + metric('default_value = "0"\ndimensions = {}'), SILENT),
        (GROUP + metric('default_value = var.unknown\ndimensions = { a = "$.a" }') + UNKNOWN, SILENT),
        (RARE + metric(""), FOUND),
        (RARE.replace('"INFREQUENT_ACCESS"', "var.unknown") + UNKNOWN + metric(""), SILENT),
        (GROUP + subscription(STREAM), FOUND),
        (GROUP + subscription(STREAM, ROLE), SILENT),
        (GROUP + subscription(FUNCTION), SILENT),
        (GROUP + subscription(FUNCTION, ROLE), FOUND),
        (GROUP + subscription(PLACE), SILENT),
        (GROUP + subscription("var.unknown") + UNKNOWN, SILENT),
        (GROUP + "".join(subscription(PLACE, name=name) for name in "ab"), SILENT),
        (GROUP + "".join(subscription(PLACE, name=name) for name in "abc"), FOUND),
        (GROUP + "".join(subscription(PLACE, "count = 0", name) for name in "abc"), SILENT),
    ],
)
def test_filters(text: str, expected: str) -> None:
    assert verdict("logs-filter-refused", text) == expected


def anomalies(first: str, second: str, more: str = 'threshold_metric_id = "band"') -> str:
    return block(
        "aws_cloudwatch_metric_alarm",
        "a",
        f"""
  alarm_name          = "a"
  comparison_operator = "GreaterThanUpperThreshold"
  evaluation_periods  = 1
  {more}
  metric_query {{
    id          = "band"
    expression  = "ANOMALY_DETECTION_BAND(m)"
    return_data = {first}
  }}
  metric_query {{
    id          = "m"
    return_data = {second}
    metric {{
      metric_name = "Errors"
      namespace   = "AWS/Lambda"
      period      = 60
      stat        = "Sum"
    }}
  }}
""",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (anomalies("true", "true"), SILENT),
        (anomalies("true", "false"), SILENT),
        (anomalies("false", "false"), FOUND),
        (anomalies("true", "true", "threshold = 1"), FOUND),
    ],
)
def test_an_alarm_on_a_band_may_return_both(text: str, expected: str) -> None:
    assert verdict("cw-alarm-metric", text) == expected
