"""Two records of the same name and type, or a CNAME beside others of its name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph, Resource
from tercet.preflight.rule import Change, Context, Problem, Rule
from tercet.preflight.rules.route53._names import full_name, plain, zone_key, zone_of

RULE = Rule(
    id="route53-record-duplicate",
    title="Record that exists already, or CNAME beside another record",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Route 53 holds one record set for each name and type; several are told apart by `set_identifier` alone, and "
        "a CNAME may stand beside no other record of its name. The second resource that creates one fails, in an "
        "order that Terraform chooses; a new zone has its NS and SOA records already. Those that are told apart have "
        "one routing policy. `allow_overwrite` hides that a record exists, so that nothing is reported there."
    ),
    aws_error=(
        "InvalidChangeBatch: [Tried to create resource record set [name='<name>.', type='<type>'] but it already "
        "exists]"
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html",
        "https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html",
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy.html",
        "https://github.com/kubernetes-sigs/external-dns/issues/4345",
    ),
    failing="""
data "aws_route53_zone" "acme" {
  name = "acme-pay.com"
}

resource "aws_route53_record" "verification" {
  zone_id = data.aws_route53_zone.acme.zone_id
  name    = "acme-pay.com"
  type    = "TXT"
  ttl     = 300
  records = ["site-verification=1a2b3c"]
}

resource "aws_route53_record" "spf" {
  zone_id = data.aws_route53_zone.acme.zone_id
  name    = ""
  type    = "TXT"
  ttl     = 300
  records = ["v=spf1 -all"]
}
""",
    passing="""
data "aws_route53_zone" "acme" {
  name = "acme-pay.com"
}

