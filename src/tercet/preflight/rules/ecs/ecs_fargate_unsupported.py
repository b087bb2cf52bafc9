"""What Fargate does not have: the host's folders, its privileges, placement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.ecs._examples import task
from tercet.preflight.rules.ecs._tasks import containers, is_fargate

_LOGS: Final = ("awslogs-group", "awslogs-region")

RULE = Rule(
    id="ecs-fargate-unsupported",
    title="A Fargate task with what only instances have",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A Fargate task has no host that it could see: no folders of one, no Docker volumes, no privileges, no "
        "placement. Its logs to CloudWatch need a group and a region. ECS refuses to register the task definition."
    ),
    aws_error="ClientException: Fargate compatible task definitions do not support sourcePath",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html",
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html",
        "https://github.com/cloudposse/terraform-aws-ecs-alb-service-task/issues/174",
    ),
    resources=("aws_ecs_task_definition",),
    failing=task().rstrip().removesuffix("}")
    + """
  volume {
    name      = "ledger"
    host_path = "/var/lib/ledger"
  }
}
""",
    passing=task(),
)


@RULE.check
def check(definition: Resource, _context: Context) -> Iterator[Problem]:
    """Look at the volumes, the placement and the containers."""
    if not is_fargate(definition):
        return
    for volume in definition.blocks("volume"):
        if volume.has("host_path") and volume.value("host_path") != "":
            yield _problem(volume, "host_path", "sourcePath", "Remove host_path, or use efs_volume_configuration.")
        if volume.blocks("docker_volume_configuration"):
            yield _problem(
                volume, "docker_volume_configuration", "docker volumes", "Remove it, or use efs_volume_configuration."
            )
    if definition.blocks("placement_constraints"):
        yield _problem(definition, "placement_constraints", "placement constraints", "Remove placement_constraints.")
    for container in containers(definition):
        yield from _container(definition, container)


def _container(definition: Resource, container: Block) -> Iterator[Problem]:
    if container.value("privileged") is True:
        yield _problem(
            definition,
            "container_definitions",
            "privileged containers",
            "Remove privileged.",
            at=container.named("privileged"),
        )
    logging = container.value("logConfiguration")
    if not isinstance(logging, dict) or logging.get("logDriver") != "awslogs":
        return
    options = logging.get("options")
    if not isinstance(options, dict | None):
        return
    for name in _LOGS:
        if (options or {}).get(name) in (None, ""):
            yield Problem(
                definition,
                "container_definitions",
                f"{container.named('logConfiguration.options')} lacks {name}, which awslogs needs.",
                fix=f"Give {name}.",
                aws_error=f"ClientException: Log driver awslogs requires options: {name}",
                also={"option": name},
            )


def _problem(block: Block, argument: str, what: str, fix: str, *, at: str = "") -> Problem:
    return Problem(
        block,
        argument,
        f"{at or block.named(argument)} is given, and a Fargate task has none of it: {what}.",
        fix=fix,
        aws_error=f"ClientException: Fargate compatible task definitions do not support {what}",
        also={"requires_compatibilities": "FARGATE"},
    )
