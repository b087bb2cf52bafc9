"""Near misses of the rules of services, capacity providers, and of what Fargate does not have."""

from __future__ import annotations

import pytest

from tercet.preflight.rules.ecs._examples import service, task
from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

UNKNOWN = 'variable "unknown" {}\n'
CLUSTER = block("aws_ecs_cluster", "c", 'name = "c"')
FARGATE = 'launch_type = "FARGATE"'


def task_with(*lines: str, container: str = "", **changes: str) -> str:
    return task(container=container, **changes).rstrip().removesuffix("}") + "\n".join(lines) + "\n}\n"


def volume(body: str = "") -> str:
    return f'volume {{\nname = "scratch"\n{body}\n}}'


MOUNTS = 'mountPoints = [{ sourceVolume = "scratch", containerPath = "/scratch" }]'


def providers(*names: str, more: str = "") -> str:
    listed = ", ".join(names)
    body = f"cluster_name = aws_ecs_cluster.c.name\ncapacity_providers = [{listed}]\n{more}"
    return CLUSTER + block("aws_ecs_cluster_capacity_providers", "p", body)


def strategy(*names: str, cluster: str = "aws_ecs_cluster.c.id", base: int = 0) -> str:
    blocks = [f"capacity_provider_strategy {{\n  capacity_provider = {name}\n  base = {base}\n  }}" for name in names]
    return service(*blocks).replace('"arn:aws:ecs:us-east-1:123456789012:cluster/payments-dev"', cluster)


OWN = block("aws_ecs_capacity_provider", "own", 'name = "payments"')

CASES = [
    ("ecs-container-definitions", task_with(volume(), container=MOUNTS), SILENT),
    ("ecs-container-definitions", task_with(container=MOUNTS), FOUND),
    (
        "ecs-container-definitions",
        UNKNOWN + task_with('dynamic "volume" {\nfor_each = var.unknown\ncontent {\nname = "x"\n}\n}', container=MOUNTS),  # noqa: E501
        UNDECIDED,
    ),
    ("ecs-container-definitions", UNKNOWN + task_with('volume {\nname = var.unknown\n}', container=MOUNTS), SILENT),
    ("ecs-container-definitions", task(container='dependsOn = [{ containerName = "proxy", condition = "START" }]'), FOUND),  # noqa: E501
    ("ecs-container-definitions", task(container="memory = 2048"), FOUND),
    ("ecs-container-definitions", task(container="memory = 1024, cpu = 512"), SILENT),
    ("ecs-container-definitions", task(container="cpu = 1024"), FOUND),
    ("ecs-container-definitions", task(container="cpu = 1024", compatibility="EC2"), SILENT),
    ("ecs-container-definitions", task(compatibility="EC2").replace("memory ", "# "), FOUND),
    ("ecs-container-definitions", task(memory="null", compatibility="EC2"), SILENT),
    ("ecs-container-definitions", task(memory="null", compatibility="EC2", container="memoryReservation = 128"), SILENT),  # noqa: E501
    ("ecs-container-definitions", UNKNOWN + task(memory="var.unknown", container="memory = 99999"), SILENT),
    ("ecs-container-definitions", task(container="links = []"), SILENT),
    ("ecs-fargate-unsupported", task_with(volume()), SILENT),
    ("ecs-fargate-unsupported", task_with(volume('host_path = "/x"'), compatibility="EC2"), SILENT),
    ("ecs-fargate-unsupported", task_with(volume("host_path = null")), SILENT),
    ("ecs-fargate-unsupported", task(container="privileged = false"), SILENT),
    (
        "ecs-fargate-unsupported",
        UNKNOWN + task(container='logConfiguration = { logDriver = "awslogs", options = var.unknown }'),
        SILENT,
    ),
    (
        "ecs-fargate-unsupported",
        UNKNOWN
        + task(container='logConfiguration = { logDriver = "awslogs", options = { awslogs-group = var.unknown, awslogs-region = "us-east-1" } }'),  # noqa: E501
        SILENT,
    ),
    ("ecs-service-balancer-arguments", task() + service(FARGATE, "health_check_grace_period_seconds = 0"), SILENT),
    (
        "ecs-service-balancer-arguments",
        UNKNOWN
        + task()
        + service(
            FARGATE,
            "health_check_grace_period_seconds = 60",
            'dynamic "load_balancer" {\nfor_each = var.unknown\ncontent {\ncontainer_name = "x"\ncontainer_port = 1\n}\n}',  # noqa: E501
        ),
        UNDECIDED,
    ),
    ("ecs-service-balancer-arguments", task() + service(FARGATE, 'iam_role = "ecs"'), FOUND),
    (
        "ecs-service-balancer-arguments",
        task(network_mode="bridge", compatibility="EC2") + service('iam_role = "ecs"', network=()),
        SILENT,
    ),
    ("ecs-launch-type", task() + service(FARGATE, 'scheduling_strategy = "REPLICA"'), SILENT),
    ("ecs-launch-type", task() + service(FARGATE, 'scheduling_strategy = "DAEMON"'), FOUND),
    ("ecs-launch-type", task() + service(FARGATE, 'placement_constraints {\ntype = "distinctInstance"\n}'), FOUND),
    ("ecs-capacity-provider", providers('"FARGATE"') + task() + strategy('"FARGATE"'), SILENT),
    ("ecs-capacity-provider", providers('"FARGATE"') + task() + strategy('"FARGATE_SPOT"'), FOUND),
    # A provider of one's own may be associated in another way; a cluster may be elsewhere.
    ("ecs-capacity-provider", providers('"FARGATE"') + OWN + task() + strategy("aws_ecs_capacity_provider.own.name"), SILENT),  # noqa: E501
    ("ecs-capacity-provider", CLUSTER + task() + strategy('"FARGATE_SPOT"'), SILENT),
    ("ecs-capacity-provider", task() + strategy('"FARGATE_SPOT"', cluster='"payments"'), SILENT),
    ("ecs-capacity-provider", UNKNOWN + providers("var.unknown") + task() + strategy('"FARGATE_SPOT"'), SILENT),
    ("ecs-capacity-provider", UNKNOWN + task() + strategy("var.unknown"), UNDECIDED),
    ("ecs-capacity-provider", task() + strategy('"FARGATE"', '"payments"'), FOUND),
    ("ecs-capacity-provider", task() + strategy('"FARGATE"', '"FARGATE_SPOT"', base=1), FOUND),
    ("ecs-capacity-provider", block("aws_ecs_capacity_provider", "own", 'name = "AWS-payments"'), FOUND),
    ("ecs-capacity-provider", UNKNOWN + block("aws_ecs_capacity_provider", "own", 'name = "ecs-${var.unknown}"'), SILENT),  # noqa: E501
]  # fmt: skip


@pytest.mark.parametrize(("rule", "text", "expected"), CASES, ids=[f"{case[0]}-{at}" for at, case in enumerate(CASES)])
def test_near_misses(rule: str, text: str, expected: str):
    assert verdict(rule, text) == expected