resource "aws_route53_record" "texts" {
  zone_id = data.aws_route53_zone.acme.zone_id
  name    = "acme-pay.com"
  type    = "TXT"
  ttl     = 300
  records = ["site-verification=1a2b3c", "v=spf1 -all"]
}
""",
)


_POLICIES: Final = (
    "cidr_routing_policy",
    "failover_routing_policy",
    "geolocation_routing_policy",
    "geoproximity_routing_policy",
    "latency_routing_policy",
    "weighted_routing_policy",
)


@RULE.check
def check(graph: Graph, _: Context) -> Iterator[Problem]:
    """Gather the records by zone and name, and look at those that share it."""
    together: dict[tuple[str, str], list[Resource]] = defaultdict(list)
    for record in graph.of_type("aws_route53_record"):
        if (place := _place(record)) is not None:
            together[place].append(record)
    for (_zone, name), records in together.items():
        yield from _repeated(name, records)
        yield from _beside_cname(name, records)
        yield from _of_the_zone(name, records)
        yield from _two_policies(name, records)


def _place(record: Resource) -> tuple[str, str] | None:
    name, kind, zone = record.value("name"), record.value("type"), zone_key(record)
    if record.many or zone is None or not isinstance(name, str) or not isinstance(kind, str):
        return None
    found = zone_of(record)
    zone_name = found.value("name") if found is not None else None
    return zone, full_name(name, zone_name if isinstance(zone_name, str) else None)


def _repeated(name: str, records: list[Resource]) -> Iterator[Problem]:
    seen: dict[tuple[str, str], Resource] = {}
    for record in records:
        identifier = record.value("set_identifier")
        if record.value("allow_overwrite") not in (None, False) or not (
            identifier is None or isinstance(identifier, str)
        ):
            continue
        kind = str(record.value("type"))
        first = seen.setdefault((kind, str(identifier or "")), record)
        if first is not record:
            yield Problem(
                record,
                "name",
                f"{first.address} creates the {kind} record of {name} too: the second of them finds that it exists, "
                "and the apply stops.",
                fix="Put the values into one record, or tell the two apart by a routing policy and set_identifier.",
                aws_error=(
                    f"InvalidChangeBatch: [Tried to create resource record set [name='{name}.', type='{kind}'] but it "
                    "already exists]"
                ),
                also={"type": kind, "other": first.address},
            )


def _beside_cname(name: str, records: list[Resource]) -> Iterator[Problem]:
    aliases = [record for record in records if record.value("type") == "CNAME"]
    others = [record for record in records if record.value("type") != "CNAME"]
    if aliases and others:
        yield Problem(
            aliases[0],
            "type",
            f"type is CNAME, and {others[0].address} is a {others[0].shown('type')} record of the same name {name}: a "
            "CNAME allows no other record of its name; the apply stops.",
            fix="Make the CNAME an alias record, or give one of them another name.",
            aws_error=(
                f"InvalidChangeBatch: [RRSet of type CNAME with DNS name {name}. is not permitted as it conflicts "
                "with other records with the same DNS name in zone]"
            ),
            also={"other": others[0].address},
        )


def _of_the_zone(name: str, records: list[Resource]) -> Iterator[Problem]:
    """Look for the NS and SOA records that a new zone has from the beginning."""
    for record in records:
        zone = zone_of(record)
        kind = record.value("type")
        if zone is None or zone.mode != "managed" or kind not in ("NS", "SOA"):
            continue
        zone_name = zone.value("name")
        if isinstance(zone_name, str) and plain(zone_name) == name and record.value("allow_overwrite") in (None, False):
            yield Problem(
                record,
                "allow_overwrite",
                f"{zone.address} is created with {kind} records of its own, so that this one exists already.",
                fix="allow_overwrite = true",
                change=Change(record, "allow_overwrite", True),
                aws_error=(
                    f"InvalidChangeBatch: [Tried to create resource record set [name='{name}.', type='{kind}'] but it "
                    "already exists]"
                ),
                also={"zone": zone.address},
            )


def _two_policies(name: str, records: list[Resource]) -> Iterator[Problem]:
    """Compare how records of one name and type are told apart: by one policy, of which each role stands once."""
    first: dict[str, tuple[str, Resource]] = {}
    primaries: dict[tuple[str, str], Resource] = {}
    for record in records:
        policies = [one for one in _POLICIES if record.has(one)]
        if len(policies) != 1 or not isinstance(record.value("set_identifier"), str):
            continue
        kind = str(record.value("type"))
        policy, other = first.setdefault(kind, (policies[0], record))
        if policy != policies[0]:
            yield Problem(
                record,
                policies[0],
                f"This record of {name} has {policies[0]}, and {other.address}, of the same name and type, has "
                f"{policy}: Route 53 takes one policy for both.",
                fix="Use one policy, or lead by alias records to names that use the other.",
                aws_error=(
                    f"InvalidChangeBatch: [RRSet with DNS name {name}., type {kind} cannot be created as a "
                    f"non-{policies[0].split('_')[0]} set exists with the same name and type.]"
                ),
                also={"other": other.address},
            )
        elif policies[0] == "failover_routing_policy":
            yield from _second_of_a_kind(record, name, kind, primaries)


def _second_of_a_kind(
    record: Resource, name: str, kind: str, seen: dict[tuple[str, str], Resource]
) -> Iterator[Problem]:
    block = record.block("failover_routing_policy")
    role = block.value("type") if block is not None else None
    if not isinstance(role, str):
        return
    other = seen.setdefault((kind, role), record)
    if other is not record:
        yield Problem(
            record,
            "failover_routing_policy",
            f"{other.address} is the {role} record of {name} already: Route 53 takes one PRIMARY and one SECONDARY.",
            fix='Write type = "SECONDARY" in one of them.' if role == "PRIMARY" else "Remove one of them.",
            aws_error=(
                f"InvalidChangeBatch: [RRSet with DNS name {name}., type {kind} cannot be created because a failover "
                f"RRSet with the same name, type and failover {role} already exists.]"
            ),
            also={"other": other.address},
        )
