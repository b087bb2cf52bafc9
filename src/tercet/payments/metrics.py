"""Metrics: lines on standard output that CloudWatch Logs turns into metrics, so that no call is made and none can fail.

The format is the embedded metric format ("Specification: Embedded metric format", Amazon CloudWatch User Guide). What
an invocation counts is collected and written at its end in one line; with latencies, in one line per step, because a
line holds one value of each dimension.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from tercet.payments.traces import subsegment

NAMESPACE: Final = "Tercet/Payments"

LATENCY: Final = "StepLatency"
"""Milliseconds that a :class:`Step` took; its second dimension is ``Step``."""

MAX_VALUES: Final = 100
"""The most values of one metric in a line (the specification, "Target members")."""


class Metric(StrEnum):
    """What is counted or gauged; the only dimension is ``Environment``."""

    APPROVED = "Approved"
    """Authorizations that the acquirer approved."""

    DECLINED = "Declined"
    """Authorizations that it declined, or that never arrived there."""

    UNKNOWN = "Unknown"
    """Gauge: operations that were still without an answer after a sweep."""

    OLDEST_UNKNOWN_AGE = "OldestUnknownAge"
    """Gauge: since when the oldest of them has been so."""

    UNPUBLISHED_EVENTS = "UnpublishedEvents"
    """Gauge: payments whose events were still to be published after a sweep."""

    OLDEST_UNPUBLISHED_EVENT_AGE = "OldestUnpublishedEventAge"
    """Gauge: since when the oldest of these events waits."""


class Step(StrEnum):
    """What a payment's time goes into: values of the dimension ``Step``."""

    BEGIN = "begin"
    ACQUIRER = "acquirer"
    FINISH = "finish"
    PUBLISH = "publish"


UNITS: Final[Mapping[Metric, str]] = MappingProxyType(
    {
        metric: "Seconds" if metric in {Metric.OLDEST_UNKNOWN_AGE, Metric.OLDEST_UNPUBLISHED_EVENT_AGE} else "Count"
        for metric in Metric
    }
)
"""Metric → its CloudWatch unit."""


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Metrics:
    """Collects what happens, until it is written. Safe to be used by several threads.

    Parameters
    ----------
    environment
        The environment suffix: value of the dimension ``Environment``.
    write
        Takes each finished line.
    """

    def __init__(self, environment: str, *, write: Callable[[str], None] = _print) -> None:
        self._environment = environment
        self._write = write
        self._lock = threading.Lock()
        self._values: dict[Metric, float] = {}
        self._latencies: dict[Step, list[float]] = {}

    def count(self, metric: Metric, value: int = 1) -> None:
        """Add to a count.

        Raises
        ------
        ValueError
            There is no such metric.
        """
        metric = Metric(metric)
        with self._lock:
            self._values[metric] = self._values.get(metric, 0) + value

    def gauge(self, metric: Metric, value: float) -> None:
        """Tell what a value is now.

        Raises
        ------
        ValueError
            There is no such metric.
        """
        metric = Metric(metric)
        with self._lock:
            self._values[metric] = value

    @contextmanager
    def timed(self, step: Step) -> Iterator[None]:
        """Measure how long the block takes, whether it raises or not; the trace has it, too.

        Raises
        ------
        ValueError
            There is no such step.
        """
        step = Step(step)
        start = time.perf_counter()
        try:
            with subsegment(step):
                yield
        finally:
            self._record(step, (time.perf_counter() - start) * 1000)

    def flush(self) -> None:
        """Write what was collected, and begin anew; nothing is written if there is nothing."""
        with self._lock:
            collected = self._take()
        self._write_lines(*collected)

    def _record(self, step: Step, ms: float) -> None:
        with self._lock:
            measured = self._latencies.setdefault(step, [])
            measured.append(round(ms, 3))
            collected = self._take() if len(measured) == MAX_VALUES else ({}, {})
        self._write_lines(*collected)

    def _take(self) -> tuple[dict[Metric, float], dict[Step, list[float]]]:
        """Give what was collected and begin anew; whoever calls holds the lock."""
        collected = self._values, self._latencies
        self._values, self._latencies = {}, {}
        return collected

    def _write_lines(self, values: Mapping[Metric, float], latencies: Mapping[Step, list[float]]) -> None:
        for line in self._lines(values, latencies):
            self._write(json.dumps(line, separators=(",", ":")))

    def _lines(
        self, values: Mapping[Metric, float], latencies: Mapping[Step, list[float]]
    ) -> Iterator[Mapping[str, Any]]:
        counted = [
            _directive(["Environment"], [{"Name": str(metric), "Unit": UNITS[metric]} for metric in values]),
        ]
        members: dict[str, Any] = {str(metric): value for metric, value in values.items()}
        for step, measured in latencies.items():
            directives = [_directive(["Environment", "Step"], [{"Name": LATENCY, "Unit": "Milliseconds"}])]
            yield self._line(
                [*directives, *(counted if members else [])], {**members, "Step": str(step), LATENCY: measured}
            )
            members = {}  # counted once, in the first line
        if members:
            yield self._line(counted, members)

    def _line(self, directives: list[Mapping[str, Any]], members: Mapping[str, Any]) -> Mapping[str, Any]:
        return {
            "_aws": {"Timestamp": time.time_ns() // 1_000_000, "CloudWatchMetrics": directives},
            "Environment": self._environment,
            **members,
        }


def _directive(dimensions: list[str], metrics: list[Mapping[str, str]]) -> Mapping[str, Any]:
    return {"Namespace": NAMESPACE, "Dimensions": [dimensions], "Metrics": metrics}
