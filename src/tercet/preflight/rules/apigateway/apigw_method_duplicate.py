"""Methods and resources that are there already."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.apigateway._examples import API, DEPLOYMENT, INTEGRATION, METHOD, STAGE, WHOLE
from tercet.preflight.rules.apigateway._rest import METHOD as METHOD_TYPE
from tercet.preflight.rules.apigateway._rest import method_key
from tercet.preflight.values import Reference

RULE = Rule(
    id="apigw-method-duplicate",
    title="Two methods or two resources of an API that are one",
    severity=Severity.APPLY_FAILS,
    rationale="A resource has one method of a name, and one child of a path part. The second is refused.",
    aws_error="ConflictException: Method already exists for this resource",
    sources=("https://docs.aws.amazon.com/apigateway/latest/api/API_PutMethod.html",),
    failing=API + METHOD + METHOD.replace('"create"', '"second"') + INTEGRATION + DEPLOYMENT + STAGE,
    passing=WHOLE,
)


@RULE.check
def check(graph: Graph, _context: Context) -> Iterator[Problem]:
    """Compare methods by resource and name, and resources by parent and path part."""
    methods: dict[tuple[str, str], Resource] = {}
    for method in graph.of_type(METHOD_TYPE):
        key = method_key(method)
        if key is None or method.many:
            continue
        first = methods.setdefault(key, method)
        if first is not method:
            yield Problem(
                method,
                "http_method",
                f"{first.address} is for {key[1]} on the same resource.",
                fix="Remove one of them.",
                also={"first": first.address},
            )
    yield from _paths(graph)


def _paths(graph: Graph) -> Iterator[Problem]:
    resources: dict[tuple[str, str], Resource] = {}
    for resource in graph.of_type("aws_api_gateway_resource"):
        parent, part = resource.value("parent_id"), resource.value("path_part")
        if resource.many or not isinstance(part, str) or not isinstance(parent, Reference) or "[*]" in parent.address:
            continue
        first = resources.setdefault((str(parent), str(part)), resource)
        if first is not resource:
            yield Problem(
                resource,
                "path_part",
                f"{first.address} has the path part {part} under the same parent.",
                fix="Use the one resource for both.",
                aws_error=(f"ConflictException: Another resource with the same parent already has this name: {part}"),
                also={"first": first.address},
            )
