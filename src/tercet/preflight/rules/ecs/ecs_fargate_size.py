"""Sizes that Fargate does not have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.ecs._examples import task
from tercet.preflight.rules.ecs._tasks import is_fargate

# CPU units → least and most memory in MiB, and the step between.
SIZES: Final = {
    256: (512, 2048, 512),
    512: (1024, 4096, 1024),
    1024: (2048, 8192, 1024),
    2048: (4096, 16384, 1024),
    4096: (8192, 30720, 1024),
    8192: (16384, 61440, 4096),
    16384: (32768, 122880, 8192),
}
_NUMBER: Final = re.compile(r"\s*(\d{1,6}(?:\.\d{1,4})?)\s*(vcpu|gb)?\s*", re.IGNORECASE)

RULE = Rule(
    id="ecs-fargate-size",
    title="A size that Fargate does not have",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Fargate has certain amounts of CPU, and certain amounts of memory for each. Both have to be said for the "
        "task. ECS refuses to register a task definition with others."
    ),
    aws_error="ClientException: No Fargate configuration exists for given values: <cpu> CPU, <memory> memory.",
    sources=("https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html",),
    resources=("aws_ecs_task_definition",),
    failing=task(cpu="256", memory="4096"),
    passing=task(cpu="512", memory="1024"),
)


@RULE.check
def check(definition: Resource, _context: Context) -> Iterator[Problem]:
    """Look the size up."""
    if not is_fargate(definition):
        return
    for name in ("cpu", "memory"):
        if not definition.has(name):
            yield Problem(
                definition,
                name,
                f"requires_compatibilities has FARGATE and {name} is missing.",
                fix=f"Give {name} for the task.",
                aws_error=f"ClientException: Fargate requires that '{name}' be defined at the task level.",
            )
    cpu, memory = units(definition.text("cpu")), units(definition.text("memory"))
    if cpu is None or memory is None or fits(cpu, memory):
        return
    least, most, step = SIZES.get(cpu, (0, 0, 0))
    fix = f"Set memory from {least} to {most}, in steps of {step}." if most else "Set cpu to 256, 512, 1024 and so on."
    yield Problem(
        definition,
        "memory" if most else "cpu",
        f"cpu is {definition.shown('cpu')} and memory is {definition.shown('memory')}: Fargate has no such size.",
        fix=fix,
        aws_error=(f"ClientException: No Fargate configuration exists for given values: {cpu} CPU, {memory} memory."),
        also={"cpu": definition.shown("cpu"), "memory": definition.shown("memory")},
    )


def units(text: str | None) -> int | None:
    """Return CPU units or MiB: ``1024``, ``1 vCPU`` and ``2GB`` are ways to write them."""
    match = _NUMBER.fullmatch(text) if text else None
    return None if match is None else int(float(match[1]) * (1024 if match[2] else 1))


def fits(cpu: int, memory: int) -> bool:
    """Tell whether Fargate has the size; one with more CPU than is known here is taken to exist."""
    if cpu > max(SIZES):
        return True
    least, most, step = SIZES.get(cpu, (0, -1, 1))
    # 0.25 vCPU has 512, 1024 and 2048 MiB, and nothing between the last two.
    return least <= memory <= most and (memory - least) % step == 0 and (cpu, memory) != (256, 1536)
