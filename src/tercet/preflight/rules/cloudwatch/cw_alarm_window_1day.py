"""Alarms that look back further than they can."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Change, Context, Problem, Rule
from tercet.preflight.rules.cloudwatch._examples import alarm

DAY_S: Final = 86_400
WEEK_S: Final = 604_800
HOUR_S: Final = 3_600

RULE = Rule(
    id="cw-alarm-window-1day",
    title="An alarm looks back further than it can",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "The periods that an alarm evaluates, together, are a day at most; seven days where the period is an hour or "
        "longer."
    ),
    aws_error=(
        "ValidationError: Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be "
        "<= 86400)."
    ),
    sources=("https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",),
    resources=("aws_cloudwatch_metric_alarm",),
    failing=alarm(period="300", evaluation_periods="300"),
    passing=alarm(period="300", evaluation_periods="3"),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Multiply; where there are queries of several periods it is not said which of them counts."""
    places: list[Block] = [resource]
    for query in resource.blocks("metric_query"):
        places += [query, *query.blocks("metric")]
    asking = [place for place in places if place.has("period")]
    lengths = {place.number("period", 0) or 0 for place in asking}
    if len(lengths) != 1:
        return
    [period] = lengths
    periods = resource.number("evaluation_periods", 1) or 0
    most = WEEK_S if period >= HOUR_S else DAY_S
    if period > 0 and period * periods > most:
        name = asking[0].named("period")
        yield Problem(
            resource,
            "evaluation_periods",
            f"{name} is {period} and evaluation_periods is {periods}: {period * periods:,.0f} seconds, over {most:,}.",
            fix=f"Set evaluation_periods to {most // period:.0f} at most.",
            change=Change(resource, "evaluation_periods", int(most // period)),
            also={name: str(period)},
        )
