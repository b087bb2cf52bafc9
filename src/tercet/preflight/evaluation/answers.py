"""What AWS would answer to a data source, as far as the region of its provider tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from tercet.preflight.graph import Resource
from tercet.preflight.knowledge import regions

_DNS_SUFFIXES: Final = {"aws": "amazonaws.com", "aws-us-gov": "amazonaws.com", "aws-cn": "amazonaws.com.cn"}


def answer(resource: Resource, name: str) -> str | None:
    """Return an attribute of a data source; None where it is not known, or no attribute of one."""
    function = _ANSWERS.get(resource.type)
    if function is None or resource.mode != "data" or not isinstance(resource.region, str):
        return None
    return function(resource, str(resource.region), name)


def _region(_: Resource, region: str, name: str) -> str | None:
    return region if name in ("id", "name", "region") else None


def _partition(_: Resource, region: str, name: str) -> str | None:
    partition = regions.partition_of(region)
    if partition not in _DNS_SUFFIXES:
        return None
    if name == "dns_suffix":
        return _DNS_SUFFIXES[partition]
    return partition if name in ("id", "partition") else None


def _service_principal(resource: Resource, region: str, name: str) -> str | None:
    service = resource.values.get("service_name")
    own = resource.values.get("region") or region
    # In other partitions some services have names of their own.
    if name != "name" or not isinstance(service, str) or not isinstance(own, str) or regions.partition_of(own) != "aws":
        return None
    return f"{service}.amazonaws.com"


_ANSWERS: Final[Mapping[str, Callable[[Resource, str, str], str | None]]] = {
    "aws_partition": _partition,
    "aws_region": _region,
    "aws_service_principal": _service_principal,
}
