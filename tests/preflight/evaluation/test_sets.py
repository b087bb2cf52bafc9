"""Sets have no index: a ``for`` over one has each item as its key."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tercet.preflight.loading import load
from tests.preflight.network.reading import graph_of

QUEUES = """
variable "names" {
  type    = set(string)
  default = ["orders", "payments", "orders"]
}

locals {
  queues = { for key, name in %s : key => { name = name } }
}

resource "aws_sqs_queue" "each" {
  for_each = local.queues
  name     = "${each.value.name}-dev"
}
"""


@pytest.mark.parametrize(
    "items",
    [
        'toset(["orders", "payments"])',
        "var.names",
        'setunion(["orders"], ["payments"])',
        'setsubtract(["orders", "refunds", "payments"], ["refunds"])',
        'setintersection(["orders", "payments"], ["payments", "orders"])',
    ],
)
def test_the_items_of_a_set_are_its_keys(items: str):
    addresses = [queue.address for queue in graph_of(QUEUES % items).of_type("aws_sqs_queue")]
    assert sorted(addresses) == ['aws_sqs_queue.each["orders"]', 'aws_sqs_queue.each["payments"]']


def test_the_items_of_a_list_have_positions():
    addresses = [queue.address for queue in graph_of(QUEUES % 'tolist(toset(["orders"]))').of_type("aws_sqs_queue")]
    assert addresses == ['aws_sqs_queue.each["0"]']


def test_a_set_stays_one_in_a_module():
    text = """
module "queues" {
  source = "./modules/queues"
  names  = local.names
}

locals {
  names = toset(["orders", "payments"])
}
"""
    inside = QUEUES.replace("set(string)", "any") % "var.names"
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "modules" / "queues").mkdir(parents=True)
        (Path(folder) / "main.tf").write_text(text)
        (Path(folder) / "modules" / "queues" / "main.tf").write_text(inside)
        addresses = {queue.address for queue in load(Path(folder))[0].of_type("aws_sqs_queue")}
    assert {f'module.queues.aws_sqs_queue.each["{name}"]' for name in ("orders", "payments")} == addresses
