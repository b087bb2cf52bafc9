"""A cluster whose brokers do not fit its subnets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._checks import ask_each
from tercet.preflight.values import Reference

_EXAMPLE = """
resource "aws_vpc" "events" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "events" {
  for_each          = { us-east-1a = 10, us-east-1b = 11, us-east-1c = 12 }
  vpc_id            = aws_vpc.events.id
  availability_zone = each.key
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, each.value)
}

resource "aws_security_group" "events" {
  name_prefix = "events-dev-"
  vpc_id      = aws_vpc.events.id
}

resource "aws_msk_cluster" "events" {
  cluster_name           = "events-dev"
  kafka_version          = "3.6.0"
  number_of_broker_nodes = BROKERS

  broker_node_group_info {
    instance_type   = "kafka.m5.large"
    client_subnets  = [for subnet in aws_subnet.events : subnet.id]
    security_groups = [aws_security_group.events.id]
  }
}
"""

RULE = Rule(
    id="msk-brokers",
    title="Kafka cluster whose brokers do not fit its subnets",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A cluster of Kafka has two or three subnets, and as many brokers in each: their number is a multiple of the "
        "subnets'. Clients that sign in with SASL do so over TLS."
    ),
    aws_error=(
        "BadRequestException: The number of broker nodes must be a multiple of Availability Zones in the Client "
        "Subnets parameter."
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/msk/latest/developerguide/msk-create-cluster.html",
        "https://docs.aws.amazon.com/msk/1.0/apireference/clusters.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/8793",
    ),
    resources=("aws_msk_cluster",),
    failing=_EXAMPLE.replace("BROKERS", "4"),
    passing=_EXAMPLE.replace("BROKERS", "3"),
)


_NAME: Final = re.compile(r"[A-Za-z0-9-]+")


@RULE.check
def check(cluster: Resource, _: Context) -> Iterator[Problem]:
    """Compare brokers with subnets, and how clients sign in with how they connect."""
    yield from ask_each(cluster, (_name, _subnets, _passwords_in_the_clear))


def _name(cluster: Resource) -> Iterator[Problem]:
    name = cluster.text("cluster_name", "") or ""
    if name and not _NAME.fullmatch(name):
        yield Problem(
            cluster,
            "cluster_name",
            f"cluster_name is {name}: it has letters, digits and hyphens only.",
            fix="Replace the other characters with hyphens.",
            aws_error="BadRequestException: The parameter value contains one or more characters that are not valid.",
        )


def _subnets(cluster: Resource) -> Iterator[Problem]:
    for group in cluster.blocks("broker_node_group_info"):
        subnets = _count(group)
        if subnets not in (2, 3):
            yield Problem(
                group,
                "client_subnets",
                f"client_subnets names {subnets} subnet{'s' if subnets != 1 else ''}: Kafka takes two or three.",
                fix="Name two or three subnets of different zones.",
                aws_error="BadRequestException: Specify either two or three client subnets.",
            )
            continue
        brokers = cluster.number("number_of_broker_nodes", 0) or 0
        if brokers % subnets:
            yield Problem(
                cluster,
                "number_of_broker_nodes",
                f"number_of_broker_nodes is {brokers}, which is no multiple of {subnets}, the number of subnets.",
                fix=f"Set it to {int(brokers // subnets + 1) * subnets}.",
                also={"client_subnets": str(subnets)},
            )


def _count(group: Block) -> int:
    items = group.items("client_subnets")
    if not items or not all(
        isinstance(one, str) or (isinstance(one, Reference) and not one.address.endswith("[*]")) for one in items
    ):
        raise Undecidable(group.named("client_subnets"), "how many subnets these are is known only after apply")
    return len({str(one) for one in items})


def _passwords_in_the_clear(cluster: Resource) -> Iterator[Problem]:
    for transit in [
        one for block in cluster.blocks("encryption_info") for one in block.blocks("encryption_in_transit")
    ]:
        if transit.text("client_broker", "TLS") != "PLAINTEXT":
            continue
        for sasl in [one for block in cluster.blocks("client_authentication") for one in block.blocks("sasl")]:
            for name in ("iam", "scram"):
                if sasl.flag(name, False):
                    yield Problem(
                        transit,
                        "client_broker",
                        f"client_broker is PLAINTEXT, and clients sign in with SASL ({name}), which needs TLS.",
                        fix='Set client_broker to "TLS".',
                        aws_error="BadRequestException",
                    )
                    return
