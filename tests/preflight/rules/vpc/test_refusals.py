"""Near misses of what AWS refuses of a network: other VPCs, endpoints, ports, peering, associations, ACLs."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

UNKNOWN = 'variable "unknown" {}\n'
VPC = 'provider "aws" {\nregion = "us-east-1"\n}\n' + block("aws_vpc", "v", 'cidr_block = "10.0.0.0/16"')
OTHER = block("aws_vpc", "o", 'cidr_block = "10.1.0.0/16"')
SUBNET = block("aws_subnet", "s", 'vpc_id = aws_vpc.v.id\ncidr_block = "10.0.0.0/24"')


def group(vpc: str, name: str = "g", more: str = "") -> str:
    return block("aws_security_group", name, f'name = "{name}"\n{f"vpc_id = {vpc}" if vpc else ""}\n{more}')


INSTANCE = block("aws_instance", "i", "subnet_id = aws_subnet.s.id\nvpc_security_group_ids = [aws_security_group.g.id]")
NETWORK = VPC + OTHER + SUBNET
ADMITS = 'ingress {\nfrom_port = 1\nto_port = 2\nprotocol = "tcp"\nsecurity_groups = [aws_security_group.g.id]\n}'
PEERING = block(
    "aws_vpc_peering_connection", "p", "vpc_id = aws_vpc.v.id\npeer_vpc_id = aws_vpc.o.id\nauto_accept = true"
)
OPAQUE = 'module "m" {\nsource = "example/m/aws"\n}\n'


def endpoint(service: str, *lines: str, name: str = "e") -> str:
    body = "\n".join(("vpc_id = aws_vpc.v.id", f"service_name = {service}", *lines))
    return block("aws_vpc_endpoint", name, body)


INTERFACE = 'vpc_endpoint_type = "Interface"'
PRIVATE = "private_dns_enabled = true"
SQS = '"com.amazonaws.us-east-1.sqs"'
S3 = '"com.amazonaws.us-east-1.s3"'
TABLE = block("aws_route_table", "t", "vpc_id = aws_vpc.v.id")
IN_TABLE = "route_table_ids = [aws_route_table.t.id]"


def rule(kind: str, *lines: str) -> str:
    return block(kind, "r", "\n".join(('security_group_id = "sg-1"', *lines)))


INGRESS = "aws_vpc_security_group_ingress_rule"


def transit(attachment: str = "", association: str = "", gateway: str = "") -> str:
    return (
        block("aws_ec2_transit_gateway", "g", gateway)
        + block(
            "aws_ec2_transit_gateway_vpc_attachment",
            "a",
            f"transit_gateway_id = aws_ec2_transit_gateway.g.id\n{attachment}",
        )
        + block(
            "aws_ec2_transit_gateway_route_table_association",
            "a",
            f"transit_gateway_attachment_id = aws_ec2_transit_gateway_vpc_attachment.a.id\n{association}",
        )
    )


ALLOW = 'rule_no = 1\nprotocol = "-1"\naction = "allow"\ncidr_block = "0.0.0.0/0"\nfrom_port = 0\nto_port = 0'


def acl(body: str) -> str:
    return block("aws_network_acl", "a", f'vpc_id = "vpc-1"\nsubnet_ids = ["subnet-1"]\n{body}')


CASES = [
    ("vpc-mismatch", NETWORK + group("aws_vpc.v.id") + INSTANCE, SILENT),
    ("vpc-mismatch", NETWORK + group("aws_vpc.o.id") + INSTANCE, FOUND),
    ("vpc-mismatch", NETWORK + group("") + INSTANCE, FOUND),
    ("vpc-mismatch", NETWORK + group("aws_subnet.s.vpc_id") + INSTANCE, SILENT),
    # An id may be that of the VPC that is made here; a variable, a condition or a data source may be anything.
    ("vpc-mismatch", NETWORK + group('"vpc-0123456789abcdef0"') + INSTANCE, SILENT),
    ("vpc-mismatch", UNKNOWN + NETWORK + group("var.unknown") + INSTANCE, SILENT),
    ("vpc-mismatch", UNKNOWN + NETWORK + group("var.unknown ? aws_vpc.o.id : aws_vpc.v.id") + INSTANCE, SILENT),
    ("vpc-mismatch", NETWORK + group("data.aws_vpc.d.id") + 'data "aws_vpc" "d" {\ndefault = true\n}\n' + INSTANCE, FOUND),  # noqa: E501
    ("vpc-mismatch", NETWORK + group("data.aws_vpc.d.id") + 'data "aws_vpc" "d" {\nid = aws_vpc.v.id\n}\n' + INSTANCE, SILENT),  # noqa: E501
    ("vpc-mismatch", NETWORK + group("aws_vpc.o.id", more="count = 0") + INSTANCE.replace("g.id", "g[0].id"), SILENT),
    ("vpc-mismatch", NETWORK + group("each.value", more="for_each = { a = aws_vpc.o.id }") + INSTANCE.replace("g.id", 'g["a"].id'), FOUND),  # noqa: E501
    # A group without vpc_id, in a subnet of which nothing is known, may well be in the same, default VPC.
    ("vpc-mismatch", group("") + INSTANCE.replace("aws_subnet.s.id", '"subnet-1"'), SILENT),
    ("vpc-mismatch", group("") + block("aws_default_subnet", "s", 'availability_zone = "us-east-1a"') + INSTANCE.replace("aws_subnet", "aws_default_subnet"), SILENT),  # noqa: E501
    ("vpc-mismatch", NETWORK + group("aws_vpc.v.id") + group("aws_vpc.o.id", "h", ADMITS), FOUND),
    ("vpc-mismatch", NETWORK + group("aws_vpc.v.id") + group("aws_vpc.o.id", "h", ADMITS) + PEERING, SILENT),
    ("vpc-mismatch", NETWORK + group("aws_vpc.v.id") + group("aws_vpc.o.id", "h", ADMITS) + OPAQUE, SILENT),
    ("vpce-service-type", VPC + endpoint(SQS), FOUND),
    ("vpce-service-type", VPC + endpoint('"com.amazonaws.${data.aws_region.r.name}.sqs"') + 'data "aws_region" "r" {}\n', FOUND),  # noqa: E501
    ("vpce-service-type", VPC + endpoint(S3), SILENT),
    ("vpce-service-type", VPC + endpoint('"com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0"', INTERFACE), SILENT),  # noqa: E501
    ("vpce-service-type", UNKNOWN + VPC + endpoint("var.unknown"), UNDECIDED),
    ("vpce-service-type", UNKNOWN + VPC + endpoint(SQS, "vpc_endpoint_type = var.unknown"), UNDECIDED),
    ("vpce-service-type", VPC + endpoint('"com.amazonaws.eu-west-1.sqs"', INTERFACE), FOUND),
    ("vpce-service-type", VPC + endpoint('"com.amazonaws.eu-west-1.sqs"', INTERFACE, 'service_region = "eu-west-1"'), SILENT),  # noqa: E501
    ("vpce-service-type", VPC + endpoint(SQS, INTERFACE, PRIVATE) + endpoint(SQS, INTERFACE, PRIVATE, name="f"), FOUND),
    ("vpce-service-type", VPC + endpoint(SQS, INTERFACE, PRIVATE) + endpoint(SQS, INTERFACE, name="f"), SILENT),
    ("vpce-service-type", VPC + OTHER + endpoint(SQS, INTERFACE, PRIVATE) + endpoint(SQS, INTERFACE, PRIVATE, name="f").replace("aws_vpc.v", "aws_vpc.o"), SILENT),  # noqa: E501
    ("vpce-service-type", VPC + TABLE + endpoint(S3, IN_TABLE) + endpoint(S3, IN_TABLE, name="f"), FOUND),
    ("vpce-service-type", VPC + TABLE + endpoint(S3, IN_TABLE) + endpoint(S3, name="f"), SILENT),
    ("vpce-service-type", VPC + endpoint(SQS, INTERFACE, "route_table_ids = []"), SILENT),
    ("sg-rule-ports", rule(INGRESS, 'ip_protocol = "-1"'), SILENT),
    ("sg-rule-ports", rule(INGRESS, 'ip_protocol = "icmp"', "from_port = 8", "to_port = 0"), SILENT),
    ("sg-rule-ports", rule(INGRESS, 'ip_protocol = "tcp"', "from_port = 8"), FOUND),
    ("sg-rule-ports", rule(INGRESS, 'ip_protocol = "TCP"', "from_port = 8", "to_port = 70000"), FOUND),
    ("sg-rule-ports", rule("aws_security_group_rule", 'protocol = "-1"', "from_port = 0", "to_port = 65535"), SILENT),
    ("sg-rule-ports", rule("aws_security_group_rule", 'protocol = "tcp"', "from_port = 9", "to_port = 8"), FOUND),
    ("sg-rule-ports", UNKNOWN + rule("aws_security_group_rule", 'protocol = "tcp"', "from_port = var.unknown", "to_port = 8"), UNDECIDED),  # noqa: E501
    ("peering-refused", VPC + OTHER + PEERING, SILENT),
    ("peering-refused", VPC + OTHER.replace("10.1.", "10.0.") + PEERING, FOUND),
    ("peering-refused", UNKNOWN + VPC + OTHER.replace('"10.1.0.0/16"', "var.unknown") + PEERING, UNDECIDED),
    ("peering-refused", VPC + OTHER + PEERING.replace("auto_accept = true", 'auto_accept = false\npeer_region = "eu-west-1"'), SILENT),  # noqa: E501
    ("peering-refused", VPC + OTHER + PEERING.replace("auto_accept = true", "accepter {\nallow_remote_vpc_dns_resolution = true\n}"), FOUND),  # noqa: E501
    ("tgw-already-associated", transit(), FOUND),
    ("tgw-already-associated", transit(gateway='default_route_table_association = "disable"'), SILENT),
    ("tgw-already-associated", transit("transit_gateway_default_route_table_association = false"), SILENT),
    ("tgw-already-associated", transit(association="replace_existing_association = true"), SILENT),
    ("tgw-already-associated", UNKNOWN + transit("transit_gateway_default_route_table_association = var.unknown"), UNDECIDED),  # noqa: E501
    ("tgw-already-associated", transit().replace("aws_ec2_transit_gateway.g.id", '"tgw-1"'), SILENT),
    ("nacl-one-way", acl(f"ingress {{\n{ALLOW}\n}}"), FOUND),
    ("nacl-one-way", acl(f"ingress {{\n{ALLOW}\n}}\negress {{\n{ALLOW}\n}}"), SILENT),
    ("nacl-one-way", acl(""), SILENT),
    ("nacl-one-way", acl(f"ingress {{\n{ALLOW}\n}}") + block("aws_network_acl_rule", "r", "network_acl_id = aws_network_acl.a.id\negress = true\nrule_action = \"allow\""), SILENT),  # noqa: E501
    ("nacl-one-way", UNKNOWN + acl(f"ingress {{\n{ALLOW}\n}}") + block("aws_network_acl_rule", "r", "network_acl_id = var.unknown\negress = true\nrule_action = \"allow\""), UNDECIDED),  # noqa: E501
    ("nacl-one-way", acl(f"ingress {{\n{ALLOW}\n}}") + 'output "acl" {\nvalue = aws_network_acl.a.id\n}\n', UNDECIDED),
    ("nacl-one-way", UNKNOWN + acl(f"ingress {{\n{ALLOW}\n}}\ndynamic \"egress\" {{\nfor_each = var.unknown\ncontent {{\n{ALLOW}\n}}\n}}"), UNDECIDED),  # noqa: E501
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "expected"), CASES, ids=[f"{case[0]}-{at}" for at, case in enumerate(CASES)])
def test_near_misses(name: str, text: str, expected: str):
    assert verdict(name, text) == expected


ROUTE = "route_table_id = aws_route_table.t.id\n"
TO_HUB = 'transit_gateway_id = "tgw-1"'
IN_ZONE = 'availability_zone = "us-east-1a"'


def in_zone(name: str, cidr: str, zone: str) -> str:
    return block("aws_subnet", name, f'vpc_id = aws_vpc.v.id\ncidr_block = "{cidr}"\n{zone}')


def hub(*subnets: str) -> str:
    return block("aws_ec2_transit_gateway_vpc_attachment", "a", f"vpc_id = aws_vpc.v.id\nsubnet_ids = [{', '.join(subnets)}]")  # noqa: E501  # fmt: skip


TWO = VPC + in_zone("a", "10.0.1.0/24", IN_ZONE)


def numbered(name: str, number: str, more: str = "", acl_id: str = '"acl-1"') -> str:
    return block("aws_network_acl_rule", name, f"network_acl_id = {acl_id}\nrule_number = {number}\n{more}")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("route-inside-vpc", VPC + TABLE + block("aws_route", "r", f'{ROUTE}destination_cidr_block = "10.0.5.0/24"\n{TO_HUB}'), FOUND),  # noqa: E501
        ("route-inside-vpc", VPC + TABLE + block("aws_route", "r", f'{ROUTE}destination_cidr_block = "10.0.0.0/8"\n{TO_HUB}'), SILENT),  # noqa: E501
        ("route-inside-vpc", VPC + TABLE + block("aws_route", "r", f'{ROUTE}destination_cidr_block = "10.0.5.0/24"\nnat_gateway_id = "nat-1"'), SILENT),  # noqa: E501
        ("route-inside-vpc", VPC + TABLE + block("aws_route", "r", f"{ROUTE}destination_cidr_block = aws_vpc.v.cidr_block\nvpc_peering_connection_id = \"pcx-1\""), FOUND),  # noqa: E501
        ("route-inside-vpc", UNKNOWN + VPC + TABLE + block("aws_route", "r", f"{ROUTE}destination_cidr_block = var.unknown\n{TO_HUB}"), SILENT),  # noqa: E501
        ("route-inside-vpc", VPC + block("aws_route", "r", f'route_table_id = "rtb-1"\ndestination_cidr_block = "10.0.5.0/24"\n{TO_HUB}'), SILENT),  # noqa: E501
        ("route-inside-vpc", VPC + block("aws_route_table", "t", f'vpc_id = aws_vpc.v.id\nroute {{\ncidr_block = "10.0.5.0/24"\n{TO_HUB}\n}}'), FOUND),  # noqa: E501
        ("subnets-same-zone", TWO + in_zone("b", "10.0.2.0/24", IN_ZONE) + hub("aws_subnet.a.id", "aws_subnet.b.id"), FOUND),  # noqa: E501
        ("subnets-same-zone", TWO + in_zone("b", "10.0.2.0/24", "") + hub("aws_subnet.a.id", "aws_subnet.b.id"), SILENT),  # noqa: E501
        ("subnets-same-zone", TWO + hub("aws_subnet.a.id", "aws_subnet.a.id"), SILENT),
        ("subnets-same-zone", TWO + hub("aws_subnet.a.id", '"subnet-1"'), UNDECIDED),
        ("nacl-rule-duplicate", numbered("a", "100") + numbered("b", '"100"'), FOUND),
        ("nacl-rule-duplicate", numbered("a", "100") + numbered("b", "100", "egress = true"), SILENT),
        ("nacl-rule-duplicate", numbered("a", "100") + numbered("b", "100", acl_id='"acl-2"'), SILENT),
        ("nacl-rule-duplicate", UNKNOWN + numbered("a", "100") + numbered("b", "100", acl_id="var.unknown"), SILENT),
        ("nacl-rule-duplicate", UNKNOWN + numbered("a", "100", "egress = var.unknown") + numbered("b", "100"), SILENT),
        ("nacl-rule-duplicate", numbered("a", "100 + count.index", "count = 2"), SILENT),
        ("nacl-rule-duplicate", numbered("a", "100", "count = 2"), FOUND),
    ],
)  # fmt: skip
def test_routes_zones_and_numbers(name: str, text: str, expected: str):
    assert verdict(name, text) == expected
