"""Zones, subnets, address ranges."""

from __future__ import annotations

import pytest

from tercet.preflight.graph import Undecidable
from tercet.preflight.network import Zone, count_of, ranges_of_vpc, subnets_in, vpc_of, zone_of_subnet, zones_of
from tests.preflight.network.reading import NETWORK, graph_of, one

SUBNETS = """
variable "zone" {}
variable "region" {}
data "aws_availability_zones" "up" {}
data "aws_availability_zones" "same" {}
data "aws_availability_zones" "other" {
  exclude_names = ["us-east-1e"]
}
resource "aws_subnet" "a" {
  vpc_id            = "vpc-1"
  availability_zone = "us-east-1a"
}
resource "aws_subnet" "a_too" {
  vpc_id            = "vpc-1"
  availability_zone = "us-east-1a"
}
resource "aws_subnet" "b" {
  vpc_id            = "vpc-1"
  availability_zone = "us-east-1b"
}
resource "aws_subnet" "first" {
  vpc_id            = "vpc-1"
  availability_zone = data.aws_availability_zones.up.names[0]
}
resource "aws_subnet" "first_too" {
  vpc_id            = "vpc-1"
  availability_zone = data.aws_availability_zones.same.names[0]
}
resource "aws_subnet" "second" {
  vpc_id            = "vpc-1"
  availability_zone = data.aws_availability_zones.same.names[1]
}
resource "aws_subnet" "listed_otherwise" {
  vpc_id            = "vpc-1"
  availability_zone = data.aws_availability_zones.other.names[1]
}
resource "aws_subnet" "given" {
  vpc_id            = "vpc-1"
  availability_zone = var.zone
}
resource "aws_subnet" "unsaid" {
  vpc_id = "vpc-1"
}
resource "aws_subnet" "composed_a" {
  vpc_id            = "vpc-1"
  availability_zone = "${var.region}a"
}
resource "aws_subnet" "composed_b" {
  vpc_id            = "vpc-1"
  availability_zone = "${var.region}b"
}
resource "aws_subnet" "follows" {
  vpc_id            = "vpc-1"
  availability_zone = aws_subnet.a.availability_zone
}
resource "aws_subnet" "circle" {
  vpc_id            = "vpc-1"
  availability_zone = aws_subnet.circle_too.availability_zone
}
resource "aws_subnet" "circle_too" {
  vpc_id            = "vpc-1"
  availability_zone = aws_subnet.circle.availability_zone
}
"""


@pytest.mark.parametrize(
    ("left", "right", "same", "different"),
    [
        ("a", "a_too", True, False),
        ("a", "b", False, True),
        ("first", "first_too", True, False),
        ("first", "second", False, True),
        ("second", "listed_otherwise", False, False),
        ("a", "first", False, False),
        ("a", "unsaid", False, False),
        ("given", "unsaid", False, False),
        ("composed_a", "composed_b", False, True),
        ("follows", "a", True, False),
        ("circle", "a", False, False),
    ],
)
def test_two_zones_are_told_apart_only_where_that_is_certain(left: str, right: str, same: bool, different: bool):
    graph = graph_of(SUBNETS)
    zones = [zone_of_subnet(one(graph, f"aws_subnet.{name}")) for name in (left, right)]
    assert (zones[0] == zones[1]) is same
    assert zones[0].differs_from(zones[1]) is different
    assert zones[1].differs_from(zones[0]) is different


def test_zones_are_counted_from_below_and_from_above():
    graph = graph_of(SUBNETS)
    named = [zone_of_subnet(one(graph, f"aws_subnet.{name}")) for name in ("a", "b", "first", "unsaid")]
    assert count_of(named) == (2, 4)
    assert count_of(named[:2]) == (2, 2)
    assert count_of([]) == (0, 0)


def test_zones_of_two_regions_are_never_the_same():
    assert Zone("listed", "0", "us-east-1").differs_from(Zone("name", "eu-west-1a", "eu-west-1"))
    assert count_of([Zone("x", "", "us-east-1"), Zone("y", "", "eu-west-1")]) == (2, 2)


def test_a_network_in_the_usual_style_is_read_wholly():
    graph = graph_of(NETWORK)
    subnets = graph.of_type("aws_subnet")
    assert len(subnets) == 6
    assert [str(zone) for zone in zones_of(subnets)] == ["zone 1", "zone 2", "zone 3"]
    assert {vpc_of(subnet).address for subnet in subnets} == {"aws_vpc.main"}  # type: ignore[union-attr]
    assert [str(cidr) for cidr in ranges_of_vpc(one(graph, "aws_vpc.main"))] == ["10.0.0.0/16"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("aws_subnet.private[*].id", 3),
        ("aws_subnet.private.*.id", 3),
        ("[for one in aws_subnet.private : one.id]", 3),
        ("concat(aws_subnet.private[*].id, [aws_subnet.public[0].id])", 4),
        ("slice(aws_subnet.private[*].id, 0, 2)", 2),
        ("[aws_subnet.private[0].id, aws_subnet.private[0].id]", 1),
    ],
)
def test_the_subnets_of_a_list_are_found_however_it_is_written(expression: str, expected: int):
    graph = graph_of(NETWORK + f'resource "aws_db_subnet_group" "x" {{\n  subnet_ids = {expression}\n}}\n')
    assert len(subnets_in(one(graph, "aws_db_subnet_group.x"), "subnet_ids")) == expected


@pytest.mark.parametrize(
    "expression",
    [
        '["subnet-0123"]',
        "[aws_subnet.private[0].id, var.more]",
        "data.aws_subnets.x.ids",
        "module.vpc.subnets",
        "var.more",
    ],
)
def test_subnets_that_are_elsewhere_are_not_guessed(expression: str):
    graph = graph_of(
        NETWORK
        + 'variable "more" {}\nmodule "vpc" {\n  source = "example/vpc/aws"\n}\ndata "aws_subnets" "x" {}\n'
        + f'resource "aws_db_subnet_group" "x" {{\n  subnet_ids = {expression}\n}}\n'
    )
    with pytest.raises(Undecidable):
        subnets_in(one(graph, "aws_db_subnet_group.x"), "subnet_ids")


def test_a_vpc_is_found_through_its_second_range():
    graph = graph_of("""
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_vpc_ipv4_cidr_block_association" "second" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "100.64.0.0/16"
}
resource "aws_subnet" "a" {
  vpc_id     = aws_vpc_ipv4_cidr_block_association.second.vpc_id
  cidr_block = "100.64.1.0/24"
}
""")
    vpc = vpc_of(one(graph, "aws_subnet.a"))
    assert vpc is one(graph, "aws_vpc.main")
    assert [str(cidr) for cidr in ranges_of_vpc(vpc)] == ["10.0.0.0/16", "100.64.0.0/16"]


def test_the_vpc_of_a_subnet_that_is_looked_up_by_its_id_is_known():
    text = (
        NETWORK
        + """
data "aws_subnet" "first" {
  id = aws_subnet.public[0].id
}
resource "aws_security_group" "web" {
  name   = "web"
  vpc_id = data.aws_subnet.first.vpc_id
}
"""
    )
    graph = graph_of(text)
    assert vpc_of(one(graph, "aws_security_group.web")) is one(graph, "aws_vpc.main")
