"""Fargate tasks that nobody may start."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.ecs._examples import task
from tercet.preflight.rules.ecs._tasks import containers, is_fargate
from tercet.preflight.values import references_in

RULE = Rule(
    id="ecs-execution-role",
    title="A Fargate task without the execution role that it needs",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Fargate pulls images of ECR, writes logs to CloudWatch and reads secrets in the name of the execution role, "
        "which is not the role that the code in the container has. ECS refuses to register a task that needs one and "
        "has none."
    ),
    aws_error="ClientException: Fargate requires task definition to have execution role ARN to support <what>.",
    sources=("https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html",),
    resources=("aws_ecs_task_definition",),
    failing=task(role=""),
    passing=task(),
)


@RULE.check
def check(definition: Resource, _context: Context) -> Iterator[Problem]:
    """Look for what needs the role."""
    if definition.has("execution_role_arn") or not is_fargate(definition):
        return
    for container in containers(definition):
        needs = _needs(container)
        if needs is not None:
            yield Problem(
                definition,
                "execution_role_arn",
                f"{container.path} uses {needs} and execution_role_arn is missing.",
                fix="Set execution_role_arn to a role with AmazonECSTaskExecutionRolePolicy.",
                aws_error=(
                    f"ClientException: Fargate requires task definition to have execution role ARN to support {needs}."
                ),
                also={"container": container.path},
            )
            return


def _needs(container: Block) -> str | None:
    logging = container.value("logConfiguration")
    if isinstance(logging, dict) and logging.get("logDriver") == "awslogs":
        return "log driver awslogs"
    image = container.value("image")
    if isinstance(image, str) and ".dkr.ecr." in image:
        return "ECR images"
    if any(reference.address.split(".")[-2:-1] == ["aws_ecr_repository"] for reference in references_in(image)):
        return "ECR images"
    secrets = container.value("secrets")
    return "secrets" if isinstance(secrets, list) and secrets else None
