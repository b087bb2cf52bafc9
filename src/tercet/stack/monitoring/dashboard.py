"""The dashboard: a row per concern, in the order in which a payment meets them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tercet.stack.monitoring.metrics import Expression, Metric, share
from tercet.stack.monitoring.sources import STEPS, Sources

GRID_WIDTH: Final = 24
"""Columns of a dashboard ("Dashboard body structure and syntax", CloudWatch's API Reference)."""

_HEADING_HEIGHT: Final = 1
_GRAPH_HEIGHT: Final = 6
_CAPACITY_PERIOD_S: Final = 300


@dataclass(frozen=True)
class Graph:
    """Some metrics, or one formula over some, over time."""

    title: str
    drawn: Sequence[Metric] | Expression


@dataclass(frozen=True)
class Row:
    """The graphs of one concern, side by side. Their number divides the width of the dashboard."""

    title: str
    graphs: Sequence[Graph]


def body(sources: Sources, *, region: str, impaired_arn: str, alarm_arns: Sequence[str], runbook_url: str) -> str:
    """Render the dashboard: whether customers can pay, which alarm went off, and then where."""
    widgets: list[dict[str, object]] = []
    y = 0

    def put(x: int, width: int, height: int, kind: str, properties: dict[str, object]) -> None:
        widgets.append({"type": kind, "x": x, "y": y, "width": width, "height": height, "properties": properties})

    put(0, 6, _GRAPH_HEIGHT, "alarm", {"title": "Can customers pay?", "alarms": [impaired_arn]})
    put(6, GRID_WIDTH - 6, _GRAPH_HEIGHT, "alarm", {"title": "Alarms", "alarms": list(alarm_arns)})
    y += _GRAPH_HEIGHT
    for row in _rows(sources):
        put(0, GRID_WIDTH, _HEADING_HEIGHT, "text", {"markdown": f"## {row.title} ([runbook]({runbook_url}))"})
        y += _HEADING_HEIGHT
        width = GRID_WIDTH // len(row.graphs)
        for column, graph in enumerate(row.graphs):
            put(column * width, width, _GRAPH_HEIGHT, "metric", _graph(graph, region))
        y += _GRAPH_HEIGHT
    return json.dumps({"widgets": widgets})


def _graph(graph: Graph, region: str) -> dict[str, object]:
    return {
        "title": graph.title,
        "view": "timeSeries",
        "stacked": False,
        "region": region,
        "metrics": (
            graph.drawn.graphed()
            if isinstance(graph.drawn, Expression)
            else [metric.graphed() for metric in graph.drawn]
        ),
    }


def _rows(sources: Sources) -> list[Row]:
    return [
        _api(sources),
        _payments(sources),
        _unknown(sources),
        _functions(sources),
        _workflow(sources),
        _events(sources),
        _queues(sources),
        _database(sources),
        _replication(sources),
        _tables(sources),
        _backups(sources),
    ]


def _api(sources: Sources) -> Row:
    api = sources.api
    return Row(
        "API",
        [
            Graph("Requests", [api.metric("Count", "Sum")]),
            Graph("Errors", [api.metric("4XXError", "Sum"), api.metric("5XXError", "Sum")]),
            Graph("Latency, ms", [api.metric("Latency", statistic, label=statistic) for statistic in ("p50", "p99")]),
        ],
    )


def _payments(sources: Sources) -> Row:
    payments = sources.payments
    approved, declined = (payments.metric(name, "Sum", period_s=300) for name in ("Approved", "Declined"))
    return Row(
        "Payments",
        [
            Graph("Approved and declined in 5 min", [approved, declined]),
            Graph("Approval rate", share("Approved, %", part=approved, rest=declined, at_least=1)),
            Graph(
                "Time p99, ms",
                [payments.part(Step=step).metric("StepLatency", "p99", label=step) for step in STEPS],
            ),
        ],
    )


def _unknown(sources: Sources) -> Row:
    return Row(
        "Payments that the acquirer has not answered for",
        [
            Graph("How many", [sources.payments.metric("Unknown", "Maximum")]),
            Graph("Oldest, s", [sources.payments.metric("OldestUnknownAge", "Maximum")]),
        ],
    )


def _functions(sources: Sources) -> Row:
    def each(name: str, statistic: str) -> list[Metric]:
        return [function.live.metric(name, statistic, label=key) for key, function in sources.functions.items()]

    whole = [
        function.whole.metric(name, statistic, label=f"{key} {name}")
        for key, function in sources.functions.items()
        for name, statistic in (("ConcurrentExecutions", "Maximum"), ("Throttles", "Sum"))
    ]
    return Row(
        "Functions",
        [
            Graph("Invocations", each("Invocations", "Sum")),
            Graph("Errors", each("Errors", "Sum")),
            Graph("Duration p99, ms", each("Duration", "p99")),
            Graph("Concurrency and throttles", whole),
        ],
    )


def _workflow(sources: Sources) -> Row:
    states = ("Started", "Succeeded", "Failed", "TimedOut")
    return Row(
        "Workflow",
        [
            Graph("Executions", [sources.workflow.metric(f"Executions{state}", "Sum") for state in states]),
            Graph("Time of an execution p99, ms", [sources.workflow.metric("ExecutionTime", "p99")]),
        ],
    )


def _events(sources: Sources) -> Row:
    return Row(
        "Events",
        [
            Graph("Delivered, by rule", [rule.metric("Invocations", "Sum") for rule in sources.rules]),
            Graph("Not delivered, by rule", [rule.metric("FailedInvocations", "Sum") for rule in sources.rules]),
        ],
    )


def _queues(sources: Sources) -> Row:
    depth = "ApproximateNumberOfMessagesVisible"
    return Row(
        "Queues and outbox",
        [
            Graph("Payment events waiting", [sources.queue.metric(depth, "Maximum")]),
            Graph(
                "Oldest event, s",
                [
                    sources.queue.metric("ApproximateAgeOfOldestMessage", "Maximum", label="in the queue"),
                    sources.payments.metric("OldestUnpublishedEventAge", "Maximum", label="unpublished"),
                ],
            ),
            Graph("Unpublished events", [sources.payments.metric("UnpublishedEvents", "Maximum")]),
            Graph(
                "Dead letters",
                [queue.metric(depth, "Maximum", label=name) for name, queue in sources.dead_letters.items()],
            ),
        ],
    )


def _database(sources: Sources) -> Row:
    writer = sources.writer
    return Row(
        "Database",
        [
            Graph("CPU, %", [instance.metric("CPUUtilization", "Average") for instance in sources.instances]),
            Graph(
                "Connections",
                [
                    writer.metric("DatabaseConnections", "Maximum", label="writer"),
                    sources.proxy.metric("ClientConnections", "Sum", label="clients of the proxy"),
                    sources.proxy.metric("DatabaseConnectionsCurrentlySessionPinned", "Sum", label="pinned"),
                ],
            ),
            Graph(
                "Latency, ms", [writer.metric(f"{name}Latency", "Average") for name in ("Commit", "Select", "Insert")]
            ),
            Graph(
                "Free memory, bytes", [instance.metric("FreeableMemory", "Minimum") for instance in sources.instances]
            ),
        ],
    )


def _replication(sources: Sources) -> Row:
    return Row(
        "Replication, failover and backtrack",
        [
            Graph("Replica lag, ms", [sources.readers.metric("AuroraReplicaLag", "Maximum")]),
            Graph(
                "Backtrack window: short of target, min",
                [sources.cluster.metric("BacktrackWindowActual", "Average", period_s=_CAPACITY_PERIOD_S)],
            ),
            Graph("Failovers", [sources.rules[-1].metric("TriggeredRules", "Sum")]),
            Graph(
                "Writer reached by the proxy, % of the time",
                [sources.writer_through_proxy.metric("AvailabilityPercentage", "Average")],
            ),
        ],
    )


def _tables(sources: Sources) -> Row:
    def both(*names: str) -> list[Metric]:
        return [
            source.metric(name, "Sum", period_s=_CAPACITY_PERIOD_S, label=f"{what} {name}")
            for what, source in (("sessions", sources.sessions), ("sandbox acquirer", sources.acquirer))
            for name in names
        ]

    return Row(
        "Sessions and sandbox acquirer",
        [
            Graph("Consumed read capacity, units in 5 min", both("ConsumedReadCapacityUnits")),
            Graph("Consumed write capacity, units in 5 min", both("ConsumedWriteCapacityUnits")),
            Graph("Throttled", both("ReadThrottleEvents", "WriteThrottleEvents")),
        ],
    )


def _backups(sources: Sources) -> Row:
    states = ("Created", "Completed", "Failed", "Expired")
    hour_s = 60 * 60
    return Row(
        "Backups",
        [
            Graph(
                "Backup jobs",
                [sources.backups.metric(f"NumberOfBackupJobs{state}", "Sum", period_s=hour_s) for state in states],
            )
        ],
    )
