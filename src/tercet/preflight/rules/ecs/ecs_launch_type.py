"""Where a service's tasks run, said twice or against the task definition."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.ecs._examples import service, task
from tercet.preflight.rules.ecs._tasks import task_of

RULE = Rule(
    id="ecs-launch-type",
    title="A service's launch type contradicts its capacity providers or its task",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A service has a launch type or a capacity provider strategy, and a task definition runs only on what it says "
        "it is compatible with. Daemons and placement are for instances, which Fargate does not have."
    ),
    aws_error=(
        "InvalidParameterException: Specifying both a launch type and capacity provider strategy is not supported. "
        "Remove one and try again."
    ),
    sources=("https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html",),
    resources=("aws_ecs_service",),
    failing=task()
    + service(
        'launch_type     = "FARGATE"',
        "",
        "capacity_provider_strategy {",
        '  capacity_provider = "FARGATE_SPOT"',
        "  weight            = 1",
        "}",
    ),
    passing=task() + service('launch_type     = "FARGATE"'),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Compare what is said."""
    launch_type = resource.text("launch_type")
    if launch_type is None:
        return
    if resource.blocks("capacity_provider_strategy"):
        yield Problem(
            resource,
            "launch_type",
            f"launch_type is {launch_type} and there is a capacity_provider_strategy.",
            fix="Remove launch_type.",
        )
    if launch_type == "FARGATE":
        yield from _only_on_instances(resource)
    definition = task_of(resource)
    if definition is None or launch_type != "FARGATE" or not definition.has("requires_compatibilities"):
        return
    compatible = definition.texts("requires_compatibilities")
    if compatible and launch_type not in compatible:
        yield Problem(
            resource,
            "launch_type",
            f"launch_type is {launch_type} and requires_compatibilities of {definition.address} is "
            f"{', '.join(compatible)}.",
            fix=f'Add "{launch_type}" to requires_compatibilities.',
            aws_error=f"InvalidParameterException: Task definition does not support launch_type {launch_type}.",
            also={"requires_compatibilities": ", ".join(compatible)},
        )


def _only_on_instances(service: Resource) -> Iterator[Problem]:
    """Look for what Fargate does not have: a task on each instance, and rules of where to place one."""
    if service.text("scheduling_strategy") == "DAEMON":
        yield Problem(
            service,
            "scheduling_strategy",
            "scheduling_strategy is DAEMON and launch_type is FARGATE, which has no instances.",
            fix="Remove scheduling_strategy, and give desired_count.",
            aws_error="InvalidParameterException: The daemon scheduling strategy is not supported on AWS Fargate.",
            also={"launch_type": "FARGATE"},
        )
    for name in ("ordered_placement_strategy", "placement_constraints"):
        if service.blocks(name):
            yield Problem(
                service,
                name,
                f"{name} is given and launch_type is FARGATE, which places tasks by itself.",
                fix=f"Remove {name}; Fargate spreads tasks over the subnets' zones.",
                aws_error=(
                    "InvalidParameterException: Placement strategies and constraints are not supported with FARGATE "
                    "launch type."
                ),
                also={"launch_type": "FARGATE"},
            )
