"""Domain names as rules compare them: which are never delegated, and what a record's name is in full."""

from __future__ import annotations

from typing import Final

from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.values import Reference, Template, Value, references_in

RESERVED_BY_AWS: Final = ("example.com", "example.net", "example.org")
"""Route 53 refuses a public zone below these (RFC 2606 keeps them for documentation)."""

NEVER_DELEGATED: Final = (
    "test",  # RFC 2606, RFC 6761
    "example",
    "invalid",
    "localhost",
    "local",  # RFC 6762
    "onion",  # RFC 7686
    "alt",  # RFC 9476
    "home.arpa",  # RFC 8375
    "internal",  # kept for private use by ICANN in 2024
    "corp",  # ICANN does not delegate these three
    "home",
    "mail",
    "intranet",  # RFC 6762, appendix G: names in private use, not in the root zone
    "private",
    "lan",
    "localdomain",
)
"""Below these nothing can be registered, so that nobody on the internet ever asks the zone."""


def plain(name: str) -> str:
    """Write a name as it is compared: lower case, without the dot of the root."""
    return name.lower().rstrip(".")


def within(name: str, domain: str) -> bool:
    """Tell whether a name is a domain or lies below it."""
    name, domain = plain(name), plain(domain)
    return name == domain or name.endswith("." + domain)


def ends_within(value: Value, domains: tuple[str, ...]) -> str | None:
    """Return the one of the domains that a name, known or known at its end, certainly lies in."""
    if isinstance(value, str):
        return next((domain for domain in domains if within(value, domain)), None)
    if isinstance(value, Template):
        end = plain(value.suffix)
        return next((domain for domain in domains if end.endswith("." + domain)), None)
    return None


def is_ours(name: str, own_domains: tuple[str, ...] | None) -> bool:
    """Tell whether the user has said that a name is delegated."""
    return any(within(name, domain) for domain in own_domains or ())


def zone_of(record: Resource) -> Resource | None:
    """Return the hosted zone, made or looked up here, that a record is in."""
    return record.target("zone_id", "aws_route53_zone")


def zone_key(record: Resource) -> str | None:
    """Return what tells a record's zone from others; None where that is not known."""
    if (zone := zone_of(record)) is not None:
        return None if zone.many else zone.address
    value = record.value("zone_id")
    if isinstance(value, str):
        return value
    if isinstance(value, Reference) and not value.address.endswith("[*]"):
        return str(value)
    return None


def is_apex(record: Resource, zone: Resource) -> bool:
    """Tell whether a record's name is that of its zone.

    Raises
    ------
    Undecidable
        One of the two names is not known.
    """
    name = record.value("name")
    if isinstance(name, Reference):
        if name.path == ("name",) and name.address == zone.address:
            return True
        raise Undecidable("name", f"{name} is known only after apply")
    text = record.text("name", "") or ""
    if text in ("", "@"):
        return text == ""
    if any(one.address == zone.address and one.path == ("name",) for one in references_in(name)):
        return plain(text) == plain(zone.text("name", "") or "")
    zone_name = zone.text("name")
    if zone_name is None:
        raise Undecidable("zone_id", f"{zone.address} does not say its name")
    return plain(text) == plain(zone_name)


def full_name(name: str, zone_name: str | None) -> str:
    """Write a record's name in full, as the provider does: the zone's name is added unless it is there."""
    name = plain(name)
    if zone_name is None:
        return name
    zone_name = plain(zone_name)
    if name.endswith(zone_name):
        return name
    return f"{name}.{zone_name}" if name else zone_name
