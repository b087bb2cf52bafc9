"""CloudWatch's metrics and their dimensions.

What is listed exists. Of what is not, nothing is known, unless the namespace's list is whole: AWS adds metrics.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from tercet.preflight.knowledge.dated import table


def namespaces() -> frozenset[str]:
    """Return the namespaces of which something is known."""
    return frozenset(table("metrics")["namespaces"])


def is_metric(namespace: str, metric: str) -> bool | None:
    """Tell whether a namespace has a metric; None where that is not known."""
    said = _namespace(namespace)
    if said is None:
        return None
    if metric in _metrics(namespace):
        return True
    return False if said["complete"] else None


def meant(namespace: str, metric: str) -> str | None:
    """Return the metric that differs from this one in case, spaces and signs only: ``CpuUtilization``, ``5xxError``.

    CloudWatch's names are compared exactly, so the one that was written is another metric, which has no data. None
    where the name is a metric itself, or is like none.
    """
    known = _metrics(namespace)
    if metric in known:
        return None
    alike = [one for one in known if _plain(one) == _plain(metric)]
    return alike[0] if len(alike) == 1 else None


def dimension_sets(namespace: str, metric: str | None = None) -> frozenset[frozenset[str]]:
    """Return the sets of dimensions under which a namespace, or one metric of it, has data; empty where none is known.

    The empty set among them stands for the metric without dimensions.
    """
    said = _namespace(namespace)
    if said is None:
        return frozenset()
    sets: Iterable[str] = said["own_dimensions"].get(metric or "") or said["dimensions"]
    return frozenset(frozenset(one.split()) for one in sets)


def dimension_names(namespace: str) -> frozenset[str]:
    """Return every dimension that a namespace is known to have."""
    return frozenset(name for one in dimension_sets(namespace) for name in one)


def source_of(namespace: str) -> str:
    """Return the page that documents a namespace."""
    said = _namespace(namespace)
    return str(said["source"]) if said else ""


def _namespace(namespace: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = table("metrics")["namespaces"].get(namespace)
    return found


@cache
def _metrics(namespace: str) -> frozenset[str]:
    said = _namespace(namespace)
    return frozenset((*said["metrics"], *said["own_dimensions"])) if said else frozenset()


def _plain(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())
