"""Load balancers that are pointed to a container that is not there."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.ecs._examples import service, task
from tercet.preflight.rules.ecs._tasks import containers, named, task_of

_BALANCER = (
    'launch_type     = "FARGATE"',
    "",
    "load_balancer {",
    '  target_group_arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/payments-dev/1a2b3c4d5e6f"',
    '  container_name   = "NAME"',
    "  container_port   = 8080",
    "}",
)


def _example(name: str) -> str:
    return task() + service(*(line.replace("NAME", name) for line in _BALANCER))


RULE = Rule(
    id="ecs-load-balancer-container",
    title="A service's load balancer names a container or port that its task does not have",
    severity=Severity.APPLY_FAILS,
    rationale="ECS registers a container's port with the target group, and both have to be in the task definition.",
    aws_error="InvalidParameterException: The container <name> does not exist in the task definition.",
    sources=("https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LoadBalancer.html",),
    resources=("aws_ecs_service",),
    failing=_example("api"),
    passing=_example("payments"),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look the container and the port up."""
    balancers = resource.blocks("load_balancer")
    definition = task_of(resource) if balancers else None
    if definition is None:
        return
    listed = definition.document("container_definitions")
    found = containers(definition)
    if (
        not isinstance(listed, list)
        or len(found) != len(listed)
        or any(not isinstance(named(one), str) for one in found)
    ):
        return
    for balancer in balancers:
        name = balancer.text("container_name")
        container = next((one for one in found if named(one) == name), None)
        if name and container is None:
            yield Problem(
                balancer,
                "container_name",
                f"container_name is {name} and {definition.address} has {', '.join(str(named(one)) for one in found)}.",
                fix="Name a container of the task definition.",
                aws_error=f"InvalidParameterException: The container {name} does not exist in the task definition.",
            )
        elif container is not None:
            yield from _port(balancer, container, name or "")


def _port(balancer: Block, container: Block, name: str) -> Iterator[Problem]:
    port = balancer.number("container_port")
    mappings = container.value("portMappings")
    if port is None or not isinstance(mappings, list | None):
        return
    ports = [one.get("containerPort") if isinstance(one, dict) else None for one in mappings or ()]
    if all(isinstance(one, int) for one in ports) and port not in ports:
        yield Problem(
            balancer,
            "container_port",
            f"container_port is {port} and the container {name} has {', '.join(map(str, ports)) or 'no ports'}.",
            fix="Add the port to the container's portMappings.",
            aws_error=(
                f"InvalidParameterException: The container {name} did not have a container port {port} defined."
            ),
        )
