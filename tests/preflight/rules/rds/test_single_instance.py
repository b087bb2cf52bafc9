"""When a single database instance is a finding."""

from __future__ import annotations

import pytest

from tercet.preflight.intent import Intent
from tests.preflight.checking import check_hcl, found

RULE = "aurora-single-instance-ha"


def configuration(*lines: str, instances: str = "", more: str = "") -> str:
    inside = "\n".join(f"  {line}" for line in lines)
    return f"""
resource "aws_rds_cluster" "db" {{
  engine              = "aurora-mysql"
  skip_final_snapshot = true
{inside}
}}
resource "aws_rds_cluster_instance" "db" {{
  cluster_identifier = aws_rds_cluster.db.id
  engine             = "aurora-mysql"
  instance_class     = "db.r6g.large"
{instances}
}}
{more}
"""


GROUP = 'resource "aws_db_subnet_group" "db" {\n  subnet_ids = ["subnet-1", "subnet-2"]\n}\n'
ZONES = 'data "aws_availability_zones" "up" {}\n'


@pytest.mark.parametrize(
    "text",
    [
        configuration("deletion_protection = true"),
        configuration('tags = { Environment = "Production" }'),
        configuration('cluster_identifier = "payments-prod"'),
        configuration('availability_zones = ["us-east-1a", "us-east-1b"]'),
        configuration("db_subnet_group_name = aws_db_subnet_group.db.name", more=GROUP),
        configuration(instances="  count = 1"),
        configuration(instances='  for_each = toset(["one"])'),
        configuration(instances='  count = 2\n  availability_zone = "us-east-1a"'),
        configuration(
            instances="  count = 2\n  availability_zone = data.aws_availability_zones.up.names[0]", more=ZONES
        ),
        configuration(more='provider "aws" {\n  default_tags {\n    tags = { stage = "prod" }\n  }\n}\n'),
    ],
)
def test_is_found_where_several_are_meant(text: str):
    assert found(check_hcl(text), RULE)


@pytest.mark.parametrize(
    "text",
    [
        configuration(),
        configuration('cluster_identifier = "payments-reproduction"'),
        configuration('cluster_identifier = "payments-non-prod"'),
        configuration('tags = { Environment = "pre-production" }'),
        configuration(
            instances="  count = 2\n  availability_zone = data.aws_availability_zones.up.names[count.index]", more=ZONES
        ),
        configuration("deletion_protection = true", instances="  count = 2"),
        configuration(
            "deletion_protection = true",
            instances='  count = 2\n  availability_zone = ["us-east-1a", "us-east-1b"][count.index]',
        ),
        configuration("deletion_protection = true").replace("aurora-mysql", "mysql"),
    ],
)
def test_is_not_found_else(text: str):
    assert not found(check_hcl(text), RULE)


def test_the_intent_says_it_all():
    assert found(check_hcl(configuration(), Intent(multi_az=True)), RULE)
    assert found(check_hcl(configuration(), Intent(az_count=3)), RULE)
    assert not found(check_hcl(configuration("deletion_protection = true"), Intent(multi_az=False)), RULE)
    assert not found(check_hcl(configuration(instances="  count = 1"), Intent(az_count=1)), RULE)


def test_no_instance_at_all_is_found_only_where_the_intent_says_so():
    alone = configuration("deletion_protection = true").split('resource "aws_rds_cluster_instance"', maxsplit=1)[0]
    assert not found(check_hcl(alone), RULE)
    assert found(check_hcl(alone, Intent(multi_az=True)), RULE)


def test_a_number_that_is_not_known_is_undecided():
    text = 'variable "readers" {\n  type = number\n}\n' + configuration(
        "deletion_protection = true", instances="  count = var.readers"
    )
    report = check_hcl(text)
    assert not found(report, RULE)
    assert RULE in {one.rule for one in report.undecided}


def test_readers_that_are_added_by_themselves_count():
    scaling = """
resource "aws_appautoscaling_target" "db" {
  service_namespace  = "rds"
  scalable_dimension = "rds:cluster:ReadReplicaCount"
  resource_id        = "cluster:${aws_rds_cluster.db.id}"
  min_capacity       = 1
  max_capacity       = 4
}
"""
    assert not found(check_hcl(configuration("deletion_protection = true", more=scaling)), RULE)
