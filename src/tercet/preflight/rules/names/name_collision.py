"""Names that are given twice."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.names._unique import REFUSED, doubled

_GROUPS = """
resource "aws_cloudwatch_log_group" "payments" {
  count             = 2
  name              = "NAME"
  retention_in_days = 30
}
"""

RULE = Rule(
    id="name-collision",
    title="Two resources with one name",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Names of one kind are unique in an account and region. The second resource of a name is refused, also where "
        "both are instances of one block with count or for_each."
    ),
    aws_error="EntityAlreadyExists: <kind> with name <name> already exists.",
    sources=("https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html",),
    failing=_GROUPS.replace("NAME", "/payments/dev"),
    passing=_GROUPS.replace("NAME", "/payments/dev/${count.index}"),
)


@RULE.check
def check(graph: Graph, _context: Context) -> Iterator[Problem]:
    """Compare the names that are known."""
    for resource, earlier, argument in doubled(graph, ((kind, one[0]) for kind, one in REFUSED.items())):
        name = resource.shown(argument)
        yield Problem(
            resource,
            argument,
            f"{argument} is {name}, as it is of {earlier.address}.",
            fix="Give each its own name.",
            aws_error=REFUSED[resource.type][1].replace("<name>", name),
            also={"first": earlier.address},
        )
