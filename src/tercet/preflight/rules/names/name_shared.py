"""Names that two resources write to in turn."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.cloudwatch._examples import alarm
from tercet.preflight.rules.names._unique import OVERWRITTEN, doubled

RULE = Rule(
    id="name-shared",
    title="Two resources overwrite one another under one name",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "Alarms, dashboards, event rules and topics are made or changed by the same call: a second one of a name "
        "changes the first, nothing fails, and one of the two does not exist."
    ),
    sources=("https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",),
    failing=alarm() + alarm(metric_name='"Throttles"').replace('"errors"', '"throttles"'),
    passing=alarm()
    + alarm(metric_name='"Throttles"', alarm_name='"payments-throttles-dev"').replace('"errors"', '"throttles"'),
)


@RULE.check
def check(graph: Graph, _context: Context) -> Iterator[Problem]:
    """Compare the names that are known."""
    for resource, earlier, argument in doubled(graph, OVERWRITTEN.items()):
        yield Problem(
            resource,
            argument,
            f"{argument} is {resource.shown(argument)}, as it is of {earlier.address}: the later one overwrites the "
            "other.",
            fix="Give each its own name.",
            also={"first": earlier.address},
        )
