"""VPC endpoints: for which service, of which type, in which subnets."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.memory import once
from tercet.preflight.network.places import subnets_in
from tercet.preflight.values import Reference, Template

_NOT_KNOWN: Final = ""


def endpoints_of(vpc: Resource) -> list[Resource]:
    """Return the endpoints of a VPC that are in the configuration."""
    return [one for one in vpc.referrers("aws_vpc_endpoint") if vpc in one.targets("vpc_id", vpc.type)]


def endpoints_for(vpc: Resource, service: str) -> list[Resource]:
    """Return the endpoints of a VPC for one service; those whose service is not known are left out."""
    return _by_service(vpc).get(service, [])


def services_with_endpoint(vpc: Resource) -> frozenset[str]:
    """Return the services that a VPC has an endpoint for, as far as they are known."""
    return frozenset(_by_service(vpc)) - {_NOT_KNOWN}


def unknown_endpoints(vpc: Resource) -> list[Resource]:
    """Return the endpoints of a VPC whose service is not known."""
    return _by_service(vpc).get(_NOT_KNOWN, [])


def _by_service(vpc: Resource) -> dict[str, list[Resource]]:
    return once(vpc.graph, ("endpoints", vpc.address), lambda: _find_by_service(vpc))


def _find_by_service(vpc: Resource) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = defaultdict(list)
    for endpoint in endpoints_of(vpc):
        try:
            found[service_of(endpoint)].append(endpoint)
        except Undecidable:
            found[_NOT_KNOWN].append(endpoint)
    return dict(found)


def is_interface(endpoint: Resource) -> bool:
    """Tell whether an endpoint has network interfaces in subnets; Terraform's default is a gateway endpoint."""
    return endpoint.text("vpc_endpoint_type", "Gateway") == "Interface"


def service_of(endpoint: Resource) -> str:
    """Return the name of the service that an endpoint is for: ``s3``, ``ecr.api``.

    Raises
    ------
    Undecidable
        It is not known.
    """
    value = endpoint.value("service_name")
    if isinstance(value, str):
        return _short(value)
    if isinstance(value, Template) and value.prefix.startswith("com.amazonaws") and value.suffix.startswith("."):
        return value.suffix[1:]
    if isinstance(value, Reference) and value.path == ("service_name",):
        for data in endpoint.graph.find(value.address):
            if data.type == "aws_vpc_endpoint_service" and isinstance(service := data.value("service"), str):
                return str(service)
    raise Undecidable("service_name", f"the service of {endpoint.address} is not known")


def subnets_of(endpoint: Resource) -> list[Resource]:
    """Return the subnets that an interface endpoint has an interface in.

    Raises
    ------
    Undecidable
        One of them is not in the configuration.
    """
    found = {one.address: one for one in subnets_in(endpoint, "subnet_ids")}
    for block in endpoint.blocks("subnet_configuration"):
        found.update((one.address, one) for one in subnets_in(block, "subnet_id"))
    for association in endpoint.referrers("aws_vpc_endpoint_subnet_association"):
        found.update((one.address, one) for one in subnets_in(association, "subnet_id"))
    if endpoint.is_passed_out():
        raise Undecidable("subnet_ids", f"{endpoint.address} is given to a module that is not at hand")
    return list(found.values())


def _short(name: str) -> str:
    """Return ``ecr.api`` of ``com.amazonaws.us-east-1.ecr.api``, and of ``cn.com.amazonaws.…`` likewise."""
    parts = str(name).split(".")
    start = parts.index("amazonaws") + 2 if "amazonaws" in parts else 0
    return ".".join(parts[start:]) or str(name)
