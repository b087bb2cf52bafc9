"""The Regions of AWS, and their zones."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from tercet.preflight.knowledge.dated import table

_ZONE: Final = re.compile(r"([a-z]{2,4}(?:-[a-z]+){1,2}-\d)([a-z])")


@cache
def names(partition: str = "aws") -> frozenset[str]:
    """Return the Regions of a partition: ``aws``, ``aws-cn``, ``aws-us-gov`` and so on."""
    return frozenset(table("regions")["partitions"].get(partition, {}).get("regions", ()))


@cache
def partition_of(region: str) -> str | None:
    """Return the partition that a Region is in; None where it is in none."""
    return next((name for name in table("regions")["partitions"] if region in names(name)), None)


@cache
def every() -> frozenset[str]:
    """Return the Regions of all partitions."""
    return frozenset(name for partition in table("regions")["partitions"] for name in names(partition))


def exists(region: str) -> bool:
    """Tell whether there was such a Region on the data's day."""
    return region in every()


def zone_exists(zone: str) -> bool | None:
    """Tell whether there is an Availability Zone of this name, such as ``us-east-1a``.

    None where that is not known: the Region's zones are not held here, or it is no zone of a Region (a Local Zone).
    Which zones an account sees may be fewer.
    """
    match = _ZONE.fullmatch(zone)
    letters = table("regions")["zones"].get(match[1]) if match else None
    if match is None or letters is None:
        return None
    return match[2] in letters
