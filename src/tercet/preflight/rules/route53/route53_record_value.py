"""Values that a record of its type cannot have."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.route53._certificates import proves_a_domain

RULE = Rule(
    id="route53-record-value",
    title="Value that does not fit the type of the record",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Route 53 reads every value: A takes IPv4 addresses, AAAA IPv6 addresses, MX a priority and a name, SRV three "
        "numbers and a name, CAA a flag, a tag and a quoted value, TXT strings of at most 255 characters each, and a "
        "CNAME exactly one name."
    ),
    aws_error="InvalidChangeBatch: [Invalid Resource Record: FATAL problem: <problem> encountered with '<value>']",
    sources=("https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html",),
    resources=("aws_route53_record",),
    failing="""
data "aws_route53_zone" "acme" {
  name = "acme-pay.com"
}

resource "aws_route53_record" "mail" {
  zone_id = data.aws_route53_zone.acme.zone_id
  name    = "acme-pay.com"
  type    = "MX"
  ttl     = 300
  records = ["inbound-smtp.us-east-1.amazonaws.com"]
}
""",
    passing="""
data "aws_route53_zone" "acme" {
  name = "acme-pay.com"
}

resource "aws_route53_record" "mail" {
  zone_id = data.aws_route53_zone.acme.zone_id
  name    = "acme-pay.com"
  type    = "MX"
  ttl     = 300
  records = ["10 inbound-smtp.us-east-1.amazonaws.com"]
}
""",
)

_LONGEST: Final = 255
_MX: Final = re.compile(r"\d{1,5}\s+\S+")
_SRV: Final = re.compile(r"\d{1,5}\s+\d{1,5}\s+\d{1,5}\s+\S+")
_CAA: Final = re.compile(r"\d{1,3}\s+\w+\s+\".*\"", re.DOTALL)


@RULE.check
def check(record: Resource, _: Context) -> Iterator[Problem]:
    """Look at each known value."""
    if proves_a_domain(record):
        return
    kind = record.text("type") or ""
    values = record.items("records")
    if kind == "CNAME" and len(values) > 1:
        message = f"a CNAME has one value and this has {len(values)}: Route 53 refuses it."
        yield Problem(record, "records", message, fix="Keep one value.")
    wrong = _WRONG.get(kind, _right)
    for value in values:
        if isinstance(value, str) and (reason := wrong(str(value))) is not None:
            yield Problem(
                record,
                "records",
                f"type is {kind} and a value is {str(value)[:80]!r}: {reason}; Route 53 refuses the record.",
                fix=_FIX[kind],
            )
            return


def _right(_: str) -> None:
    return None


def _not_ipv4(value: str) -> str | None:
    return None if _is_address(value, 4) else "it is no IPv4 address"


def _not_ipv6(value: str) -> str | None:
    return None if _is_address(value, 6) else "it is no IPv6 address"


def _is_address(value: str, version: int) -> bool:
    try:
        return ipaddress.ip_address(value.strip()).version == version
    except ValueError:
        return False


def _not_mx(value: str) -> str | None:
    return None if _MX.fullmatch(value.strip()) else "it is not a priority and a name"


def _not_srv(value: str) -> str | None:
    return None if _SRV.fullmatch(value.strip()) else "it is not priority, weight, port and a name"


def _not_caa(value: str) -> str | None:
    return None if _CAA.fullmatch(value.strip()) else "it is not a flag, a tag and a quoted value"


def _too_long(value: str) -> str | None:
    # The provider puts quotes around the value; within, "" ends one string and begins the next.
    longest = max(len(part) for part in re.split(r'"\s*"', value))
    return f"a string of it has {longest} characters, and {_LONGEST} are allowed" if longest > _LONGEST else None


_WRONG: Final[dict[str, Callable[[str], str | None]]] = {
    "A": _not_ipv4,
    "AAAA": _not_ipv6,
    "CAA": _not_caa,
    "MX": _not_mx,
    "SRV": _not_srv,
    "TXT": _too_long,
    "SPF": _too_long,
}
_FIX: Final = {
    "A": "Give IPv4 addresses; for a name, make it a CNAME or an alias record.",
    "AAAA": "Give IPv6 addresses; for a name, make it a CNAME or an alias record.",
    "CAA": 'Write it as 0 issue "amazon.com".',
    "MX": 'Put the priority first: "10 mail.acme-pay.com".',
    "SRV": 'Write it as "1 10 5269 server.acme-pay.com".',
    "TXT": 'Divide it into strings of at most 255 characters with \\"\\" between them.',
    "SPF": 'Divide it into strings of at most 255 characters with \\"\\" between them.',
}
