"""What an alarm watches, said twice or not at all."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.cloudwatch._examples import alarm
from tercet.preflight.values import is_known

RULE = Rule(
    id="cw-alarm-metric",
    title="What an alarm watches is said twice, by half, or not at all",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "An alarm watches a metric (metric_name with namespace, period and a statistic) or metric queries, of which "
        "exactly one returns data. The provider or CloudWatch refuses anything else."
    ),
    aws_error="ValidationError: <reason>",
    sources=("https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",),
    resources=("aws_cloudwatch_metric_alarm",),
    failing=alarm(statistic=""),
    passing=alarm(),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look at both ways of saying it."""
    queries = resource.blocks("metric_query")
    name = resource.value("metric_name")
    if queries and isinstance(name, str) and name:
        yield Problem(
            resource,
            "metric_name",
            f"metric_name is {name} and there are metric_query blocks: an alarm has one or the other.",
            fix="Remove metric_name, or the metric_query blocks.",
            aws_error='Error: Conflicting configuration arguments: "metric_name": conflicts with metric_query',
        )
    elif queries:
        yield from _queries(resource, queries)
    elif not resource.has("metric_name"):
        yield Problem(
            resource,
            "metric_name",
            "The alarm has neither metric_name nor metric_query: it watches nothing.",
            fix="Give metric_name and namespace.",
            aws_error="Error: One of `metric_name` or `metric_query` must be set for a cloudwatch metric alarm",
        )
    else:
        yield from _single(resource)


def _single(resource: Resource) -> Iterator[Problem]:
    if not resource.has("statistic") and not resource.has("extended_statistic"):
        yield Problem(
            resource,
            "statistic",
            "The alarm has neither statistic nor extended_statistic.",
            fix='Set statistic to "Sum", "Average", "Maximum", "Minimum" or "SampleCount".',
            aws_error="Error: One of `statistic` or `extended_statistic` must be set for a cloudwatch metric alarm",
        )
    for name in ("namespace", "period"):
        if not resource.has(name):
            yield Problem(
                resource,
                name,
                f"metric_name is {resource.shown('metric_name')} and {name} is missing.",
                fix=f"Give {name}.",
                aws_error=f"ValidationError: {name.capitalize()} is required when a metric name is given",
            )


def _queries(resource: Resource, queries: list[Block]) -> Iterator[Problem]:
    flags = [query.value("return_data") for query in queries]
    if all(is_known(flag) for flag in flags):
        returning = sum(flag in (True, "true") for flag in flags)
        # An alarm on a band of anomalies returns the metric beside the band.
        if not 1 <= returning <= (2 if resource.has("threshold_metric_id") else 1):
            yield Problem(
                resource,
                "metric_query",
                f"{returning} of {len(queries)} metric_query blocks have return_data = true; the alarm watches one.",
                fix="Set return_data = true on the query that is to be watched, and on no other.",
                aws_error="ValidationError: Exactly one element of the metrics list should return data.",
                also={"returning": str(returning)},
            )
    ids = [query.value("id") for query in queries]
    known = [one for one in ids if isinstance(one, str)]
    doubled = sorted({one for one in known if known.count(one) > 1}) if len(known) <= 500 else []
    if doubled:
        yield Problem(
            resource,
            "metric_query",
            f"Two metric_query blocks have the id {doubled[0]}.",
            fix="Give each query its own id.",
            aws_error="ValidationError: The values for parameter id in the metrics list are not unique.",
        )
