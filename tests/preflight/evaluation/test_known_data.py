"""What data sources and paths are worth before anything is asked of AWS."""

from __future__ import annotations

import pytest

from tercet.preflight.graph import Undecidable
from tests.preflight.checking import check_hcl, found
from tests.preflight.network.reading import graph_of

REGION = """
provider "aws" {
  region = "eu-west-1"
}

data "aws_region" "one" {}

data "aws_region" "counted" {
  count = 1
}

resource "aws_sqs_queue" "orders" {
  name = "orders-%s"
}
"""


@pytest.mark.parametrize(
    "expression",
    ["${data.aws_region.one.name}", "${data.aws_region.one.region}", "${data.aws_region.counted[0].region}"],
)
def test_the_region_is_that_of_the_provider(expression: str):
    (queue,) = graph_of(REGION % expression).of_type("aws_sqs_queue")
    assert queue.text("name") == "orders-eu-west-1"
    assert not found(check_hcl(REGION % expression), "instance-key")


def test_the_folder_that_terraform_runs_in_is_not_known():
    (queue,) = graph_of(REGION % "${basename(path.cwd)}").of_type("aws_sqs_queue")
    with pytest.raises(Undecidable):
        queue.text("name")


@pytest.mark.parametrize(
    ("region", "expression", "wanted"),
    [
        ("eu-west-1", "${data.aws_partition.here.partition}", "aws"),
        ("cn-north-1", "${data.aws_partition.here.dns_suffix}", "amazonaws.com.cn"),
        ("us-gov-west-1", "${data.aws_partition.here.id}", "aws-us-gov"),
        ("eu-west-1", "${data.aws_service_principal.rds.name}", "rds.amazonaws.com"),
    ],
)
def test_the_partition_follows_from_the_region(region: str, expression: str, wanted: str):
    text = REGION.replace("eu-west-1", region) + (
        'data "aws_partition" "here" {}\ndata "aws_service_principal" "rds" {\n  service_name = "rds"\n}\n'
    )
    (queue,) = graph_of(text % expression).of_type("aws_sqs_queue")
    assert queue.text("name") == f"orders-{wanted}"


def test_a_service_may_have_another_principal_in_another_partition():
    text = REGION.replace("eu-west-1", "cn-north-1") + (
        'data "aws_service_principal" "logs" {\n  service_name = "logs"\n}\n'
    )
    (queue,) = graph_of(text % "${data.aws_service_principal.logs.name}").of_type("aws_sqs_queue")
    with pytest.raises(Undecidable):
        queue.text("name")
