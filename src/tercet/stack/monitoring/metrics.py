"""A CloudWatch metric, a formula over several, and the resource that both belong to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """One metric of one resource, as a statistic over a period.

    Parameters
    ----------
    dimensions
        Exactly those that the service publishes together: CloudWatch takes any other set for another metric, which
        has no data and says nothing of it.
    statistic
        ``Sum``, ``Average``, ``Minimum``, ``Maximum``, ``SampleCount``, or a percentile such as ``p99``.
    period_s
        Seconds that one data point covers.
    label
        What the dashboard calls it; by default, CloudWatch chooses.
    """

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    statistic: str
    period_s: int = 60
    label: str | None = None

    def graphed(self) -> list[object]:
        """Give the metric as a dashboard's widget has it ("Dashboard body structure and syntax", its API Reference)."""
        options: dict[str, object] = {"stat": self.statistic, "period": self.period_s}
        if self.label:
            options["label"] = self.label
        named = [part for dimension in self.dimensions.items() for part in dimension]
        return [self.namespace, self.name, *named, options]


@dataclass(frozen=True)
class Expression:
    """A formula over metrics of one period ("Using math expressions with CloudWatch metrics", its User Guide).

    Parameters
    ----------
    formula
        Metric math; names the metrics by their keys.
    metrics
        Identifier → metric. An alarm takes at most ten.
    label
        What the result is.
    """

    formula: str
    metrics: Mapping[str, Metric]
    label: str

    def graphed(self) -> list[list[object]]:
        """Give the formula as a dashboard's widget has it, followed by its metrics, which are not drawn."""
        hidden = []
        for identifier, metric in self.metrics.items():
            *named, options = metric.graphed()
            hidden.append([*named, {**options, "id": identifier, "visible": False}])  # type: ignore[dict-item]
        return [[{"expression": self.formula, "label": self.label, "id": "result"}], *hidden]


@dataclass(frozen=True)
class Source:
    """A resource that has metrics: the namespace of its service, and the dimensions that name it there."""

    namespace: str
    dimensions: Mapping[str, str]

    def metric(self, name: str, statistic: str, *, period_s: int = 60, label: str | None = None) -> Metric:
        """Give one of its metrics."""
        return Metric(self.namespace, name, self.dimensions, statistic, period_s, label)

    def part(self, **dimensions: str) -> Source:
        """Give a part of the resource, which more dimensions name."""
        return Source(self.namespace, {**self.dimensions, **dimensions})


def total(label: str, *metrics: Metric) -> Expression:
    """Add metrics up, a missing data point being zero: services leave out what did not happen."""
    named = {f"m{number}": metric for number, metric in enumerate(metrics, start=1)}
    return Expression(" + ".join(f"FILL({name}, 0)" for name in named), named, label)


def share(label: str, *, part: Metric, rest: Metric, at_least: int) -> Expression:
    """Put one metric in proportion to itself and another, in percent; all of it below so many of both together."""
    both = "(FILL(part, 0) + FILL(rest, 0))"
    return Expression(
        f"IF({both} >= {at_least}, 100 * FILL(part, 0) / {both}, 100)", {"part": part, "rest": rest}, label
    )


def percentage(label: str, *, part: Metric, whole: Metric, at_least: int) -> Expression:
    """Put one metric in proportion to another, in percent; zero below so many, where a proportion says nothing."""
    return Expression(
        f"IF(FILL(part, 0) >= {at_least}, 100 * FILL(part, 0) / whole, 0)", {"part": part, "whole": whole}, label
    )
