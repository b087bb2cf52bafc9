"""Ranges of addresses."""

from __future__ import annotations

import ipaddress


def cidrsubnet(prefix: str, bits: int, number: int) -> str:
    """Return a subnet of a range."""
    network = ipaddress.ip_network(prefix, strict=False)
    length = network.prefixlen + int(bits)
    if length > network.max_prefixlen or not 0 <= int(number) < 2 ** int(bits):
        raise ValueError("there is no such subnet")
    start = int(network.network_address) + (int(number) << (network.max_prefixlen - length))
    return str(ipaddress.ip_network((start, length)))


def cidrsubnets(prefix: str, *bits: int) -> list[str]:
    """Return subnets of a range, one after another."""
    network = ipaddress.ip_network(prefix, strict=False)
    found, at = [], int(network.network_address)
    for more in bits:
        length = network.prefixlen + int(more)
        size = 1 << (network.max_prefixlen - length)
        at = (at + size - 1) // size * size
        found.append(str(ipaddress.ip_network((at, length))))
        at += size
    return found


def cidrhost(prefix: str, number: int) -> str:
    """Return an address of a range."""
    network = ipaddress.ip_network(prefix, strict=False)
    return str(network[int(number)])
