"""White space in templates is kept as Terraform keeps it, and zones that are not known are different ones."""

from __future__ import annotations

import pytest

from tercet.preflight import loading
from tercet.preflight.graph import Graph
from tercet.preflight.values import Reference


def load(tmp_path, text: str) -> Graph:
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    (graph,) = loading.load(tmp_path)
    return graph


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('"${var.a} ${var.b}"', "x y"),
        ('" ${var.a}  "', " x  "),
        ('join(" ", [var.a, var.b])', "x y"),
        ('"${var.a}\\n\\t${var.b}"', "x\n\ty"),
        ("<<-EOT\n    one\n      two ${var.a}\n    EOT\n", "one\n  two x\n"),
        ("<<EOT\n  ${var.a} ${var.b}\nEOT\n", "  x y\n"),
        ('"$${var.a} %%{if}"', "${var.a} %{if}"),
    ],
)
def test_white_space_is_kept(expression: str, expected: str, tmp_path):
    graph = load(
        tmp_path,
        f'variable "a" {{\n default = "x"\n}}\nvariable "b" {{\n default = "y"\n}}\n'
        f'resource "aws_sqs_queue" "q" {{\n name = {expression}\n}}\n',
    )
    assert graph.resources["aws_sqs_queue.q"].value("name") == expected


def test_zones_that_are_not_known_are_different_ones(tmp_path):
    graph = load(
        tmp_path,
        """
        data "aws_availability_zones" "here" {}
        resource "aws_subnet" "a" {
          for_each          = toset(slice(data.aws_availability_zones.here.names, 0, 2))
          availability_zone = each.value
        }
        """,
    )
    zones = [subnet.value("availability_zone") for subnet in graph.of_type("aws_subnet")]
    assert zones == [Reference("data.aws_availability_zones.here", ("names", at)) for at in range(2)]
