"""Services that lack a network, or have one that their tasks do not use."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.ecs._examples import service, task
from tercet.preflight.rules.ecs._tasks import task_of

RULE = Rule(
    id="ecs-service-network",
    title="A service's network does not go with its task's network mode",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Tasks with network mode awsvpc get a network interface in subnets that the service has to name; tasks with "
        "another mode use their instance's, and the service must not name any."
    ),
    aws_error=(
        "InvalidParameterException: Network Configuration must be provided when networkMode 'awsvpc' is specified."
    ),
    sources=("https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html",),
    resources=("aws_ecs_service",),
    failing=task() + service('launch_type     = "FARGATE"', network=()),
    passing=task() + service('launch_type     = "FARGATE"'),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Compare the service with its task definition."""
    definition = task_of(resource)
    if definition is None:
        return
    mode = definition.text("network_mode", "bridge")
    given = resource.blocks("network_configuration")
    if mode == "awsvpc" and not given:
        yield Problem(
            resource,
            "network_configuration",
            f"network_mode of {definition.address} is awsvpc and network_configuration is missing.",
            fix="Add network_configuration with subnets and security_groups.",
            also={"network_mode": "awsvpc"},
        )
    elif mode in ("bridge", "host", "none") and given:
        yield Problem(
            resource,
            "network_configuration",
            f"network_mode of {definition.address} is {mode} and the service has a network_configuration.",
            fix='Set network_mode = "awsvpc", or remove network_configuration.',
            aws_error=(
                "InvalidParameterException: Network Configuration is not valid for the given networkMode of this task "
                "definition."
            ),
            also={"network_mode": mode},
        )
