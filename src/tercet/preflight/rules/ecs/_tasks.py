"""Task definitions: what they hold, and which one a service runs."""

from __future__ import annotations

from typing import Final

from tercet.preflight.graph import Block, Resource
from tercet.preflight.rules._targets import made
from tercet.preflight.values import Template, Value

TASK: Final = "aws_ecs_task_definition"
MAX_CONTAINERS: Final = 100


def task_of(service: Resource) -> Resource | None:
    """Return the task definition that a service runs; None where it stands elsewhere, or may be another."""
    tasks = made(service, "task_definition", TASK)
    # Text is "family:revision", or an expression of which only a part is known.
    value = service.value("task_definition")
    return tasks[0] if len(tasks) == 1 and not isinstance(value, Template) else None


def is_fargate(task: Resource) -> bool:
    """Tell whether a task definition is to run on Fargate.

    Raises
    ------
    Undecidable
        What it requires is not known.
    """
    return "FARGATE" in task.texts("requires_compatibilities")


def containers(task: Resource) -> list[Block]:
    """Return the containers that are known.

    Raises
    ------
    Undecidable
        Nothing of them is known.
    """
    listed = task.document("container_definitions") if task.has("container_definitions") else None
    return [
        Block(task, f"container_definitions[{index}]", one)
        for index, one in enumerate(listed[:MAX_CONTAINERS] if isinstance(listed, list) else ())
        if isinstance(one, dict)
    ]


def named(container: Block) -> Value:
    """Return a container's name, known or not."""
    return container.value("name")
