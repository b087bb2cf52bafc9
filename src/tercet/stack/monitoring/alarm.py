"""An alarm as data, and the resource made of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from cdktn_provider_aws.cloudwatch_metric_alarm import (
    CloudwatchMetricAlarm,
    CloudwatchMetricAlarmMetricQuery,
    CloudwatchMetricAlarmMetricQueryMetric,
)
from constructs import Construct

from tercet.stack.deployment import Deployment, Kind
from tercet.stack.monitoring.metrics import Expression, Metric


class Breach(Enum):
    """On which side of the threshold it is bad."""

    AT_LEAST = "GreaterThanOrEqualToThreshold"
    BELOW = "LessThanThreshold"


class Missing(Enum):
    """What silence means."""

    GOOD = "notBreaching"
    BAD = "breaching"


@dataclass(frozen=True)
class Alarm:
    """When to call a human, and why.

    Parameters
    ----------
    purpose
        Part of its name.
    why
        What it means for payments: the first line that whoever is called reads.
    runbook
        Anchor of its section in the runbook.
    datapoints, periods
        It goes off when so many of the last so many data points breach: the first number is how long trouble must
        last, the difference how much of it may come and go.
    missing
        Whether a missing data point is bad. Most services write nothing where nothing happens, hence the default.
    impairs
        Whether it alone means that customers cannot pay.
    """

    purpose: str
    why: str
    runbook: str
    watched: Metric | Expression
    threshold: float
    datapoints: int
    periods: int
    breach: Breach = Breach.AT_LEAST
    missing: Missing = Missing.GOOD
    impairs: bool = False


def description(deployment: Deployment, why: str, runbook: str) -> str:
    """Say why, and where it is written what to do."""
    return f"{why} Runbook: {deployment.settings.runbook_url}#{runbook}"


def place(scope: Construct, alarm: Alarm, *, deployment: Deployment, topic_arn: str) -> CloudwatchMetricAlarm:
    """Make the alarm; the topic hears when it goes off, and when all is well again."""
    watched = alarm.watched
    metric = watched if isinstance(watched, Metric) else None
    percentile = metric is not None and metric.statistic.startswith("p")
    return CloudwatchMetricAlarm(
        scope,
        alarm.purpose,
        alarm_name=deployment.name(alarm.purpose, Kind.ALARM),
        alarm_description=description(deployment, alarm.why, alarm.runbook),
        namespace=metric.namespace if metric else None,
        metric_name=metric.name if metric else None,
        dimensions=dict(metric.dimensions) if metric else None,
        statistic=metric.statistic if metric and not percentile else None,
        extended_statistic=metric.statistic if metric and percentile else None,
        period=metric.period_s if metric else None,
        metric_query=_queries(watched) if isinstance(watched, Expression) else None,
        comparison_operator=alarm.breach.value,
        threshold=alarm.threshold,
        datapoints_to_alarm=alarm.datapoints,
        evaluation_periods=alarm.periods,
        treat_missing_data=alarm.missing.value,
        alarm_actions=[topic_arn],
        ok_actions=[topic_arn],
    )


def _queries(expression: Expression) -> list[CloudwatchMetricAlarmMetricQuery]:
    return [
        CloudwatchMetricAlarmMetricQuery(
            id="result", expression=expression.formula, label=expression.label, return_data=True
        ),
        *(
            CloudwatchMetricAlarmMetricQuery(
                id=name,
                metric=CloudwatchMetricAlarmMetricQueryMetric(
                    namespace=metric.namespace,
                    metric_name=metric.name,
                    dimensions=dict(metric.dimensions),
                    stat=metric.statistic,
                    period=metric.period_s,
                ),
            )
            for name, metric in expression.metrics.items()
        ),
    ]
