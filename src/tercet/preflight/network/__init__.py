"""What a configuration says of its network: zones, address ranges, routes and ways out, endpoints, security groups."""

from __future__ import annotations

from tercet.preflight.network.addresses import Range, ranges_of_vpc, read_range
from tercet.preflight.network.endpoints import (
    endpoints_for,
    endpoints_of,
    is_interface,
    service_of,
    services_with_endpoint,
    subnets_of,
    unknown_endpoints,
)
from tercet.preflight.network.needs import environment_of, has_way_out, reaches, services_of
from tercet.preflight.network.places import members, subnets_in, vpc_of
from tercet.preflight.network.routes import (
    Egress,
    Route,
    Table,
    egress_of,
    is_public,
    main_table_of,
    routes_of,
    table_of,
)
from tercet.preflight.network.security import Traffic, admits, groups_of, lets_out, rules_of
from tercet.preflight.network.zones import Zone, certain_count, count_of, zone_of_subnet, zone_of_value, zones_of

__all__ = [
    "Egress",
    "Range",
    "Route",
    "Table",
    "Traffic",
    "Zone",
    "admits",
    "certain_count",
    "count_of",
    "egress_of",
    "endpoints_for",
    "endpoints_of",
    "environment_of",
    "groups_of",
    "has_way_out",
    "is_interface",
    "is_public",
    "lets_out",
    "main_table_of",
    "members",
    "ranges_of_vpc",
    "reaches",
    "read_range",
    "routes_of",
    "rules_of",
    "service_of",
    "services_of",
    "services_with_endpoint",
    "subnets_in",
    "subnets_of",
    "table_of",
    "unknown_endpoints",
    "vpc_of",
    "zone_of_subnet",
    "zone_of_value",
    "zones_of",
]
