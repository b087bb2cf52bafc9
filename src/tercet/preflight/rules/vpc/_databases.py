"""Which databases something talks to, on which port and behind which security groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.network import environment_of, groups_of
from tercet.preflight.values import Value, references_in

DATABASES: Final = ("aws_rds_cluster", "aws_db_instance", "aws_db_proxy")

_PORTS: Final = (
    ("aurora-mysql", 3306),
    ("aurora-postgresql", 5432),
    ("postgres", 5432),
    ("mysql", 3306),
    ("mariadb", 3306),
    ("POSTGRESQL", 5432),
    ("MYSQL", 3306),
    ("oracle", 1521),
    ("sqlserver", 1433),
    ("SQLSERVER", 1433),
)
_HOLDERS: Final = {"aws_ssm_parameter": "value", "aws_secretsmanager_secret_version": "secret_string"}


def databases_of(values: Iterator[Value], owner: Resource) -> list[Resource]:
    """Return the databases that values lead to, by themselves or through a parameter or secret that holds one."""
    graph = owner.graph
    found: dict[str, Resource] = {}
    for value in values:
        for one in graph.resolve(value):
            if one.type in DATABASES and one.mode == "managed":
                found[one.address] = one
            for held in _held(one):
                found.update((two.address, two) for two in graph.resolve(held) if two.type in DATABASES)
    return [one for one in found.values() if one.mode == "managed"]


def databases_of_function(function: Resource) -> list[Resource]:
    """Return the databases that a function's environment leads to."""
    return databases_of(environment_of(function), function)


def databases_of_service(service: Resource) -> list[Resource]:
    """Return the databases that the container definitions of an ECS service lead to."""
    task = service.target("task_definition", "aws_ecs_task_definition")
    if task is None:
        return []
    return databases_of(iter(references_in(task.value("container_definitions"))), task)


def port_of(database: Resource) -> int:
    """Return the port that a database listens on.

    Raises
    ------
    Undecidable
        Neither its port nor its engine is known.
    """
    if database.type != "aws_db_proxy" and (port := database.number("port")) is not None:
        return int(port)
    argument = "engine_family" if database.type == "aws_db_proxy" else "engine"
    engine = database.text(argument) or ""
    for start, port in _PORTS:
        if engine.startswith(start):
            return port
    raise Undecidable(database.named("port"), f"the port of {database.address} is not known")


def groups_of_database(database: Resource) -> list[Resource]:
    """Return the security groups of a database.

    Raises
    ------
    Undecidable
        It has none in the configuration, and is in the VPC's default group.
    """
    found = groups_of(database, "vpc_security_group_ids")
    if not found:
        raise Undecidable("vpc_security_group_ids", f"{database.address} is in the VPC's default security group")
    return found


def _held(resource: Resource) -> Iterator[Value]:
    if resource.mode != "managed":
        return
    if (argument := _HOLDERS.get(resource.type)) is not None:
        yield resource.value(argument)
    elif resource.type == "aws_secretsmanager_secret":
        for version in resource.referrers("aws_secretsmanager_secret_version"):
            yield version.value("secret_string")
