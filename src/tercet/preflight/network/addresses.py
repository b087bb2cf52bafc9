"""Address ranges of VPCs and subnets."""

from __future__ import annotations

import ipaddress
from typing import TypeAlias

from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.memory import once

Range: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


def read_range(text: str | None) -> Range | None:
    """Read a CIDR; None where it is none. Bits beyond the prefix are dropped, as AWS drops them."""
    if not text or "/" not in text:
        return None
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def ranges_of_vpc(vpc: Resource) -> list[Range]:
    """Return the IPv4 ranges of a VPC, those associated with it later among them.

    Raises
    ------
    Undecidable
        One of them is not known, or may be added by a module that is not at hand.
    """
    return once(vpc.graph, ("ranges", vpc.address), lambda: _ranges(vpc))


def _ranges(vpc: Resource) -> list[Range]:
    if vpc.mode != "managed" or vpc.type == "aws_default_vpc":
        raise Undecidable("cidr_block", f"{vpc.address} exists outside of the configuration")
    if vpc.is_passed_out():
        raise Undecidable("cidr_block", f"{vpc.address} is given to a module that is not at hand")
    said = [vpc.text("cidr_block")]
    if vpc.has("ipv4_ipam_pool_id") and not vpc.has("cidr_block"):
        raise Undecidable("cidr_block", "an IPAM pool gives it")
    said += [one.text("cidr_block") for one in vpc.referrers("aws_vpc_ipv4_cidr_block_association")]
    found = []
    for text in said:
        if (one := read_range(text)) is None:
            raise Undecidable("cidr_block", f"a range of {vpc.address} is not known")
        found.append(one)
    return found
