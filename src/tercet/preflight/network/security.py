"""What security groups admit and let out, from rules inside them and from rules beside them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from tercet.preflight.graph import Block, Graph, Resource, Undecidable
from tercet.preflight.memory import once
from tercet.preflight.network.addresses import Range, ranges_of_vpc, read_range
from tercet.preflight.network.places import vpc_of
from tercet.preflight.values import Text, Value

GROUPS: Final = ("aws_security_group", "aws_default_security_group")
Direction = Literal["ingress", "egress"]

_ALL_PROTOCOLS: Final = ("-1", "all")
_NUMBERS: Final = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}
_RULES: Final = {"ingress": "aws_vpc_security_group_ingress_rule", "egress": "aws_vpc_security_group_egress_rule"}


@dataclass(frozen=True, slots=True)
class Traffic:
    """One rule: which traffic it lets through.

    Parameters
    ----------
    at
        Where it stands: a block of the group, or a resource beside it.
    direction
        ``ingress`` or ``egress``.
    ranges
        CIDRs, as values that may be unknown.
    groups
        Security groups in the configuration.
    elsewhere
        Whether it is for prefix lists, or for groups that are not in the configuration.
    """

    at: Block
    direction: Direction
    ranges: tuple[Value, ...]
    groups: tuple[Resource, ...]
    elsewhere: bool

    def covers(self, port: int, protocol: str = "tcp") -> bool:
        """Tell whether it is for a port.

        Raises
        ------
        Undecidable
            Its protocol or its ports are not known.
        """
        said = (self.at.text("ip_protocol") or self.at.text("protocol") or "-1").lower()
        said = _NUMBERS.get(said, said)
        if said in _ALL_PROTOCOLS:
            return True
        if said != protocol:
            return False
        first, last = self.at.number("from_port"), self.at.number("to_port")
        if first is None or last is None or first == -1:
            return True
        return first <= port <= last


def rules_of(group: Resource, direction: Direction) -> Iterator[Traffic]:
    """Go through the rules of a group in one direction.

    Raises
    ------
    Undecidable
        There are others, or may be.
    """
    if group.mode != "managed":
        raise Undecidable(direction, f"{group.address} is managed elsewhere")
    for block in group.blocks(direction):
        yield _traffic(block, direction, group)
    for rule in group.referrers("aws_security_group_rule"):
        if group in rule.targets("security_group_id", *GROUPS) and rule.text("type") == direction:
            yield _traffic(rule, direction, group)
    for rule in group.referrers(_RULES[direction]):
        if group in rule.targets("security_group_id", *GROUPS):
            yield _traffic(rule, direction, group)
    if group.is_passed_out():
        raise Undecidable(direction, f"{group.address} is given to a module that is not at hand")
    for rule in _loose_rules(group.graph, direction):
        raise Undecidable(direction, f"{rule.address} may be of {group.address}")


def admits(group: Resource, port: int, peer: Resource | str, protocol: str = "tcp") -> bool:
    """Tell whether a group admits traffic to a port from another group, or from a range.

    Raises
    ------
    Undecidable
        A rule that may admit it is not known.
    """
    return _passes(group, "ingress", port, peer, protocol)


def lets_out(group: Resource, port: int, peer: Resource | str, protocol: str = "tcp") -> bool:
    """Tell whether a group lets traffic out to a port of another group, or of a range.

    Raises
    ------
    Undecidable
        A rule that may let it out is not known.
    """
    return _passes(group, "egress", port, peer, protocol)


def _passes(group: Resource, direction: Direction, port: int, peer: Resource | str, protocol: str) -> bool:
    unsure: Undecidable | None = None
    try:
        for rule in rules_of(group, direction):
            try:
                if rule.covers(port, protocol) and _is_for(rule, peer):
                    return True
            except Undecidable as reason:
                unsure = unsure or reason
    except Undecidable as reason:
        unsure = unsure or reason
    if unsure is not None:
        raise unsure
    return False


def _is_for(rule: Traffic, peer: Resource | str) -> bool:
    if isinstance(peer, Resource) and any(one is peer for one in rule.groups):
        return True
    if rule.elsewhere:
        raise Undecidable(rule.at.named(rule.direction), "whom it is for is not in the configuration")
    for value in rule.ranges:
        known = read_range(value) if isinstance(value, str) else None
        if known is None:
            raise Undecidable(rule.at.named("cidr_blocks"), "its range is not known")
        if known.prefixlen == 0:
            return True
        if isinstance(peer, Resource):
            if _holds(known, peer, rule):
                return True
            continue
        asked = read_range(peer)
        if isinstance(asked, ipaddress.IPv4Network) and isinstance(known, ipaddress.IPv4Network):
            if asked.subnet_of(known):
                return True
        elif (
            isinstance(asked, ipaddress.IPv6Network)
            and isinstance(known, ipaddress.IPv6Network)
            and asked.subnet_of(known)
        ):
            return True
    return False


def _holds(known: Range, peer: Resource, rule: Traffic) -> bool:
    """Tell whether a range holds what is in a security group, whose addresses are those of its VPC."""
    vpc = vpc_of(peer)
    if vpc is None or known.version != 4:
        raise Undecidable(rule.at.named("cidr_blocks"), f"whether {peer.address} is in {known} is not known")
    ranges = [one for one in ranges_of_vpc(vpc) if isinstance(one, ipaddress.IPv4Network)]
    if not any(known.overlaps(one) for one in ranges):
        return False
    if all(one.subnet_of(known) for one in ranges):
        return True
    raise Undecidable(rule.at.named("cidr_blocks"), f"whether {peer.address} is in {known} is not known")


def _traffic(at: Block, direction: Direction, group: Resource) -> Traffic:
    ranges: list[Value] = []
    for name in ("cidr_blocks", "ipv6_cidr_blocks"):
        value = at.value(name)
        ranges += value if isinstance(value, list) else [] if value is None else [value]
    ranges += [value for name in ("cidr_ipv4", "cidr_ipv6") if (value := at.value(name)) not in (None, "")]
    groups: dict[str, Resource] = {}
    elsewhere = at.has("prefix_list_ids") or at.has("prefix_list_id")
    names = ["referenced_security_group_id", "source_security_group_id"]
    if at.owner is group:
        names.append("security_groups")
    for name in names:
        if not at.has(name):
            continue
        value = at.value(name)
        for item in value if isinstance(value, list) else [value]:
            found = group.graph.resolve(item, GROUPS)
            groups.update((one.address, one) for one in found)
            elsewhere = elsewhere or not found
    if at.value("self") in (True, "true"):
        groups[group.address] = group
    return Traffic(at, direction, tuple(ranges), tuple(groups.values()), elsewhere)


def _loose_rules(graph: Graph, direction: Direction) -> list[Resource]:
    """Return the rules of which the group is not known."""
    return once(
        graph,
        f"{direction} rules of unknown groups",
        lambda: [
            rule
            for rule in graph.of_type("aws_security_group_rule", _RULES[direction])
            if not rule.targets("security_group_id", *GROUPS)
            and not _is_literal(rule.value("security_group_id"))
            and rule.value("type") in (None, direction)
        ],
    )


def _is_literal(value: Value) -> bool:
    return isinstance(value, str) and not isinstance(value, Text)


def groups_of(block: Block, argument: str) -> list[Resource]:
    """Return the security groups that an argument names.

    Raises
    ------
    Undecidable
        One of them is not in the configuration.
    """
    found: dict[str, Resource] = {}
    for item in block.items(argument):
        named = block.owner.graph.resolve(item, GROUPS)
        if not named or any(one.mode != "managed" for one in named):
            raise Undecidable(block.named(argument), "a security group in it is not in the configuration")
        found.update((one.address, one) for one in named)
    return list(found.values())


__all__ = ["GROUPS", "Direction", "Traffic", "admits", "groups_of", "lets_out", "rules_of"]
