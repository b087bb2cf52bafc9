"""Periods that an alarm cannot have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Change, Context, Problem, Rule
from tercet.preflight.rules.cloudwatch._examples import alarm

SHORT_S: Final = (10, 20, 30)
SHORT_IN_QUERY_S: Final = (1, 5, 10, 20, 30)

RULE = Rule(
    id="cw-alarm-period",
    title="A period that an alarm cannot have",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "An alarm's period is 10, 20 or 30 seconds or a multiple of 60. AWS's own services publish once a minute at "
        "most, so that a period under 60 is refused for their metrics."
    ),
    aws_error="ValidationError: Period must be 10, 20, 30 or a multiple of 60",
    sources=("https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",),
    resources=("aws_cloudwatch_metric_alarm",),
    failing=alarm(period="90"),
    passing=alarm(period="120"),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look at the alarm's period and at those of its queries."""
    yield from _period(resource, SHORT_S)
    for query in resource.blocks("metric_query"):
        for metric in query.blocks("metric"):
            yield from _period(metric, SHORT_IN_QUERY_S)


def _period(block: Block, short: tuple[int, ...]) -> Iterator[Problem]:
    period = block.number("period")
    if period is None:
        return
    if period not in short and (period < 60 or period % 60):
        yield Problem(
            block,
            "period",
            f"{block.named('period')} is {period}, neither one of {', '.join(map(str, short))} nor a multiple of 60.",
            fix=f"Set it to {max(60, round(period / 60) * 60)}.",
            change=Change(block, "period", max(60, round(period / 60) * 60)),
        )
    elif period < 60 and str(block.value("namespace")).startswith("AWS/"):
        yield Problem(
            block,
            "period",
            f"{block.named('period')} is {period} and namespace is {block.shown('namespace')}, which publishes once a "
            "minute.",
            fix="Set it to 60.",
            aws_error="ValidationError: Metrics in AWS namespaces do not support a period under 60",
            also={"namespace": block.shown("namespace")},
        )
