"""What security groups admit and let out."""

from __future__ import annotations

import pytest

from tercet.preflight.graph import Undecidable
from tercet.preflight.network import admits, lets_out
from tests.preflight.network.reading import graph_of, one

PEER = 'resource "aws_security_group" "peer" {\n  name = "peer"\n}\n'
GROUP = 'resource "aws_security_group" "group" {\n  name = "group"\n%s}\n'
INLINE = "  ingress {\n    from_port = %s\n    to_port = %s\n    protocol = %s\n    %s\n  }\n"


def _admits(text: str, port: int = 5432) -> bool:
    graph = graph_of(PEER + text)
    return admits(one(graph, "aws_security_group.group"), port, one(graph, "aws_security_group.peer"))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (INLINE % ("5432", "5432", '"tcp"', "security_groups = [aws_security_group.peer.id]"), True),
        (INLINE % ("0", "0", '"-1"', "security_groups = [aws_security_group.peer.id]"), True),
        (INLINE % ("5000", "6000", '"6"', "security_groups = [aws_security_group.peer.id]"), True),
        (INLINE % ("5432", "5432", '"udp"', "security_groups = [aws_security_group.peer.id]"), False),
        (INLINE % ("3306", "3306", '"tcp"', "security_groups = [aws_security_group.peer.id]"), False),
        (INLINE % ("5432", "5432", '"tcp"', 'cidr_blocks = ["0.0.0.0/0"]'), True),
        (INLINE % ("5432", "5432", '"tcp"', "self = true"), False),
        ("", False),
    ],
)
def test_rules_inside_a_group(rule: str, expected: bool):
    assert _admits(GROUP % rule) is expected


@pytest.mark.parametrize(
    "rule",
    [
        """
resource "aws_security_group_rule" "x" {
  type                     = "ingress"
  security_group_id        = aws_security_group.group.id
  source_security_group_id = aws_security_group.peer.id
  from_port                = 5432
  to_port                  = 5432
  protocol                 = "tcp"
}
""",
        """
resource "aws_vpc_security_group_ingress_rule" "x" {
  security_group_id            = aws_security_group.group.id
  referenced_security_group_id = aws_security_group.peer.id
  from_port                    = 5432
  to_port                      = 5432
  ip_protocol                  = "tcp"
}
""",
        """
resource "aws_vpc_security_group_ingress_rule" "x" {
  security_group_id = aws_security_group.group.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}
""",
    ],
)
def test_rules_beside_a_group(rule: str):
    assert _admits(GROUP % "" + rule)


@pytest.mark.parametrize(
    "text",
    [
        # The range may hold the peer.
        GROUP % (INLINE % ("5432", "5432", '"tcp"', 'cidr_blocks = ["10.0.0.0/16"]')),
        'variable "r" {}\n' + GROUP % (INLINE % ("5432", "5432", '"tcp"', "cidr_blocks = var.r")),
        'variable "p" {}\n'
        + GROUP % (INLINE % ("var.p", "var.p", '"tcp"', "security_groups = [aws_security_group.peer.id]")),
        GROUP % (INLINE % ("5432", "5432", '"tcp"', 'prefix_list_ids = ["pl-0123"]')),
        GROUP % (INLINE % ("5432", "5432", '"tcp"', 'security_groups = ["sg-0123"]')),
        GROUP % "" + 'module "x" {\n  source = "example/rules/aws"\n  group = aws_security_group.group.id\n}\n',
        GROUP
        % ""
        + 'variable "g" {}\nresource "aws_vpc_security_group_ingress_rule" "x" {\n  security_group_id = var.g\n'
        '  cidr_ipv4 = "0.0.0.0/0"\n  ip_protocol = "-1"\n}\n',
    ],
)
def test_what_may_be_admitted_is_not_denied(text: str):
    with pytest.raises(Undecidable):
        _admits(text)


def test_a_group_without_egress_rules_lets_nothing_out():
    graph = graph_of(PEER + GROUP % "")
    assert not lets_out(one(graph, "aws_security_group.group"), 443, "0.0.0.0/0")
    graph = graph_of(
        PEER + GROUP % (INLINE % ("0", "0", '"-1"', 'cidr_blocks = ["10.0.0.0/8"]')).replace("ingress", "egress")
    )
    assert lets_out(one(graph, "aws_security_group.group"), 443, "10.1.0.0/16")
    assert not lets_out(one(graph, "aws_security_group.group"), 443, "0.0.0.0/0")


@pytest.mark.parametrize(
    ("range_of_rule", "expected"),
    [("10.0.0.0/16", True), ("10.0.0.0/8", True), ("10.1.0.0/16", False), ("10.0.128.0/17", None)],
)
def test_a_range_holds_a_group_whose_vpc_lies_in_it(range_of_rule: str, expected: bool | None):
    vpc = 'resource "aws_vpc" "v" {\n  cidr_block = "10.0.0.0/16"\n}\n'
    rule = INLINE % ("5432", "5432", '"tcp"', f'cidr_blocks = ["{range_of_rule}"]')
    text = vpc + (PEER + GROUP % rule).replace("name =", "vpc_id = aws_vpc.v.id\n  name =")
    graph = graph_of(text)
    group, peer = (one(graph, f"aws_security_group.{name}") for name in ("group", "peer"))
    if expected is None:
        with pytest.raises(Undecidable):
            admits(group, 5432, peer)
    else:
        assert admits(group, 5432, peer) is expected
