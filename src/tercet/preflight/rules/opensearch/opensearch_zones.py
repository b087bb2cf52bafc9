"""A domain with as many subnets, or nodes, as do not fit its zones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._checks import ask_each
from tercet.preflight.values import Reference, Value

_EXAMPLE = """
resource "aws_vpc" "search" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_subnet" "search" {
  for_each          = { us-east-1a = 10, us-east-1b = 11 }
  vpc_id            = aws_vpc.search.id
  availability_zone = each.key
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, each.value)
}

resource "aws_opensearch_domain" "search" {
  domain_name    = "search-dev"
  engine_version = "OpenSearch_2.11"

  cluster_config {
    instance_type          = "m6g.large.search"
    instance_count         = 2
    zone_awareness_enabled = AWARE
  }

  ebs_options {
    ebs_enabled = true
    volume_size = 20
  }

  vpc_options {
    subnet_ids = [for subnet in aws_subnet.search : subnet.id]
  }

  encrypt_at_rest {
    enabled = true
  }

  node_to_node_encryption {
    enabled = true
  }

  domain_endpoint_options {
    enforce_https       = true
    tls_security_policy = "Policy-Min-TLS-1-2-2019-07"
  }
}
"""

RULE = Rule(
    id="opensearch-zones",
    title="Domain whose subnets or nodes do not fit its zones",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A domain in a VPC has one subnet for each of its zones: one, unless `zone_awareness_enabled` is true, then "
        "two, or as many as `availability_zone_count` says; and at least one data node in each."
    ),
    aws_error="ValidationException: You must specify exactly one subnet.",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-multiaz.html",
        "https://github.com/hashicorp/terraform-provider-aws/pull/12296",
    ),
    resources=("aws_opensearch_domain", "aws_elasticsearch_domain"),
    failing=_EXAMPLE.replace("AWARE", "false"),
    passing=_EXAMPLE.replace("AWARE", "true"),
)

_WORDS: Final = {1: "one", 2: "two", 3: "three"}


@RULE.check
def check(domain: Resource, _: Context) -> Iterator[Problem]:
    """Compare subnets and nodes with the zones."""
    yield from ask_each(domain, (_subnets, _nodes))


def _subnets(domain: Resource) -> Iterator[Problem]:
    options = domain.block("vpc_options")
    if options is None or not options.has("subnet_ids"):
        return
    subnets = _count(options)
    zones = _zones(domain)
    if subnets == zones:
        return
    wanted = _WORDS.get(zones, str(zones))
    aware = zones > 1
    yield Problem(
        options,
        "subnet_ids",
        f"{subnets} subnets for a domain in {zones} zone{'s' if aware else ' (zone_awareness_enabled is not true)'}: "
        f"it takes exactly {wanted}.",
        fix=(
            f"Name {wanted} subnets, or set availability_zone_count to {subnets}."
            if aware
            else "Set zone_awareness_enabled to true with an availability_zone_count, or name one subnet."
        ),
        aws_error=(
            f"ValidationException: You must specify exactly {wanted} subnets because you've set zone count to {wanted}."
            if aware
            else "ValidationException: You must specify exactly one subnet."
        ),
    )


def _nodes(domain: Resource) -> Iterator[Problem]:
    config = _config(domain)
    zones = _zones(domain)
    if config is None or zones < 2 or (config.value("instance_count") is None and "instance_count" in config.values):
        return
    nodes = config.number("instance_count", 1) or 1
    if nodes < zones:
        yield Problem(
            config,
            "instance_count",
            f"{nodes} data node{'s' if nodes > 1 else ''} for {zones} zones: each zone has one at least.",
            fix=f"Set instance_count to {zones} or a multiple of it.",
            aws_error="ValidationException",
        )


def _zones(domain: Resource) -> int:
    config = _config(domain)
    if config is None or not config.flag("zone_awareness_enabled", False):
        return 1
    if config.flag("multi_az_with_standby_enabled", False):
        return 3
    awareness = config.block("zone_awareness_config")
    return int(awareness.number("availability_zone_count", 2) or 2) if awareness else 2


def _config(domain: Resource) -> Block | None:
    return domain.block("cluster_config")


def _count(options: Block) -> int:
    """Count the subnets; what is named twice counts once."""
    items = options.items("subnet_ids")
    if not all(_is_one(item) for item in items):
        raise Undecidable(options.named("subnet_ids"), "how many subnets these are is known only after apply")
    return len({str(item) for item in items})


def _is_one(item: Value) -> bool:
    return isinstance(item, str) or (isinstance(item, Reference) and not item.address.endswith("[*]"))
