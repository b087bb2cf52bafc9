"""Near misses of the rules of CloudWatch."""

from __future__ import annotations

import json

import pytest

from tercet.preflight.rules.cloudwatch._examples import alarm
from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

UNKNOWN = 'variable "unknown" {}\n'
COMPOSITE = """
resource "aws_cloudwatch_composite_alarm" "all" {
  alarm_name    = "all"
  alarm_rule    = RULE
  alarm_actions = ["arn:aws:sns:us-east-1:123456789012:alerts"]
}
"""
BY_REFERENCE = COMPOSITE.replace("RULE", '"ALARM(${aws_cloudwatch_metric_alarm.errors.alarm_name})"')
BY_NAME = COMPOSITE.replace("RULE", r'"ALARM(\"payments-errors-dev\") OR ALARM(other)"')
SILENCED = alarm(alarm_actions="")
EVENTS = block(
    "aws_cloudwatch_event_rule", "r", 'name = "r"\nevent_pattern = jsonencode({ source = ["aws.cloudwatch"] })'
)
TOPIC = 'variable "alarm_topic_arns" {\n  type    = list(string)\n  default = []\n}\n'
BALANCER = block("aws_lb", "b", 'name = "b"')


def dashboard(*rows: str) -> str:
    metrics = ", ".join(rows)
    body = f'jsonencode({{ widgets = [{{ type = "metric", properties = {{ metrics = [{metrics}] }} }}] }})'
    return block("aws_cloudwatch_dashboard", "d", f'dashboard_name = "d"\ndashboard_body = {body}')


def plain(body: object) -> str:
    return block(
        "aws_cloudwatch_dashboard", "d", f'dashboard_name = "d"\ndashboard_body = {json.dumps(json.dumps(body))}'
    )


def query(*blocks: str, **changes: str) -> str:
    text = alarm(namespace="", metric_name="", statistic="", period="", dimensions="", **changes)
    return text.rstrip()[:-1] + "\n".join(f"metric_query {{\n{one}\n}}" for one in blocks) + "\n}\n"


METRIC = 'id = "m"\nmetric {{\nnamespace = "AWS/SQS"\nmetric_name = "NumberOfMessagesSent"\nstat = "Sum"\nperiod = {}\n{}\n}}'  # noqa: E501
OF_QUEUE = 'dimensions = { QueueName = "q" }'
THROTTLED = {"namespace": '"AWS/DynamoDB"', "metric_name": '"WriteThrottleEvents"', "dimensions": '{ TableName = "t" }'}
HOSTS = {"namespace": '"AWS/ApplicationELB"', "metric_name": '"UnHealthyHostCount"'}

