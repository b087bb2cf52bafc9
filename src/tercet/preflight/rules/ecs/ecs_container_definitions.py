"""Container definitions that ECS or the provider does not take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.ecs._examples import task
from tercet.preflight.rules.ecs._tasks import containers, named
from tercet.preflight.rules.ecs.ecs_fargate_size import units
from tercet.preflight.values import Value, is_known, shown

_NUMBERS: Final = ("cpu", "memory", "memoryReservation")
_MOST: Final = 200

RULE = Rule(
    id="ecs-container-definitions",
    title="Container definitions that are not valid",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "container_definitions is a JSON list of objects, each with a name and an image, and with values of the "
        "API's types: environment values are text, sizes and ports are numbers. In network mode awsvpc a host port is "
        "the container's port, and there are no links. The volumes that are mounted and the containers that are waited "
        "for are in the task, and what the containers ask for is not more than the task has."
    ),
    aws_error=(
        "Error: ECS Task Definition container_definitions is invalid: json: cannot unmarshal number into Go struct "
        "field KeyValuePair.Environment.Value of type string"
    ),
    confirmed=True,
    sources=("https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",),
    resources=("aws_ecs_task_definition",),
    failing=task(container='environment  = [{ name = "ATTEMPTS", value = 3 }]'),
    passing=task(container='environment  = [{ name = "ATTEMPTS", value = "3" }]'),
)


@RULE.check
def check(definition: Resource, _context: Context) -> Iterator[Problem]:
    """Look at the list, and at each container."""
    if not definition.has("container_definitions"):
        return
    listed = definition.document("container_definitions")
    if listed is None or (is_known(listed) and not isinstance(listed, list)) or isinstance(listed, dict):
        what = f"is {definition.shown('container_definitions')}, where a JSON list belongs"
        yield _problem(definition, "container_definitions", what, "Write jsonencode([{ … }]).")
        return
    found = containers(definition)
    for container in found:
        for path, what, fix in _wrong(container, definition):
            yield _problem(definition, path, what, fix)
    names = [str(named(one)) for one in found if isinstance(named(one), str)]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        yield _problem(definition, "container_definitions", f"names {doubled[0]} twice", "Give each its own name.")
    if found and len(found) == len(listed) and all(one.value("essential") is False for one in found):
        what = "has no essential container"
        yield _problem(definition, "container_definitions", what, "Make one of them essential.")
    yield from _sizes(definition, found)
    yield from _unknown_names(definition, found, names if len(names) == len(listed) else None)


def _unknown_names(definition: Resource, found: list[Block], names: list[str] | None) -> Iterator[Problem]:
    """Look for volumes that are mounted and containers that are waited for, and that are not there."""
    mounting = any(_entries(container, "mountPoints") for container in found)
    volumes = [block.value("name") for block in definition.blocks("volume")] if mounting else []
    for container in found:
        for point in _entries(container, "mountPoints"):
            source = point.get("sourceVolume")
            if (
                isinstance(source, str)
                and source
                and all(isinstance(one, str) for one in volumes)
                and source not in volumes
            ):
                where = container.named("mountPoints.sourceVolume")
                what = f"is {source}, and the task has {', '.join(map(str, volumes)) or 'no volume'}"
                yield _problem(
                    definition, where, what, f'Add a volume block named "{source}".', f"Unknown volume '{source}'."
                )
        for waited in _entries(container, "dependsOn"):
            name = waited.get("containerName")
            if isinstance(name, str) and names is not None and name not in names:
                where = container.named("dependsOn.containerName")
                yield _problem(
                    definition, where, f"is {name}, and the task has {', '.join(names)}", "Name one of them."
                )


def _sizes(definition: Resource, found: list[Block]) -> Iterator[Problem]:
    """Compare what the containers ask for with what the task has."""
    memory, cpu = _units(definition, "memory"), _units(definition, "cpu")
    for container in found:
        wanted = container.value("memory")
        if memory is not None and isinstance(wanted, int) and wanted > memory:
            yield _problem(
                definition,
                container.named("memory"),
                f"is {wanted} and the task has {memory}",
                f"Set {memory} or less.",
            )
        elif (
            "memory" not in definition.values
            and definition.graph.kind != "plan"
            and definition.items("requires_compatibilities") in ([], ["EC2"])
            and all(container.value(name) is None for name in ("memory", "memoryReservation"))
        ):
            yield _problem(
                definition,
                container.named("memory"),
                "is missing, and so are memoryReservation and the task's memory",
                "Give memory or memoryReservation.",
                f"Invalid setting for container '{shown(named(container), 60)}'. At least one of 'memory' or "
                "'memoryReservation' must be specified.",
            )
    shares = [one.value("cpu") for one in found]
    asked = sum(one for one in shares if isinstance(one, int))
    if cpu is not None and asked > cpu and definition.items("requires_compatibilities") == ["FARGATE"]:
        yield _problem(
            definition,
            "container_definitions",
            f"asks for {asked} CPU units in all and the task has {cpu}",
            f"Set cpu of the containers to {cpu} or less in all.",
        )


def _units(definition: Resource, name: str) -> int | None:
    value = definition.value(name)
    return units(definition.text(name)) if isinstance(value, str | int) else None


def _wrong(container: Block, definition: Resource) -> Iterator[tuple[str, str, str]]:
    for name in ("name", "image"):
        if container.value(name) in (None, ""):
            yield container.named(name), "is missing", f"Give {name}."
    for name in _NUMBERS:
        if isinstance(container.value(name), str):
            yield container.named(name), "is text, where a number belongs", "Write it without quotes."
    for pair in _entries(container, "environment"):
        value = pair.get("value")
        if isinstance(value, bool | int | float | list | dict):
            where = container.named(f"environment.{shown(pair.get('name'), 60)}")
            yield where, f"is {shown(value, 40)}, where text belongs", "Put it into quotes, or use tostring()."
    awsvpc = definition.value("network_mode") == "awsvpc"
    if awsvpc and isinstance(container.value("links"), list) and container.value("links"):
        yield (
            container.named("links"),
            "is given, which mode awsvpc does not have",
            "Remove links; containers share localhost.",
        )
    for mapping in _entries(container, "portMappings"):
        inside, host = mapping.get("containerPort"), mapping.get("hostPort")
        if isinstance(inside, str):
            where = container.named("portMappings.containerPort")
            yield where, "is text, where a number belongs", "Write it without quotes."
        elif awsvpc and isinstance(inside, int) and isinstance(host, int) and host not in (0, inside):
            where = container.named("portMappings.hostPort")
            yield where, f"is {host} and containerPort is {inside}; in mode awsvpc they are one", "Remove hostPort."


def _entries(container: Block, name: str) -> list[dict[str, Value]]:
    listed = container.value(name)
    return [one for one in listed[:_MOST] if isinstance(one, dict)] if isinstance(listed, list) else []


def _problem(definition: Resource, path: str, what: str, fix: str, error: str = "") -> Problem:
    return Problem(
        definition,
        "container_definitions",
        f"{path} {what}.",
        fix=fix,
        aws_error=f"ClientException: {error}"
        if error
        else f"ECS Task Definition container_definitions is invalid: {path} {what}",
        also={"path": path},
    )
