"""The metrics that an alarm or a dashboard asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tercet.preflight.graph import Block, Resource, Undecidable
from tercet.preflight.values import Reference, Template, Unknown, Value

DASHBOARD: Final = "aws_cloudwatch_dashboard"
MAX_WIDGETS: Final = 500
MAX_ROWS: Final = 500

PER_RESOURCE: Final = frozenset(
    (
        "AWS/ApiGateway",
        "AWS/ApplicationELB",
        "AWS/CloudFront",
        "AWS/DynamoDB",
        "AWS/ECS",
        "AWS/EFS",
        "AWS/ElastiCache",
        "AWS/ELB",
        "AWS/Firehose",
        "AWS/Kinesis",
        "AWS/NATGateway",
        "AWS/NetworkELB",
        "AWS/SNS",
        "AWS/SQS",
        "AWS/States",
    )
)
"""Namespaces whose metrics exist only with dimensions."""

ACCOUNT_METRICS: Final = frozenset(
    (
        "AccountMaxReads",
        "AccountMaxTableLevelReads",
        "AccountMaxTableLevelWrites",
        "AccountMaxWrites",
        "AccountProvisionedReadCapacityUtilization",
        "AccountProvisionedWriteCapacityUtilization",
        "MaxProvisionedTableReadCapacityUtilization",
        "MaxProvisionedTableWriteCapacityUtilization",
        "NumberOfNotificationsFailed",
        "NumberOfNotificationsFilteredOut",
        "SMSMonthToDateSpentUSD",
        "SMSSuccessRate",
        "UserErrors",
    )
)
"""Metrics of these namespaces that exist for the account as a whole."""

ACROSS_ALL: Final = frozenset(("AWS/EC2", "AWS/Lambda", "AWS/RDS"))
"""Namespaces in which a metric without dimensions is that of everything in the account together."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric that is asked for.

    Parameters
    ----------
    at
        The block that asks, or the dashboard.
    where
        Where in it, for a message.
    """

    at: Block
    where: str
    namespace: str
    name: str
    dimensions: dict[str, Value]


def of_alarm(alarm: Resource) -> Iterator[Metric]:
    """Go through the metrics of an alarm; those of which namespace or name is not known are passed over.

    Raises
    ------
    Undecidable
        It is not known which dimensions a metric has.
    """
    if alarm.has("metric_name"):
        yield from _metric(alarm)
    for query in alarm.blocks("metric_query"):
        for metric in query.blocks("metric"):
            yield from _metric(metric)


def _metric(block: Block) -> Iterator[Metric]:
    namespace, name = block.value("namespace"), block.value("metric_name")
    if isinstance(namespace, str) and isinstance(name, str):
        dimensions = dict(block.mapping("dimensions"))
        yield Metric(block, block.named("metric_name"), str(namespace), str(name), dimensions)


def widgets(dashboard: Resource) -> Iterator[tuple[str, dict[str, Value]]]:
    """Go through the widgets of a dashboard that are known, each with its path.

    Raises
    ------
    Undecidable
        The body, or its list of widgets, is not known.
    """
    body = dashboard.document("dashboard_body")
    listed = body.get("widgets") if isinstance(body, dict) else None
    if isinstance(listed, Reference | Unknown | Template):
        raise Undecidable("dashboard_body", "its widgets are not known")
    for index, widget in enumerate(listed[:MAX_WIDGETS] if isinstance(listed, list) else ()):
        if isinstance(widget, dict):
            yield f"/widgets/{index}", widget


def rows(widget: dict[str, Value]) -> Iterator[tuple[str, Value]]:
    """Go through the rows of a metric widget, with what ``.`` and ``...`` stand for filled in."""
    properties = widget.get("properties")
    metrics = properties.get("metrics") if isinstance(properties, dict) else None
    before: list[Value] = []
    for index, row in enumerate(metrics[:MAX_ROWS] if isinstance(metrics, list) else ()):
        if isinstance(row, list):
            filled = _filled(row, before)
            before = [one for one in filled if not isinstance(one, dict)] or before
            yield f"/properties/metrics/{index}", filled
        else:
            yield f"/properties/metrics/{index}", row


def _filled(row: list[Value], before: list[Value]) -> list[Value]:
    """Fill a row in from the one before: ``...`` is all but the last items, ``.`` the item at its place."""
    if row and row[0] == "...":
        given = [one for one in row[1:] if not isinstance(one, dict)]
        row = [*before[: max(0, len(before) - len(given))], *row[1:]]
    return [before[at] if one == "." and at < len(before) else one for at, one in enumerate(row)]


def of_dashboard(dashboard: Resource) -> Iterator[Metric]:
    """Go through the metrics that a dashboard's widgets name; expressions and what is not known are passed over."""
    for path, widget in widgets(dashboard):
        for place, row in rows(widget):
            if not isinstance(row, list):
                continue
            items = [one for one in row if not isinstance(one, dict)]
            if len(items) >= 2 and isinstance(items[0], str) and isinstance(items[1], str):
                pairs = zip(items[2::2], items[3::2], strict=False)
                dimensions = {str(name): value for name, value in pairs if isinstance(name, str)}
                # A name that is not known still is a dimension.
                if len(items) > 2 and not dimensions:
                    dimensions = {"*": None}
                yield Metric(dashboard, path + place, str(items[0]), str(items[1]), dimensions)


def asked_for(resource: Resource) -> Iterator[Metric]:
    """Go through the metrics of an alarm or of a dashboard."""
    return of_dashboard(resource) if resource.type == DASHBOARD else of_alarm(resource)


def place_of(resource: Resource, argument: str) -> str:
    """Return the argument that a problem with a metric is at: an alarm's own, or a dashboard's body."""
    return "dashboard_body" if resource.type == DASHBOARD else argument
