"""When the loss of a zone is a finding, and whose."""

from __future__ import annotations

import pytest

from tercet.preflight.intent import Intent
from tests.preflight.checking import check_hcl, found
from tests.preflight.network.reading import NETWORK

DATABASE = 'resource "aws_db_instance" "d" {\n}\n'
FUNCTION = 'resource "aws_lambda_function" "f" {\n  vpc_config {\n    subnet_ids = %s\n  }\n}\n'
SPREAD = FUNCTION % "aws_subnet.private[*].id"
ONE_SUBNET = 'resource "aws_subnet" "a" {\n  availability_zone = "us-east-1a"\n}\n'


def lost(text: str, intent: Intent | None = None) -> list[str]:
    return [finding.address for finding in found(check_hcl(text, intent), "zone-loss")]


def test_a_lone_database_beside_functions_in_three_zones_is_a_finding():
    assert lost(NETWORK + SPREAD + DATABASE) == ["aws_db_instance.d"]


def test_where_nothing_aims_at_several_zones_nothing_is_demanded():
    assert lost(ONE_SUBNET + DATABASE) == []
    assert lost(ONE_SUBNET + DATABASE, Intent(multi_az=True)) == ["aws_db_instance.d"]
    assert lost(ONE_SUBNET + DATABASE, Intent(az_count=2)) == ["aws_db_instance.d"]


@pytest.mark.parametrize("intent", [Intent(multi_az=False), Intent(az_count=1)])
def test_whoever_states_one_zone_is_asked_for_no_other(intent: Intent):
    assert lost(NETWORK + SPREAD + DATABASE, intent) == []


def test_a_load_balancer_alone_is_no_aim():
    balancer = 'resource "aws_lb" "b" {\n  subnets = ["subnet-1", "subnet-2"]\n}\n'
    assert lost(ONE_SUBNET + balancer + DATABASE) == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (NETWORK + FUNCTION % "[aws_subnet.private[0].id]", "lambda-vpc-single-az"),
        (NETWORK.replace("main[count.index].id", "main[0].id"), "single-nat-multi-az"),
        (
            NETWORK + SPREAD + 'resource "aws_vpc_endpoint" "e" {\n  vpc_id = aws_vpc.main.id\n'
            '  vpc_endpoint_type = "Interface"\n  service_name = "com.amazonaws.us-east-1.sqs"\n'
            "  subnet_ids = [aws_subnet.private[0].id]\n}\n",
            "vpce-single-az",
        ),
        (
            NETWORK + SPREAD + 'resource "aws_db_subnet_group" "g" {\n  subnet_ids = aws_subnet.private[*].id\n}\n'
            'resource "aws_rds_cluster" "c" {\n  engine = "aurora-mysql"\n'
            "  db_subnet_group_name = aws_db_subnet_group.g.name\n}\n"
            'resource "aws_rds_cluster_instance" "i" {\n  cluster_identifier = aws_rds_cluster.c.id\n}\n',
            "aurora-single-instance-ha",
        ),
    ],
)
def test_one_loss_is_one_finding(text: str, rule: str):
    report = check_hcl(text, Intent(multi_az=True))
    assert len(found(report, rule)) == 1
    assert found(report, "zone-loss") == []


def test_the_number_of_zones_is_compared_with_the_intent():
    assert found(check_hcl(NETWORK, Intent(az_count=3)), "az-count") == []
    (finding,) = found(check_hcl(NETWORK, Intent(az_count=2)), "az-count")
    assert finding.address == "aws_vpc.main"
    assert "in 3 zones" in finding.message
    unsure = check_hcl(
        'resource "aws_vpc" "v" {\n}\nresource "aws_subnet" "a" {\n  count = 3\n  vpc_id = aws_vpc.v.id\n}\n',
        Intent(az_count=3),
    )
    assert found(unsure, "az-count") == []
    assert [one.address for one in unsure.undecided if one.rule == "az-count"] == ["aws_vpc.v"]
