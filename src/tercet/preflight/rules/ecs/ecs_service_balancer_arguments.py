"""Services with arguments of a load balancer that they do not have, or of a role that they must not."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.ecs._examples import service, task
from tercet.preflight.rules.ecs._tasks import task_of

_WITHOUT = ("service_connect_configuration", "vpc_lattice_configurations")

RULE = Rule(
    id="ecs-service-balancer-arguments",
    title="A service with a grace period but no load balancer, or with a role that it must not have",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A grace period waits for a load balancer's health checks, so that it needs one. A service whose tasks have "
        "network mode awsvpc registers them with ECS's service-linked role, and takes no other."
    ),
    aws_error=(
        "InvalidParameterException: Health check grace period is only valid for services configured to use load "
        "balancers"
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html",
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles.html",
    ),
    resources=("aws_ecs_service",),
    failing=task() + service('launch_type     = "FARGATE"', "health_check_grace_period_seconds = 60"),
    passing=task() + service('launch_type     = "FARGATE"'),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look for a load balancer, and at the role."""
    grace = resource.number("health_check_grace_period_seconds")
    balancers = resource.blocks("load_balancer") if grace or resource.has("iam_role") else []
    # A dynamic block that is repeated 0 times comes from a variable that a caller sets.
    if grace and not balancers and not any(name in resource.values for name in ("load_balancer", *_WITHOUT)):
        yield Problem(
            resource,
            "health_check_grace_period_seconds",
            f"health_check_grace_period_seconds is {grace} and the service has no load_balancer.",
            fix="Remove health_check_grace_period_seconds, or add a load_balancer block.",
        )
    definition = task_of(resource) if resource.has("iam_role") else None
    if definition is not None and definition.text("network_mode", "bridge") == "awsvpc":
        yield Problem(
            resource,
            "iam_role",
            f"iam_role is given, and network_mode of {definition.address} is awsvpc.",
            fix="Remove iam_role; permissions of the containers belong into task_role_arn of the task definition.",
            aws_error=(
                "InvalidParameterException: You cannot specify an IAM role for services that require a service linked "
                "role."
            ),
            also={"network_mode": "awsvpc"},
        )
