"""The region that a data source answers is known, and is no map of instances for that."""

from __future__ import annotations

from tercet.preflight.check import Options
from tests.preflight.checking import check_hcl

HEAD = """
provider "aws" {
  region = "us-east-1"
}

data "aws_region" "here" {%s}
"""
TOPIC = """
resource "aws_sns_topic" "payments" {
  name         = "payments-dev"
  display_name = %s
}
"""
OPTIONS = Options(select=("instance-key", "undeclared-reference"))


def test_one_region():
    for wanted in ("region", "name", "id", "description", "endpoint"):
        said = check_hcl(HEAD % "" + TOPIC % f"data.aws_region.here.{wanted}", options=OPTIONS)
        assert said.findings == ()


def test_instances():
    many = HEAD % "\n  count = 2\n"
    assert check_hcl(many + TOPIC % "data.aws_region.here[1].name", options=OPTIONS).findings == ()
    assert [one.rule for one in check_hcl(many + TOPIC % "data.aws_region.here.name", options=OPTIONS).findings] == [
        "instance-key"
    ]
