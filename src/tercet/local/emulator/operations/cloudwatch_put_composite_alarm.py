"""PutCompositeAlarm of CloudWatch.

Plain moto answers 500, which the AWS provider retries. Its ``PutMetricAlarm`` already stores the rule of a composite
alarm and ``DescribeAlarms`` already tells the two kinds apart. Delete this module when moto serves the operation.
"""

from __future__ import annotations

from moto.cloudwatch.models import cloudwatch_backends

from tercet.local.emulator.extension import Answer, Call, Extension

EXTENSION = Extension()


@EXTENSION.operation("cloudwatch", "PutCompositeAlarm")
def put_composite_alarm(call: Call) -> Answer:
    """Store the alarm; nothing evaluates it, as moto evaluates no alarm."""
    params = call.params
    alarm = cloudwatch_backends[call.account][call.region].put_metric_alarm(
        name=params["AlarmName"],
        rule=params["AlarmRule"],
        description=params.get("AlarmDescription"),
        actions_enabled=params.get("ActionsEnabled", True),
        alarm_actions=params.get("AlarmActions", []),
        ok_actions=params.get("OKActions", []),
        insufficient_data_actions=params.get("InsufficientDataActions", []),
        tags=params.get("Tags", []),
        namespace=None,
        metric_name=None,
        comparison_operator=None,
        evaluation_periods=None,
        period=None,
        threshold=None,
        statistic=None,
        dimensions=[],
    )
    alarm.alarm_rule = alarm.rule
    for member in ("ActionsSuppressor", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod"):
        setattr(alarm, member, params.get(member))
    return {}
