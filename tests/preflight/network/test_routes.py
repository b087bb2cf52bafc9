"""Route tables and ways out."""

from __future__ import annotations

import pytest

from tercet.preflight.graph import Undecidable
from tercet.preflight.network import egress_of, has_way_out, is_public, reaches, table_of
from tests.preflight.network.reading import NETWORK, graph_of, one

VPC = 'resource "aws_vpc" "main" {\n  cidr_block = "10.0.0.0/16"\n}\n'
SUBNET = 'resource "aws_subnet" "a" {\n  vpc_id     = aws_vpc.main.id\n  cidr_block = "10.0.1.0/24"\n}\n'
TABLE = """
resource "aws_route_table" "a" {
  vpc_id = aws_vpc.main.id
%s
}
resource "aws_route_table_association" "a" {
  subnet_id      = aws_subnet.a.id
  route_table_id = aws_route_table.a.id
}
"""


def test_public_and_private_subnets_of_the_usual_network():
    graph = graph_of(NETWORK)
    assert all(is_public(one(graph, f"aws_subnet.public[{index}]")) for index in range(3))
    for index in range(3):
        egress = egress_of(one(graph, f"aws_subnet.private[{index}]"))
        assert egress.way == "nat gateway"
        assert egress.target is one(graph, f"aws_nat_gateway.main[{index}]")
        assert egress.table.name == f"aws_route_table.private[{index}]"


@pytest.mark.parametrize(
    ("route", "way"),
    [
        ("", "none"),
        ('route {\n cidr_block = "10.1.0.0/16"\n vpc_peering_connection_id = "pcx-1"\n}', "none"),
        ('route {\n cidr_block = "0.0.0.0/0"\n gateway_id = "igw-0123"\n}', "internet"),
        ('route {\n cidr_block = "0.0.0.0/0"\n gateway_id = "vgw-0123"\n}', "private gateway"),
        ('route {\n cidr_block = "0.0.0.0/0"\n transit_gateway_id = "tgw-0123"\n}', "transit gateway"),
        ('route {\n cidr_block = "0.0.0.0/0"\n network_interface_id = "eni-0123"\n}', "instance"),
        ('route {\n cidr_block = "0.0.0.0/0"\n vpc_peering_connection_id = "pcx-0123"\n}', "peering"),
        ('route {\n ipv6_cidr_block = "::/0"\n egress_only_gateway_id = "eigw-0123"\n}', "none"),
        # As a plan writes it: every argument is there, and what is not used is empty.
        (
            'route = [{\n cidr_block = "0.0.0.0/0", gateway_id = "", nat_gateway_id = "nat-1", instance_id = ""\n}]',
            "nat gateway",
        ),
    ],
)
def test_the_way_out_is_the_default_route(route: str, way: str):
    graph = graph_of(VPC + SUBNET + TABLE % route)
    assert egress_of(one(graph, "aws_subnet.a")).way == way


def test_a_subnet_without_association_uses_the_main_table():
    graph = graph_of(VPC + SUBNET)
    assert table_of(one(graph, "aws_subnet.a")).resource is None
    assert egress_of(one(graph, "aws_subnet.a")).way == "none"
    route = """
resource "aws_route" "out" {
  route_table_id         = aws_vpc.main.main_route_table_id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = "nat-0123"
}
"""
    assert egress_of(one(graph_of(VPC + SUBNET + route), "aws_subnet.a")).way == "nat gateway"
    managed = """
resource "aws_default_route_table" "main" {
  default_route_table_id = aws_vpc.main.default_route_table_id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = "igw-0123"
  }
}
"""
    assert egress_of(one(graph_of(VPC + SUBNET + managed), "aws_subnet.a")).way == "internet"


@pytest.mark.parametrize(
    "more",
    [
        'module "routes" {\n  source = "example/routes/aws"\n  subnet = aws_subnet.a.id\n}\n',
        'module "routes" {\n  source = "example/routes/aws"\n  vpc = aws_vpc.main.id\n}\n',
        'variable "s" {}\nresource "aws_route_table_association" "x" {\n subnet_id = var.s\n  route_table_id = "r"\n}',
        'resource "aws_route_table_association" "x" {\n  subnet_id = aws_subnet.a.id\n  route_table_id = "r"\n}\n',
        'variable "t" {}\nresource "aws_route" "x" {\n  route_table_id = var.t\n'
        '  destination_cidr_block = "0.0.0.0/0"\n}\n',
    ],
)
def test_routes_that_may_be_elsewhere_are_not_denied(more: str):
    graph = graph_of(VPC + SUBNET + more)
    with pytest.raises(Undecidable):
        egress_of(one(graph, "aws_subnet.a"))


def test_a_network_interface_without_public_address_goes_out_through_nat_alone():
    graph = graph_of(NETWORK)
    assert has_way_out(one(graph, "aws_subnet.private[0]"))
    assert not has_way_out(one(graph, "aws_subnet.public[0]"))


def test_an_endpoint_leads_where_its_routes_are():
    endpoint = """
resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.main.id
  service_name    = "com.amazonaws.${data.aws_region.here.name}.s3"
  route_table_ids = [%s]
}
data "aws_region" "here" {}
"""
    graph = graph_of(VPC + SUBNET + TABLE % "" + endpoint % "aws_route_table.a.id")
    assert reaches(one(graph, "aws_subnet.a"), "s3")
    assert not reaches(one(graph, "aws_subnet.a"), "dynamodb")
    assert not reaches(one(graph_of(VPC + SUBNET + TABLE % "" + endpoint % ""), "aws_subnet.a"), "s3")
    with pytest.raises(Undecidable):
        reaches(one(graph_of(VPC + SUBNET + TABLE % "" + endpoint % '"rtb-0123"'), "aws_subnet.a"), "s3")
