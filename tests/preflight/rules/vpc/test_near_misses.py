"""Where the rules of networks speak, where they say that they cannot know, and where they keep silent."""

from __future__ import annotations

import pytest

from tercet.preflight import registry
from tercet.preflight.check import Options
from tercet.preflight.findings import Report
from tercet.preflight.intent import Intent
from tests.preflight.checking import check_hcl, found
from tests.preflight.network.reading import NETWORK

FOUND, SILENT, UNDECIDED = "found", "silent", "undecided"

VPC = 'provider "aws" {\n  region = "us-east-1"\n}\nresource "aws_vpc" "main" {\n  cidr_block = "10.0.0.0/16"\n}\n'


def subnet(name: str, cidr: str = "10.0.1.0/24", zone: str = "us-east-1a", more: str = "") -> str:
    return (
        f'resource "aws_subnet" "{name}" {{\n  vpc_id = aws_vpc.main.id\n  cidr_block = "{cidr}"\n'
        f'  availability_zone = "{zone}"\n  {more}\n}}\n'
    )


def function(subnets: str, more: str = "") -> str:
    return f"""
resource "aws_lambda_function" "api" {{
  function_name = "api"
  role          = aws_iam_role.api.arn
  vpc_config {{
    subnet_ids         = {subnets}
    security_group_ids = ["sg-0123"]
  }}
  {more}
}}
resource "aws_iam_role" "api" {{
  name = "api"
}}
"""


OPAQUE = 'module "other" {\n  source = "example/other/aws"\n  %s\n}\n'
TABLE = 'resource "aws_dynamodb_table" "t" {\n  name = "t"\n}\n'
ASKS = "environment {\n    variables = {\n      T = aws_dynamodb_table.t.name\n    }\n  }"
A, B = subnet("a"), subnet("b", "10.0.2.0/24", "us-east-1b")

RULES = """
resource "aws_security_group" "g" {
  name = "g"
}
resource "aws_security_group_rule" "one" {
  type              = "ingress"
  security_group_id = aws_security_group.g.id
  cidr_blocks       = ["10.0.0.0/8", "172.16.0.0/12"]
  from_port         = 443
  to_port           = 443
  protocol          = "tcp"
}
resource "aws_security_group_rule" "two" {
  type              = "ingress"
  security_group_id = aws_security_group.g.id
  cidr_blocks       = [%s]
  from_port         = 443
  to_port           = %s
  protocol          = "TCP"
}
"""

