"""Routes that are not for everything: what they lead to is neither the internet nor nothing."""

from __future__ import annotations

import pytest

from tercet.preflight.check import Options
from tercet.preflight.graph import Undecidable
from tercet.preflight.network import egress_of, has_way_out, reaches
from tests.preflight.checking import check_hcl
from tests.preflight.network.reading import graph_of, one

VPC = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_subnet" "a" {
  vpc_id                  = aws_vpc.main.id
  cidr_block              = "10.0.1.0/24"
  map_public_ip_on_launch = true
}

resource "aws_route_table_association" "a" {
  subnet_id      = aws_subnet.a.id
  route_table_id = aws_route_table.a.id
}

resource "aws_route_table" "a" {
  vpc_id = aws_vpc.main.id
%s
}
"""
PARTNER = 'route {\n cidr_block = "91.189.0.0/24"\n gateway_id = aws_internet_gateway.main.id\n}\n'
HALVES = "".join(
    f'route {{\n cidr_block = "{half}"\n gateway_id = aws_internet_gateway.main.id\n}}\n'
    for half in ("0.0.0.0/1", "128.0.0.0/1")
)
LISTED = 'route {\n destination_prefix_list_id = "pl-0123"\n gateway_id = aws_internet_gateway.main.id\n}\n'
OFFICE = 'route {\n cidr_block = "10.0.0.0/8"\n transit_gateway_id = "tgw-0123"\n}\n'
BACKHAUL = 'route {\n cidr_block = "0.0.0.0/0"\n gateway_id = "vgw-0123"\n}\n'
NAT = """
resource "aws_eip" "nat" {
  domain = "vpc"
}

resource "aws_nat_gateway" "main" {
  subnet_id     = aws_subnet.a.id
  allocation_id = aws_eip.nat.id
  depends_on    = [aws_internet_gateway.main]
}
"""


@pytest.mark.parametrize("routes", [PARTNER, HALVES, LISTED])
def test_a_way_to_a_part_of_the_internet(routes: str):
    subnet = one(graph_of(VPC % routes), "aws_subnet.a")
    with pytest.raises(Undecidable, match="part of the internet"):
        egress_of(subnet)
    options = Options(select=("nat-in-private-subnet", "subnet-without-route"))
    assert check_hcl(VPC % routes + NAT, options=options).findings == ()


def test_a_way_to_private_networks_is_none_to_the_internet():
    assert egress_of(one(graph_of(VPC % OFFICE), "aws_subnet.a")).way == "none"


def test_endpoints_may_be_in_the_network_that_a_route_leads_to():
    with pytest.raises(Undecidable, match="transit gateway"):
        reaches(one(graph_of(VPC % OFFICE), "aws_subnet.a"), "sqs")
    assert not reaches(one(graph_of(VPC % ""), "aws_subnet.a"), "sqs")


def test_a_default_route_into_a_private_network_may_go_on_from_there():
    assert has_way_out(one(graph_of(VPC % BACKHAUL), "aws_subnet.a"))