CASES = [
    ("cw-alarm-period", alarm(period="10", namespace='"Payments"'), SILENT),
    ("cw-alarm-period", alarm(period="10"), FOUND),
    ("cw-alarm-period", alarm(period='"60"'), SILENT),
    ("cw-alarm-period", query(METRIC.format(5, OF_QUEUE) + "\nreturn_data = true").replace("AWS/SQS", "Own"), SILENT),
    ("cw-alarm-window-1day", alarm(period="3600", evaluation_periods="168"), SILENT),
    ("cw-alarm-window-1day", alarm(period="3600", evaluation_periods="169"), FOUND),
    ("cw-alarm-window-1day", alarm(period="60", evaluation_periods="1440"), SILENT),
    (
        "cw-alarm-metric",
        query('id = "e"\nexpression = "FILL(m, 0)"\nreturn_data = true', METRIC.format(60, OF_QUEUE)),
        SILENT,
    ),
    ("cw-alarm-metric", query('id = "e"\nexpression = "FILL(m, 0)"', METRIC.format(60, OF_QUEUE)), FOUND),
    (
        "cw-alarm-metric",
        UNKNOWN + query('id = "e"\nexpression = "m"\nreturn_data = var.unknown', METRIC.format(60, "")),
        SILENT,
    ),
    ("cw-alarm-metric", alarm(extended_statistic='"p99"', statistic=""), SILENT),
    # Somebody else may hear an alarm.
    ("cw-alarm-no-action", SILENCED, FOUND),
    ("cw-alarm-no-action", SILENCED + BY_REFERENCE, SILENT),
    ("cw-alarm-no-action", SILENCED + BY_NAME, SILENT),
    ("cw-alarm-no-action", SILENCED + EVENTS, SILENT),
    ("cw-alarm-no-action", TOPIC + alarm(alarm_actions="var.alarm_topic_arns"), UNDECIDED),
    ("cw-alarm-no-action", UNKNOWN + alarm(alarm_actions="var.unknown"), SILENT),
    ("cw-alarm-no-action", alarm(alarm_actions="[]"), FOUND),
    ("cw-alarm-no-action", alarm(alarm_actions="", ok_actions='["arn:aws:sns:us-east-1:123456789012:ok"]'), SILENT),
    ("cw-composite-alarm-rule", alarm() + BY_NAME, FOUND),
    (
        "cw-composite-alarm-rule",
        alarm() + BY_NAME.replace("alarm_actions", "depends_on = [aws_cloudwatch_metric_alarm.errors]\nalarm_actions"),
        SILENT,
    ),
    ("cw-composite-alarm-rule", COMPOSITE.replace("RULE", '"ALARM(elsewhere)"'), SILENT),
    ("cw-composite-alarm-rule", COMPOSITE.replace("RULE", '"elsewhere OR other"'), FOUND),
    ("cw-alarm-no-dimensions", alarm(**{**THROTTLED, "dimensions": ""}), FOUND),
    ("cw-alarm-no-dimensions", alarm(namespace='"AWS/DynamoDB"', metric_name='"UserErrors"', dimensions=""), SILENT),
    ("cw-alarm-no-dimensions", alarm(namespace='"Payments"', dimensions=""), SILENT),
    ("cw-alarm-no-dimensions", UNKNOWN + alarm(**{**THROTTLED, "dimensions": "var.unknown"}), UNDECIDED),
    ("cw-alarm-no-dimensions", query(METRIC.format(60, "") + "\nreturn_data = true"), FOUND),
    (
        "cw-alarm-throttle-missing-data",
        query('id = "e"\nexpression = "FILL(m, 0)"\nreturn_data = true', METRIC.format(60, OF_QUEUE)),
        SILENT,
    ),
    # Widgets: rows say what they share in short.
    (
        "cw-dashboard-no-dimensions",
        dashboard('["AWS/SQS", "NumberOfMessagesSent", "QueueName", "a"]', '["...", "b"]'),
        SILENT,
    ),
    (
        "cw-dashboard-no-dimensions",
        dashboard(
            '["AWS/SQS", "NumberOfMessagesSent", "QueueName", "a"]', '[".", "NumberOfMessagesReceived", ".", "."]'
        ),
        SILENT,
    ),
    ("cw-dashboard-no-dimensions", dashboard('["AWS/SQS", "NumberOfMessagesSent", { stat = "Sum" }]'), FOUND),
    ("cw-dashboard-no-dimensions", dashboard("[{ expression = \"SEARCH('{AWS/SQS,QueueName}', 'Sum')\" }]"), SILENT),
    (
        "cw-dashboard-no-dimensions",
        UNKNOWN + dashboard('["AWS/SQS", "NumberOfMessagesSent", var.unknown, "a"]'),
        SILENT,
    ),
    ("cw-dashboard-body", dashboard('["AWS/SQS", "NumberOfMessagesSent", "QueueName"]'), FOUND),
    ("cw-dashboard-body", UNKNOWN + dashboard('["AWS/SQS", "NumberOfMessagesSent", var.unknown]'), SILENT),
    ("cw-dashboard-body", plain({"widgets": [{"type": "text", "properties": {"markdown": "# P"}}]}), SILENT),
    ("cw-dashboard-body", plain({"widgets": [{"type": "text", "properties": {}}]}), FOUND),
    (
        "cw-dashboard-body",
        plain({"widgets": [{"type": "metric", "width": 30, "properties": {"metrics": [["A", "b"]]}}]}),
        FOUND,
    ),
    ("cw-dashboard-body", plain([]), FOUND),
    (
        "cw-dashboard-body",
        plain({"widgets": [{"type": "metric", "properties": {"annotations": {"alarms": ["arn"]}}}]}),
        SILENT,
    ),
    # Metrics and dimensions.
    ("cw-alarm-unknown-metric", alarm(metric_name='"Error"'), FOUND),
    ("cw-alarm-unknown-metric", alarm(metric_name='"SomethingNew"'), SILENT),
    ("cw-alarm-unknown-metric", alarm(namespace='"Own"', metric_name='"errors"'), SILENT),
    ("cw-unknown-namespace", alarm(namespace='"AWS/lambda"'), FOUND),
    ("cw-unknown-namespace", alarm(namespace='"AWS/SomethingNew"'), SILENT),
    ("cw-alarm-dimension-mismatch", alarm(dimensions='{ Function = "f" }'), FOUND),
    ("cw-alarm-dimension-mismatch", alarm(dimensions='{ FunctionName = "f", Resource = "f:live" }'), SILENT),
    ("cw-alarm-dimension-mismatch", alarm(**HOSTS, dimensions='{ LoadBalancer = "app/b/1" }'), FOUND),
    (
        "cw-alarm-dimension-mismatch",
        alarm(**HOSTS, dimensions='{ LoadBalancer = "app/b/1", TargetGroup = "targetgroup/g/1" }'),
        SILENT,
    ),
    ("cw-dimension-value", BALANCER + alarm(**HOSTS, dimensions="{ LoadBalancer = aws_lb.b.arn }"), FOUND),
    ("cw-dimension-value", BALANCER + alarm(**HOSTS, dimensions="{ LoadBalancer = aws_lb.b.name }"), FOUND),
    ("cw-dimension-value", BALANCER + alarm(**HOSTS, dimensions="{ LoadBalancer = aws_lb.b.arn_suffix }"), SILENT),
    (
        "cw-dimension-value",
        BALANCER + alarm(**HOSTS, dimensions='{ LoadBalancer = split(":loadbalancer/", aws_lb.b.arn)[1] }'),
        SILENT,
    ),
    ("logs-retention-value", block("aws_cloudwatch_log_group", "g", 'name = "g"\nretention_in_days = 0'), SILENT),
]


@pytest.mark.parametrize(("rule", "text", "expected"), CASES, ids=[f"{case[0]}-{at}" for at, case in enumerate(CASES)])
def test_near_misses(rule: str, text: str, expected: str):
    assert verdict(rule, text) == expected
