"""What stands, counted by concern and availability zone."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from rich.table import Table

REGIONAL = "regional"


def count(
    configuration: Mapping[str, Any], zones: Sequence[str], standing: Collection[str]
) -> dict[str, dict[str, int]]:
    """Count the resources of a synthesized configuration that stand.

    Parameters
    ----------
    zones
        Names of the availability zones, in the order of the constructs ``zone-1``, ``zone-2`` …

    standing
        Addresses of what stands.

    Returns
    -------
    dict
        Concern → zone (or ``regional``) → resources.
    """
    counted: dict[str, dict[str, int]] = {}
    for kind, resources in configuration["resource"].items():
        for name, body in resources.items():
            if f"{kind}.{name}" not in standing:
                continue
            path: str = body["//"]["metadata"]["path"]
            concern = path.split("/")[1]
            row, column = counted.setdefault(concern, {}), _zone(body, path, zones)
            row[column] = row.get(column, 0) + 1
    return counted


def table(counted: Mapping[str, Mapping[str, int]], zones: Sequence[str]) -> Table:
    """Lay the counts out, a row for each concern."""
    columns = [*zones, REGIONAL]
    laid_out = Table(box=None, pad_edge=False, show_footer=True)
    laid_out.add_column("concern", footer="in all")
    for column in columns:
        laid_out.add_column(column, justify="right", footer=str(sum(row.get(column, 0) for row in counted.values())))
    total = sum(sum(row.values()) for row in counted.values())
    laid_out.add_column("resources", justify="right", footer=str(total))
    for concern, row in counted.items():
        laid_out.add_row(concern, *(str(row.get(column, "")) for column in columns), str(sum(row.values())))
    return laid_out


def _zone(body: Mapping[str, Any], path: str, zones: Sequence[str]) -> str:
    stated = body.get("availability_zone")
    if stated in zones:
        return str(stated)
    if numbered := re.search(r"/zone-(\d)(/|$)", path):
        return zones[int(numbered[1]) - 1]
    return REGIONAL
