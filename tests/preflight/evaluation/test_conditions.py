"""Conditions that are known although not all that they speak of is."""

from __future__ import annotations

import pytest

from tests.preflight.network.reading import graph_of

QUEUE = """
resource "aws_sqs_queue" "dead" {
  name_prefix = "dead-"
}

locals {
  statements = { one = { resource = aws_sqs_queue.dead.arn } }
  list       = [aws_sqs_queue.dead.arn]
  closed     = { known = "x" }
}

resource "aws_sqs_queue" "orders" {
  name = %s ? "yes" : "no"
}
"""


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ("local.statements != null", "yes"),
        ("null == local.list", "no"),
        ("can(local.closed.other)", "no"),
        ("can(local.closed.known)", "yes"),
        ('can(regex("^[0-9]+$", local.closed.known))', "no"),
        ('length(regexall("x", local.closed.known)) > 0', "yes"),
    ],
)
def test_conditions(condition: str, wanted: str):
    queue = graph_of(QUEUE % condition).resources["aws_sqs_queue.orders"]
    assert queue.text("name") == wanted
