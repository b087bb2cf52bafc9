"""What is wrong with a zone for something that is in a region."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from tercet.preflight.knowledge import regions

_ZONE: Final = re.compile(r"([a-z]{2,3}(?:-[a-z]{2,10}){1,2}-\d)(?:-[a-z]{3}-\d{1,2})?[a-z]")
_ID: Final = re.compile(r"([a-z]{3,5}\d)-az\d{1,2}")
_DIRECTION: Final = re.compile(r"north|south|east|west|central|gov")


def misplaced(zone: str, region: str) -> str | None:
    """Say what keeps something in a region from being in a zone, which is known by its name or by its id.

    None where nothing does, or where it is no zone that is known here.
    """
    there = _region_of_zone(zone)
    if there is not None and there != region:
        return f"is in {there}"
    if regions.exists(zone):
        return "is a region, and no zone of one"
    if there is not None and regions.zone_exists(zone) is False:
        return f"is none of the zones of {region}"
    return None


def _region_of_zone(zone: str) -> str | None:
    """Return ``us-east-1`` of ``us-east-1a``, of the local zone ``us-east-1-bos-1a``, and of the id ``use1-az1``."""
    if (match := _ZONE.fullmatch(zone)) is not None:
        return match[1]
    return _by_short_name().get(match[1]) if (match := _ID.fullmatch(zone)) is not None else None


@cache
def _by_short_name() -> dict[str, str]:
    """Return the regions by what the ids of their zones begin with: ``apse2`` for ``ap-southeast-2``.

    Source: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
    """
    return {_DIRECTION.sub(lambda word: word[0][0], name).replace("-", ""): name for name in regions.every()}
