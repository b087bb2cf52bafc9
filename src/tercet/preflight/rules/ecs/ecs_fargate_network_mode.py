"""Network modes that Fargate does not have."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.ecs._examples import task
from tercet.preflight.rules.ecs._tasks import is_fargate

RULE = Rule(
    id="ecs-fargate-network-mode",
    title="A Fargate task without network mode awsvpc",
    severity=Severity.APPLY_FAILS,
    rationale="On Fargate every task has its own network interface: network_mode is awsvpc, which is not the default.",
    aws_error="ClientException: Fargate only supports network mode 'awsvpc'.",
    sources=("https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html",),
    resources=("aws_ecs_task_definition",),
    failing=task(network_mode="bridge"),
    passing=task(),
)


@RULE.check
def check(definition: Resource, _context: Context) -> Iterator[Problem]:
    """Look at the mode."""
    if is_fargate(definition) and definition.text("network_mode", "bridge") != "awsvpc":
        mode = definition.shown("network_mode") if definition.has("network_mode") else "missing"
        yield Problem(
            definition,
            "network_mode",
            f"requires_compatibilities has FARGATE and network_mode is {mode}.",
            fix='Set network_mode = "awsvpc".',
        )
