"""Conditions that are known although not all that they speak of is."""

from __future__ import annotations

import pytest

from tercet.preflight.values import is_known
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
        ("aws_sqs_queue.dead.arn != null", "yes"),
        ('aws_sqs_queue.dead.id == ""', "no"),
        ('lookup(local.statements.one, "resource", null) == null', "no"),
        ('try(local.closed.other ? "a" : "b", "c") == "c"', "yes"),
        ('try(upper(local.closed.other), local.closed.other + 1, "c") == "c"', "yes"),
        ('try(coalesce(null, ""), "c") == "c"', "yes"),
        ("can(coalescelist([], []))", "no"),
        ('length(regexall("x", local.closed.known)) > 0', "yes"),
    ],
)
def test_conditions(condition: str, wanted: str):
    queue = graph_of(QUEUE % condition).resources["aws_sqs_queue.orders"]
    assert queue.text("name") == wanted


def test_what_aws_says_of_a_block_has_not_failed():
    text = """
resource "aws_ecs_service" "web" {
  name = "web"

  service_connect_configuration {
    enabled = true
  }
}

resource "aws_sqs_queue" "said" {
  name = try(aws_ecs_service.web.service_connect_configuration[0].arn, "none")
}

resource "aws_sqs_queue" "written" {
  name = try(aws_ecs_service.web.service_connect_configuration[0].enabled ? "yes" : "no", "none")
}
"""
    graph = graph_of(text)
    assert not is_known(graph.resources["aws_sqs_queue.said"].value("name"))
    assert graph.resources["aws_sqs_queue.written"].text("name") == "yes"
