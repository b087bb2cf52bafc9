"""Regions: only where they are stated, and everything that names one."""

from __future__ import annotations

import pytest

from tercet.preflight.intent import Intent
from tests.preflight.checking import check_hcl, check_json, found

ONE = Intent(regions=("us-east-1",))
PROVIDER = 'provider "aws" {\n  region = "us-east-1"\n}\n'
WEST = 'provider "aws" {\n  alias  = "west"\n  region = "us-west-2"\n}\n'


def where(text: str, intent: Intent = ONE) -> list[str]:
    return [one.address for one in found(check_hcl(text, intent), "region-requirement")]


def test_nothing_is_demanded_where_nothing_is_stated():
    assert where(PROVIDER + WEST, Intent()) == []


def test_every_provider_is_named_with_what_it_makes():
    queue = 'resource "aws_sqs_queue" "q" {\n  provider = aws.west\n  name = "q"\n}\n'
    (finding,) = found(check_hcl(PROVIDER + WEST + queue, ONE), "region-requirement")
    assert finding.address == "provider.aws.west"
    assert "aws_sqs_queue.q" in finding.message


def test_a_provider_through_a_variable_is_found():
    west = 'variable "second" {\n  default = "us-west-2"\n}\n' + WEST.replace('"us-west-2"', "var.second")
    assert where(PROVIDER + west) == ["provider.aws.west"]


def test_a_region_that_is_not_known_is_undecided():
    west = 'variable "second" {\n  type = string\n}\n' + WEST.replace('"us-west-2"', "var.second")
    report = check_hcl(PROVIDER + west, ONE)
    assert not found(report, "region-requirement")
    assert "region-requirement" in {one.rule for one in report.undecided}


@pytest.mark.parametrize(
    "resource",
    [
        """resource "aws_subnet" "x" {
  vpc_id = "vpc-1"
  cidr_block = "10.0.0.0/24"
  availability_zone = "us-west-2a"
}
""",
        """resource "aws_rds_cluster" "x" {
  engine = "aurora-mysql"
  availability_zones = ["us-east-1a", "us-west-2b"]
}
""",
        """resource "aws_dynamodb_table" "x" {
  name = "t"
  hash_key = "k"
  replica {
    region_name = "us-west-2"
  }
}
""",
        """resource "aws_secretsmanager_secret" "x" {
  name = "s"
  replica {
    region = "us-west-2"
  }
}
""",
        """resource "aws_sqs_queue" "x" {
  name = "q"
  region = "us-west-2"
}
""",
        """resource "aws_rds_global_cluster" "x" {
  global_cluster_identifier = "g"
}
""",
        """resource "aws_vpc_peering_connection" "x" {
  vpc_id = "vpc-1"
  peer_vpc_id = "vpc-2"
  peer_region = "us-west-2"
}
""",
        """resource "aws_backup_plan" "x" {
  name = "p"
  rule {
    rule_name = "daily"
    target_vault_name = "v"
    copy_action {
      destination_vault_arn = "arn:aws:backup:us-west-2:123456789012:backup-vault:v"
    }
  }
}
""",
        """resource "aws_cloudwatch_dashboard" "x" {
  dashboard_name = "d"
  dashboard_body = jsonencode({ widgets = [{ type = "metric", properties = { region = "us-west-2" } }] })
}
""",
    ],
)
def test_every_way_to_be_elsewhere_is_found(resource: str):
    addresses = where(PROVIDER + resource)
    assert len(addresses) == 1
    assert addresses[0].endswith(".x")


@pytest.mark.parametrize(
    "resource",
    [
        """resource "aws_sqs_queue" "x" {
  name = "q"
  tags = {
    region = "us-west-2"
  }
}
""",
        """resource "aws_subnet" "x" {
  vpc_id = "vpc-1"
  cidr_block = "10.0.0.0/24"
  availability_zone = "us-east-1c"
}
""",
        """resource "aws_lambda_function" "x" {
  function_name = "f"
  role = "r"
  environment {
    variables = {
      region = "us-west-2"
    }
  }
}
""",
    ],
)
def test_what_is_no_place_passes(resource: str):
    assert where(PROVIDER + resource) == []


def test_the_edge_may_be_in_us_east_1():
    ireland = Intent(regions=("eu-west-1",))
    text = (
        'provider "aws" {\n  region = "eu-west-1"\n}\nprovider "aws" {\n  alias = "edge"\n  region = "us-east-1"\n}\n'
    )
    certificate = """
resource "aws_acm_certificate" "c" {
  provider          = aws.edge
  domain_name       = "pay.acme-pay.com"
  validation_method = "DNS"
}
"""
    queue = 'resource "aws_sqs_queue" "q" {\n  provider = aws.edge\n  name = "q"\n}\n'
    assert where(text + certificate, ireland) == []
    assert where(text + certificate + queue, ireland) == ["provider.aws.edge"]
    assert where(text, ireland) == ["provider.aws.edge"]


def test_a_region_among_the_stated_passes():
    assert where(PROVIDER + WEST, Intent(regions=("us-east-1", "us-west-2"))) == []


def test_the_state_is_somewhere_too():
    text = (
        'terraform {\n  backend "s3" {\n    bucket = "b"\n    key = "k"\n    region = "us-west-2"\n  }\n}\n' + PROVIDER
    )
    assert where(text) == ["terraform.backend.s3"]


def test_a_plan_says_the_same():
    plan = {
        "format_version": "1.2",
        "planned_values": {"root_module": {}},
        "configuration": {
            "provider_config": {
                "aws": {"name": "aws", "expressions": {"region": {"constant_value": "us-east-1"}}},
                "aws.west": {
                    "name": "aws",
                    "alias": "west",
                    "expressions": {"region": {"constant_value": "us-west-2"}},
                },
            },
            "root_module": {},
        },
    }
    assert [one.address for one in found(check_json(plan, ONE), "region-requirement")] == ["provider.aws.west"]
