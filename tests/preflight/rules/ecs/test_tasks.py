"""Near misses of the rules of ECS."""

from __future__ import annotations

import pytest

from tercet.preflight.intent import Intent
from tercet.preflight.rules.ecs._examples import service, task
from tercet.preflight.rules.ecs.ecs_fargate_size import fits, units
from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

UNKNOWN = 'variable "unknown" {}\n'
FARGATE = 'launch_type = "FARGATE"'


@pytest.mark.parametrize(
    ("cpu", "memory", "right"),
    [
        (256, 512, True),
        (256, 1536, False),
        (256, 2048, True),
        (512, 512, False),
        (1024, 8192, True),
        (1024, 9216, False),
        (4096, 30720, True),
        (8192, 20480, True),
        (8192, 18432, False),
        (16384, 122880, True),
        (300, 512, False),
        (32768, 1, True),  # perhaps newer than what is known
    ],
)
def test_sizes(cpu: int, memory: int, right: bool):
    assert fits(cpu, memory) is right


@pytest.mark.parametrize(("text", "expected"), [("1024", 1024), ("1 vCPU", 1024), (".5 vcpu", None), ("0.5vCPU", 512), ("2 GB", 2048), ("x", None)])  # fmt: skip  # noqa: E501
def test_ways_to_write_a_size(text: str, expected: int | None):
    assert units(text) == expected


CASES = [
    ("ecs-fargate-size", task(cpu='"1 vCPU"', memory='"2 GB"'), SILENT),
    ("ecs-fargate-size", task(compatibility="EC2", cpu="100", memory="100"), SILENT),
    ("ecs-fargate-size", UNKNOWN + task(cpu="var.unknown"), UNDECIDED),
    ("ecs-fargate-network-mode", task(compatibility="EC2", network_mode="bridge"), SILENT),
    ("ecs-service-network", task(network_mode="bridge", compatibility="EC2") + service(network=()), SILENT),
    ("ecs-service-network", task(network_mode="bridge", compatibility="EC2") + service(), FOUND),
    (
        "ecs-service-network",
        service(network=()).replace("aws_ecs_task_definition.payments.arn", '"payments:3"'),
        SILENT,
    ),
    ("ecs-launch-type", task(compatibility="EC2", network_mode="awsvpc") + service(FARGATE), FOUND),
    ("ecs-container-definitions", task(port="containerPort = 8080, hostPort = 8080"), SILENT),
    ("ecs-container-definitions", task(port="containerPort = 8080, hostPort = 80"), FOUND),
    ("ecs-container-definitions", task(port='containerPort = "8080"'), FOUND),
    ("ecs-container-definitions", task(container="memory = tostring(512)"), FOUND),
    (
        "ecs-container-definitions",
        UNKNOWN + task(container='environment = [{ name = "A", value = var.unknown }]'),
        SILENT,
    ),
    ("ecs-container-definitions", task(container="essential = false"), FOUND),
    ("ecs-execution-role", task(role="", compatibility="EC2"), SILENT),
    (
        "ecs-execution-role",
        task(role="").replace("123456789012.dkr.ecr.us-east-1.amazonaws.com/payments", "nginx"),
        SILENT,
    ),
    (
        "ecs-execution-role",
        block("aws_ecr_repository", "r", 'name = "p"')
        + task(role="").replace(
            '"123456789012.dkr.ecr.us-east-1.amazonaws.com/payments:1.4.0"',
            '"${aws_ecr_repository.r.repository_url}:1"',
        ),
        FOUND,
    ),
]


@pytest.mark.parametrize(("rule", "text", "expected"), CASES, ids=[f"{case[0]}-{at}" for at, case in enumerate(CASES)])
def test_near_misses(rule: str, text: str, expected: str):
    assert verdict(rule, text) == expected


SCALED = """
resource "aws_appautoscaling_target" "t" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/payments-dev/${aws_ecs_service.payments.name}"
  min_capacity       = 2
  max_capacity       = 6
}
"""


@pytest.mark.parametrize(
    ("text", "intent", "expected"),
    [
        (task() + service(FARGATE, count=1), Intent(), SILENT),
        (task() + service(FARGATE, count=1), Intent(az_count=3), FOUND),
        (task() + service(FARGATE, count=1) + SCALED, Intent(multi_az=True), SILENT),
        (task() + service(FARGATE, 'scheduling_strategy = "DAEMON"', count=1), Intent(multi_az=True), SILENT),
    ],
)
def test_one_task_is_wrong_only_where_several_zones_are_wanted(text: str, intent: Intent, expected: str):
    assert verdict("ecs-single-task", text, intent) == expected
