"""Resources that wait for one another."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.terraform._cycles import cycles
from tercet.preflight.rules.terraform._refused import place, refused
from tercet.preflight.rules.terraform._users import evaluate_all

_SHOWN = 8

RULE = Rule(
    id="dependency-cycle",
    title="Resources wait for one another",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Terraform orders resources by their references and `depends_on`, and cannot order a circle. Two security "
        "groups whose rules name one another are the usual one: rules as resources of their own break it."
    ),
    aws_error="Error: Cycle: <resource>, <resource>",
    confirmed=True,
    sources=(
        "https://developer.hashicorp.com/terraform/internals/graph",
        "https://github.com/hashicorp/terraform/issues/539",
    ),
    failing="""
resource "aws_security_group" "function" {
  name = "payments-function-dev"

  egress {
    from_port       = 3306
    to_port         = 3306
    protocol        = "tcp"
    security_groups = [aws_security_group.database.id]
  }
}

resource "aws_security_group" "database" {
  name = "payments-database-dev"

  ingress {
    from_port       = 3306
    to_port         = 3306
    protocol        = "tcp"
    security_groups = [aws_security_group.function.id]
  }
}
""",
    passing="""
resource "aws_security_group" "function" {
  name = "payments-function-dev"
}

resource "aws_security_group" "database" {
  name = "payments-database-dev"
}

resource "aws_vpc_security_group_egress_rule" "function" {
  security_group_id            = aws_security_group.function.id
  referenced_security_group_id = aws_security_group.database.id
  from_port                    = 3306
  to_port                      = 3306
  ip_protocol                  = "tcp"
}

resource "aws_vpc_security_group_ingress_rule" "database" {
  security_group_id            = aws_security_group.database.id
  referenced_security_group_id = aws_security_group.function.id
  from_port                    = 3306
  to_port                      = 3306
  ip_protocol                  = "tcp"
}
""",
)


@RULE.check
def check(graph: Graph, context: Context) -> Iterator[Problem]:
    """Look for circles; a plan has none, or Terraform would not have made it."""
    del context
    if graph.kind == "plan":
        return
    yield from _of_locals(graph)
    yield from _of_themselves(graph)
    for circle in cycles(graph):
        found = graph.find(circle[0])
        if not found:
            continue
        shown = ", ".join(circle[:_SHOWN]) + (", …" if len(circle) > _SHOWN else "")
        groups = all(".aws_security_group." in f".{name}." for name in circle)
        fix = (
            "Move the rules that name the other group into aws_vpc_security_group_ingress_rule and "
            "aws_vpc_security_group_egress_rule resources."
            if groups
            else f"Take one of the references out, such as that of {circle[0]} to {circle[1 % len(circle)]}."
        )
        yield Problem(
            found[0],
            "",
            f"{' waits for '.join(circle[:_SHOWN])}{' …' * (len(circle) > _SHOWN)}, which waits for {circle[0]}: "
            "Terraform finds no order, and stops.",
            fix=fix,
            aws_error=f"Error: Cycle: {shown}",
            also={"cycle": shown},
        )


def _of_locals(graph: Graph) -> Iterator[Problem]:
    """Locals that come from themselves are seen once they are evaluated, with what uses them."""
    evaluate_all(graph)
    for one in refused(graph, "local-cycle"):
        yield Problem(
            place(graph, one.address, one.source),
            "",
            f"{one.address} comes from itself: Terraform finds no order, and stops.",
            fix=f"Let {one.address} come from something else.",
            aws_error=f"Error: Cycle: {one.address} (expand)",
            also={"cycle": one.address},
        )


def _of_themselves(graph: Graph) -> Iterator[Problem]:
    for resource in graph.resources.values():
        if resource in resource.referrers():
            yield Problem(
                resource,
                "",
                f"{resource.address} refers to itself, and does not exist while its arguments are evaluated.",
                fix="Write what is referred to as a value, or as a local value that both use.",
                aws_error=(
                    f"Error: Self-referential block: Configuration for {resource.address} may not refer to itself."
                ),
                also={"cycle": resource.address},
            )
