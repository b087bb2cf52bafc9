"""A compute environment or job definition that does not fit what it runs on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._checks import ask_each
from tercet.preflight.rules.ecs.ecs_fargate_size import fits
from tercet.preflight.values import Reference, Value

_EXAMPLE = """
resource "aws_batch_job_definition" "report" {
  name                  = "report-dev"
  type                  = "container"
  platform_capabilities = ["FARGATE"]

  container_properties = jsonencode({
    image   = "public.ecr.aws/docker/library/busybox:latest"
    command = ["true"]ROLE
    resourceRequirements = [
      { type = "VCPU", value = "0.25" },
      { type = "MEMORY", value = "512" },
    ]
  })
}
"""

RULE = Rule(
    id="batch-platform",
    title="Batch on Fargate with what is of EC2, or the other way round",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Instances of EC2 have an instance profile and types, and Fargate has neither. A job on Fargate has an "
        "execution role, and says its CPUs and memory in resourceRequirements; one on EC2 says its memory."
    ),
    aws_error="ClientException: Error executing request, Exception : executionRoleArn is required for Fargate jobs.",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeResource.html",
        "https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerProperties.html",
        "https://github.com/aws/aws-cdk/issues/12028",
        "https://github.com/Netflix/metaflow-tools/issues/9",
    ),
    resources=("aws_batch_compute_environment", "aws_batch_job_definition"),
    failing=_EXAMPLE.replace("ROLE", ""),
    passing=_EXAMPLE.replace("ROLE", '\n    executionRoleArn = "arn:aws:iam::123456789012:role/report"'),
)

_NUMBER: Final = re.compile(r"\d+(\.\d+)?")
_FARGATE: Final = ("FARGATE", "FARGATE_SPOT")
_EC2: Final = ("EC2", "SPOT")


@RULE.check
def check(resource: Resource, _: Context) -> Iterator[Problem]:
    """Look at the machines, or at the job's container."""
    if resource.type == "aws_batch_job_definition":
        yield from _job(resource)
        return
    for machines in resource.blocks("compute_resources"):
        yield from ask_each(machines, (_of_fargate, _of_ec2, _profile))


def _of_fargate(machines: Block) -> Iterator[Problem]:
    if machines.text("type", "") not in _FARGATE:
        return
    for name in ("instance_type", "instance_role"):
        if machines.value(name) not in (None, "", []) and isinstance(machines.value(name), str | list):
            yield Problem(
                machines,
                name,
                f"type is {machines.text('type')}, and {name} is given: Fargate has no instances.",
                fix=f"Remove {name}.",
                aws_error="ClientException",
            )


def _of_ec2(machines: Block) -> Iterator[Problem]:
    if machines.text("type", "") in _EC2 and "instance_role" not in machines.values:
        yield Problem(
            machines,
            "instance_role",
            f"type is {machines.text('type')}, and there is no instance_role.",
            fix="Set instance_role to the ARN of an instance profile.",
            aws_error="ClientException",
        )


def _profile(machines: Block) -> Iterator[Problem]:
    value = machines.value("instance_role")
    if not isinstance(value, Reference) or value.path != ("arn",):
        return
    found = machines.owner.graph.find(value.address)
    if found and all(one.type == "aws_iam_role" for one in found):
        yield Problem(
            machines,
            "instance_role",
            f"instance_role is {value}, the ARN of a role: it wants that of an instance profile.",
            fix="Make an aws_iam_instance_profile with the role, and give its ARN.",
            aws_error="CLIENT_ERROR - Invalid IamInstanceProfile",
        )


def _job(definition: Resource) -> Iterator[Problem]:
    if definition.text("type", "") != "container" or not definition.has("container_properties"):
        return
    container = definition.document("container_properties")
    if not isinstance(container, dict):
        return
    if "FARGATE" not in definition.texts("platform_capabilities"):
        if not _says(container, "memory", "MEMORY"):
            yield _missing(definition, "memory", "MEMORY of resourceRequirements", "ClientException")
        return
    if "executionRoleArn" not in container:
        yield _missing(definition, "execution role", "executionRoleArn", RULE.aws_error)
    yield from _size(definition, container)
    for name in ("vcpus", "memory"):
        if name in container:
            yield Problem(
                definition,
                "container_properties",
                f"The job runs on Fargate, and its container has {name}: there it stands in resourceRequirements.",
                fix=f"Move {name} into resourceRequirements.",
                aws_error="ClientException",
            )


def _size(definition: Resource, container: dict[str, Value]) -> Iterator[Problem]:
    required = container.get("resourceRequirements")
    said = {
        one["type"]: one.get("value")
        for one in (required if isinstance(required, list) else [])
        if isinstance(one, dict) and isinstance(one.get("type"), str)
    }
    cpus, memory = said.get("VCPU"), said.get("MEMORY")
    if not (isinstance(cpus, str) and isinstance(memory, str) and _NUMBER.fullmatch(cpus) and memory.isdigit()):
        return
    if not fits(int(float(cpus) * 1024), int(memory)):
        yield Problem(
            definition,
            "container_properties",
            f"The job runs on Fargate, which has no size of {cpus} CPUs and {memory} MiB.",
            fix="Take a pair that Fargate has, such as 1 CPU and 2048 MiB.",
            aws_error="ClientException",
        )


def _missing(definition: Resource, what: str, name: str, answer: str | None) -> Problem:
    return Problem(
        definition,
        "container_properties",
        f"The job's container says no {what}.",
        fix=f"Add {name}.",
        aws_error=answer,
    )


def _says(container: dict[str, Value], name: str, kind: str) -> bool:
    """Tell whether the container may say it; what is not known may."""
    required = container.get("resourceRequirements", [])
    if name in container or not isinstance(required, list):
        return True
    return any(
        not isinstance(one, dict) or not isinstance(one.get("type"), str) or one["type"] == kind for one in required
    )