CASES = [
    # A second range admits subnets of its own; ranges that a module may add do too.
    (
        "subnet-outside-vpc",
        VPC + subnet("a", "100.64.0.0/24") + 'resource "aws_vpc_ipv4_cidr_block_association" "x" {\n'
        '  vpc_id = aws_vpc.main.id\n  cidr_block = "100.64.0.0/16"\n}\n',
        SILENT,
    ),
    ("subnet-outside-vpc", VPC + subnet("a", "10.1.0.0/24") + OPAQUE % "vpc = aws_vpc.main.id", UNDECIDED),
    ("subnet-outside-vpc", VPC.replace('"10.0.0.0/16"', "var.c") + 'variable "c" {}\n' + subnet("a"), UNDECIDED),
    ("subnet-outside-vpc", VPC + subnet("a").replace("aws_vpc.main.id", '"vpc-0123"'), SILENT),
    # The same range in two VPCs is no overlap; in the instances of one block it is.
    ("subnet-overlap", VPC + A + subnet("b").replace("aws_vpc.main.id", '"vpc-0123"'), SILENT),
    ("subnet-overlap", VPC + subnet("a", more="count = 2"), FOUND),
    ("subnet-overlap", VPC + 'variable "n" {}\n' + subnet("a", more="count = var.n"), SILENT),
    ("subnet-size", VPC + subnet("a", "10.0.0.0/28"), SILENT),
    ("subnet-size", VPC.replace("/16", "/8") + subnet("a"), FOUND),
    ("subnet-az-region", VPC + subnet("a", zone="us-east-1-bos-1a"), SILENT),
    ("subnet-az-region", VPC.replace('region = "us-east-1"', "") + A, UNDECIDED),
    ("subnet-az-region", VPC + subnet("a", zone="us-east-1"), FOUND),
    ("subnet-az-region", VPC + subnet("a", zone="us-east-1g"), FOUND),
    ("subnet-az-region", VPC + subnet("a", zone="us-east-1f"), SILENT),
    ("subnet-az-region", VPC + subnet("a", zone="", more='availability_zone_id = "usw2-az1"'), FOUND),
    ("subnet-az-region", VPC + subnet("a", zone="", more='availability_zone_id = "use1-az6"'), SILENT),
    (
        "subnet-az-region",
        VPC.replace("us-east-1", "ap-southeast-2") + subnet("a", zone="", more='availability_zone_id = "apse2-az1"'),
        SILENT,
    ),
    (
        "subnet-az-region",
        VPC + 'provider "aws" {\n  alias = "west"\n  region = "us-west-2"\n}\ndata "aws_availability_zones" "up" {\n'
        "  provider = aws.west\n}\n" + subnet("a").replace('"us-east-1a"', "data.aws_availability_zones.up.names[0]"),
        FOUND,
    ),
    ("lambda-vpc-single-az", VPC + A + function("[aws_subnet.a.id]"), FOUND),
    ("lambda-vpc-single-az", VPC + A + B + function("[aws_subnet.a.id, aws_subnet.b.id]"), SILENT),
    ("lambda-vpc-single-az", VPC + A + function('[aws_subnet.a.id, "subnet-0123"]'), UNDECIDED),
    ("lambda-vpc-single-az", function("module.vpc.private_subnets") + OPAQUE.replace("other", "vpc") % "", UNDECIDED),
    # Two subnets whose zones AWS chooses may be in one zone or in two.
    (
        "lambda-vpc-single-az",
        VPC + (A + B).replace("availability_zone", "#") + function("[aws_subnet.a.id, aws_subnet.b.id]"),
        SILENT,
    ),
    ("single-nat-multi-az", NETWORK, SILENT),
    (
        "single-nat-multi-az",
        NETWORK.replace("aws_nat_gateway.main[count.index].id", "aws_nat_gateway.main[0].id"),
        FOUND,
    ),
    (
        "single-nat-multi-az",
        NETWORK.replace("aws_nat_gateway.main[count.index].id", "aws_nat_gateway.main[0].id").replace(
            "allocation_id = aws_eip.nat[count.index].id", 'availability_mode = "regional"'
        ),
        SILENT,
    ),
    (
        "single-nat-multi-az",
        NETWORK.replace(
            "nat_gateway_id = aws_nat_gateway.main[count.index].id",
            "network_interface_id = aws_instance.nat.primary_network_interface_id",
        )
        + 'resource "aws_instance" "nat" {\n  subnet_id = aws_subnet.public[0].id\n}\n',
        FOUND,
    ),
    ("nat-in-private-subnet", NETWORK, SILENT),
    ("nat-in-private-subnet", NETWORK.replace("aws_subnet.public[*].id", "aws_subnet.private[*].id"), FOUND),
    (
        "nat-in-private-subnet",
        VPC
        + A
        + 'resource "aws_nat_gateway" "x" {\n  subnet_id = aws_subnet.a.id\n  connectivity_type = "private"\n}\n',
        SILENT,
    ),
    ("private-subnet-no-egress", VPC + A + TABLE + function("[aws_subnet.a.id]", ASKS), FOUND),
    # A function that asks nothing that is seen may need no way out.
    ("private-subnet-no-egress", VPC + A + TABLE + function("[aws_subnet.a.id]"), SILENT),
    (
        "private-subnet-no-egress",
        VPC + A + TABLE + function("[aws_subnet.a.id]", ASKS) + OPAQUE % "v = aws_vpc.main.id",
        UNDECIDED,
    ),
    ("private-subnet-no-egress", NETWORK + TABLE + function("aws_subnet.private[*].id", ASKS), SILENT),
    # In a public subnet a function has no public address all the same.
    ("private-subnet-no-egress", NETWORK + TABLE + function("aws_subnet.public[*].id", ASKS), FOUND),
    # An event source is read by Lambda, not by the function.
    (
        "private-subnet-no-egress",
        VPC + A + 'resource "aws_sqs_queue" "q" {\n  name = "q"\n}\nresource "aws_lambda_event_source_mapping" "m" {\n'
        "  event_source_arn = aws_sqs_queue.q.arn\n  function_name = aws_lambda_function.api.arn\n}\n"
        'resource "aws_iam_role_policy" "p" {\n  role = aws_iam_role.api.id\n  policy = jsonencode({ Statement = [{\n'
        '    Effect = "Allow", Action = "sqs:ReceiveMessage", Resource = aws_sqs_queue.q.arn }] })\n}\n'
        + function("[aws_subnet.a.id]"),
        SILENT,
    ),
    ("subnet-without-route", VPC + A, SILENT),
    ("subnet-without-route", VPC + subnet("a", more="map_public_ip_on_launch = true"), FOUND),
    ("subnet-without-route", NETWORK, SILENT),
    (
        "subnet-without-route",
        VPC + 'resource "aws_route_table" "t" {\n  vpc_id = aws_vpc.main.id\n  route {\n    cidr_block = "0.0.0.0/0"\n'
        '    gateway_id = "igw-0123"\n  }\n}\noutput "table" {\n  value = aws_route_table.t.id\n}\n',
        UNDECIDED,
    ),
    ("igw-order", NETWORK, SILENT),
    (
        "igw-order",
        NETWORK.replace("depends_on", "# depends_on"),
        FOUND,
    ),
    ("sg-name-prefix", 'variable "n" {}\nresource "aws_security_group" "g" {\n  name = "sg-${var.n}"\n}\n', FOUND),
    ("sg-name-prefix", 'variable "n" {}\nresource "aws_security_group" "g" {\n  name = "${var.n}-sg"\n}\n', SILENT),
    ("sg-name-prefix", 'resource "aws_security_group" "g" {\n  name = "sgx"\n}\n', SILENT),
    ("sg-description-charset", 'resource "aws_security_group" "g" {\n  description = "a → b"\n}\n', FOUND),
    ("sg-description-charset", 'resource "aws_security_group" "g" {\n  description = ""\n}\n', FOUND),
    ("sg-description-charset", 'resource "aws_security_group" "g" {\n  description = null\n}\n', SILENT),
    ("sg-description-charset", 'resource "aws_security_group_rule" "g" {\n  description = ""\n}\n', SILENT),
    (
        "sg-description-charset",
        'resource "aws_default_security_group" "g" {\n  egress {\n    description = "Bob\'s"\n    from_port = 0\n'
        '    to_port = 0\n    protocol = "-1"\n  }\n}\n',
        FOUND,
    ),
    (
        "sg-description-charset",
        'resource "aws_security_group" "g" {\n  ingress {\n    description = "Bob\'s"\n    from_port = 1\n'
        '    to_port = 1\n    protocol = "tcp"\n  }\n}\n',
        FOUND,
    ),
    (
        "sg-description-charset",
        'resource "aws_security_group" "g" {\n  description = "A-Z (a), #1; {b} $*!"\n}\n',
        SILENT,
    ),
    ("lb-subnets-one-zone", VPC + A + 'resource "aws_lb" "x" {\n  subnets = [aws_subnet.a.id]\n}\n', FOUND),
    (
        "lb-subnets-one-zone",
        VPC + A + 'resource "aws_lb" "x" {\n  load_balancer_type = "network"\n  subnets = [aws_subnet.a.id]\n}\n',
        SILENT,
    ),
    (
        "lb-subnets-one-zone",
        VPC
        + A
        + B
        + subnet("c", "10.0.3.0/24")
        + 'resource "aws_lb" "x" {\n  subnets = [aws_subnet.a.id, aws_subnet.b.id, aws_subnet.c.id]\n}\n',
        FOUND,
    ),
    (
        "rds-subnet-group-one-az",
        VPC + A + 'resource "aws_db_subnet_group" "x" {\n  subnet_ids = [aws_subnet.a.id, var.b]\n}\nvariable "b" {}\n',
        UNDECIDED,
    ),
    (
        "dependency-cycle",
        'resource "aws_sqs_queue" "a" {\n  name = "a"\n  depends_on = [aws_sqs_queue.b]\n}\n'
        'resource "aws_sqs_queue" "b" {\n  name = "${aws_sqs_queue.c.name}-b"\n}\n'
        'resource "aws_sqs_queue" "c" {\n  name = aws_sqs_queue.a.name\n}\n',
        FOUND,
    ),
    ("dependency-cycle", NETWORK, SILENT),
    ("route-duplicate", NETWORK, SILENT),
    (
        "route-duplicate",
        NETWORK + 'resource "aws_route_table_association" "again" {\n  subnet_id = aws_subnet.private[0].id\n'
        "  route_table_id = aws_route_table.public.id\n}\n",
        FOUND,
    ),
    (
        "route-duplicate",
        NETWORK + 'resource "aws_route" "again" {\n  route_table_id = aws_route_table.private[0].id\n'
        '  destination_cidr_block = "0.0.0.0/0"\n  gateway_id = "igw-0123"\n}\n',
        FOUND,
    ),
    ("route-inline-and-separate", NETWORK, SILENT),
    ("nat-without-route", NETWORK, SILENT),
    ("nat-without-route", NETWORK.replace("nat_gateway_id = aws", "gateway_id = aws"), SILENT),
    ("nat-without-route", NETWORK.replace("nat_gateway_id =", 'gateway_id = "igw-1" #'), FOUND),
    ("nat-without-route", NETWORK.replace("nat_gateway_id =", 'gateway_id = "igw-1" #') + OPAQUE % "", UNDECIDED),
    (
        "nat-without-route",
        NETWORK.replace("nat_gateway_id =", 'gateway_id = "igw-1" #')
        + 'output "nat" {\n  value = aws_nat_gateway.main[*].id\n}\n',
        UNDECIDED,
    ),
    # Rules for several peers that share one are the same in part; other ports are another rule.
    ("sg-rule-duplicate", RULES % ('"10.0.0.0/8"', "443"), FOUND),
    ("sg-rule-duplicate", RULES % ('"10.0.0.0/8"', "444"), SILENT),
    ("sg-rule-duplicate", RULES % ('"10.0.0.0/9"', "443"), SILENT),
    ("zone-outside-region", VPC + 'resource "aws_ebs_volume" "v" {\n  availability_zone = "us-east-1f"\n}\n', SILENT),
    ("zone-outside-region", VPC + 'resource "aws_ebs_volume" "v" {\n  availability_zone = "us-east-1"\n}\n', FOUND),
]


@pytest.mark.parametrize(
    ("rule", "text", "expected"), CASES, ids=[f"{index}-{case[0]}" for index, case in enumerate(CASES)]
)
def test_a_case(rule: str, text: str, expected: str):
    report = check_hcl(text, options=Options(select=(rule,)))
    assert _verdict(report, rule) == expected, (report.findings, report.undecided)


def test_whoever_states_one_zone_is_asked_for_no_other():
    text = VPC + A + function("[aws_subnet.a.id]")
    for intent in (Intent(multi_az=False), Intent(az_count=1)):
        assert not found(check_hcl(text, intent), "lambda-vpc-single-az")
    assert found(check_hcl(text, Intent(az_count=3)), "lambda-vpc-single-az")


def test_a_network_as_it_should_be_has_no_finding():
    report = check_hcl(NETWORK, options=Options(select=_own_rules()))
    assert report.findings == ()
    assert report.undecided == ()


def _own_rules() -> tuple[str, ...]:
    return tuple(name for name, rule in registry.all_rules().items() if ".vpc." in getattr(rule.run, "__module__", ""))


def _verdict(report: Report, rule: str) -> str:
    if found(report, rule):
        return FOUND
    return UNDECIDED if any(one.rule == rule for one in report.undecided) else SILENT
