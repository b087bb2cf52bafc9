"""Scalable targets that name nothing that scales."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from re import Pattern
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.values import Reference, Template, Text, Value, shown


@dataclass(frozen=True, slots=True)
class _Space:
    """How a namespace names its resources."""

    begins: tuple[str, ...]
    form: str
    whole: Pattern[str] | None = None


_SPACES: Final = {
    "dynamodb": _Space(("table/",), "table/<table> or table/<table>/index/<index>"),
    "ecs": _Space(("service/",), "service/<cluster>/<service>", re.compile(r"service/[^/:]{1,255}(?:/[^/:]{1,255})?")),
    "elasticache": _Space(("replication-group/", "cache-cluster/"), "replication-group/<group>"),
    "kafka": _Space(("arn:",), "the cluster's ARN"),
    "lambda": _Space(("function:",), "function:<function>:<alias>"),
    "rds": _Space(("cluster:",), "cluster:<cluster>"),
    "sagemaker": _Space(("endpoint/", "inference-component/"), "endpoint/<endpoint>/variant/<variant>"),
}
_ARNS: Final = frozenset(("arn", "id"))
_ERROR: Final = "ValidationException: Unsupported service namespace, resource type or scalable dimension"

_EXAMPLE = """
resource "aws_appautoscaling_target" "payments" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "RESOURCE"
  min_capacity       = 2
  max_capacity       = 6
}
"""

RULE = Rule(
    id="appautoscaling-resource",
    title="A scalable target whose name, namespace and dimension do not go together",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Application Auto Scaling names what it scales in a form of each service's own, such as "
        "service/<cluster>/<service> with names and not ARNs, and a dimension begins with its namespace."
    ),
    aws_error=_ERROR,
    sources=(
        "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html",
        "https://github.com/getmoto/moto/issues/3304",
        "https://github.com/aws/aws-cdk/issues/14297",
    ),
    resources=("aws_appautoscaling_target",),
    failing=_EXAMPLE.replace("RESOURCE", "payments-dev/payments-dev"),
    passing=_EXAMPLE.replace("RESOURCE", "service/payments-dev/payments-dev"),
)


@RULE.check
def check(target: Resource, _context: Context) -> Iterator[Problem]:
    """Compare name and dimension with the namespace."""
    namespace = target.text("service_namespace") or ""
    dimension = target.value("scalable_dimension")
    if isinstance(dimension, str) and not str(dimension).startswith(f"{namespace}:"):
        yield Problem(
            target,
            "scalable_dimension",
            f"scalable_dimension is {dimension}, and service_namespace is {namespace}.",
            fix=f"Write a dimension that begins with {namespace}:.",
            also={"service_namespace": namespace},
        )
    space = _SPACES.get(namespace)
    wrong = _wrong(target.value("resource_id"), space, target) if space is not None else None
    if space is not None and wrong is not None:
        yield Problem(
            target,
            "resource_id",
            f"resource_id is {target.shown('resource_id')}: {wrong}. Of {namespace} it is {space.form}.",
            fix=f"Write {space.form}.",
            also={"service_namespace": namespace},
        )


def _wrong(value: Value, space: _Space, target: Resource) -> str | None:
    """Say what is wrong with a name, as far as it is known."""
    known = value.prefix if isinstance(value, Template) else value
    if isinstance(value, Reference):
        return _of_attribute(value, target)
    if not isinstance(known, str) or (isinstance(value, Template) and not known):
        return _first_part(value, target)
    if not any(known.startswith(begin[: len(known)]) for begin in space.begins):
        return f"it does not begin with {' or '.join(space.begins)}"
    if isinstance(value, Template):
        return _arn_inside(value, target)
    if space.whole is not None and not space.whole.fullmatch(known):
        return "it has other parts than that"
    if isinstance(value, Text) and not any(known.startswith(begin) for begin in space.begins):
        return f"it does not begin with {' or '.join(space.begins)}"
    return None


def _of_attribute(value: Reference, target: Resource) -> str | None:
    found = target.graph.find(value.address)
    if found and found[0].type == "aws_ecs_service" and value.path in (("id",), ("name",)):
        return f"{value} is the service's {'ARN' if value.path == ('id',) else 'name'}"
    return None


def _first_part(value: Value, target: Resource) -> str | None:
    """Tell what a text begins with that begins with a reference."""
    if isinstance(value, Template) and value.parts and isinstance(value.parts[0], Reference):
        found = target.graph.find(value.parts[0].address)
        if found and found[0].type in ("aws_ecs_cluster", "aws_ecs_service"):
            return f"it begins with {shown(value.parts[0])}"
    return None


def _arn_inside(value: Template, target: Resource) -> str | None:
    for part in value.parts:
        found = target.graph.find(part.address) if isinstance(part, Reference) else []
        if found and found[0].type in ("aws_ecs_cluster", "aws_ecs_service") and part.path[-1:][0] in _ARNS:
            return f"{part} is an ARN, where the name belongs"
    return None
