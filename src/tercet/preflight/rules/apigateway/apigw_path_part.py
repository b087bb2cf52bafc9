"""Path parts that API Gateway does not take."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.values import Reference, is_known

_PART: Final = re.compile(r"[a-zA-Z0-9._:~!$&'()*+,;=@%-]{1,500}|\{[a-zA-Z0-9._:-]{1,200}\+?\}")

_API = """
resource "aws_api_gateway_rest_api" "payments" {
  name = "payments-dev"
}

resource "aws_api_gateway_resource" "payments" {
  rest_api_id = aws_api_gateway_rest_api.payments.id
  parent_id   = aws_api_gateway_rest_api.payments.root_resource_id
  path_part   = "PART"
}
"""

RULE = Rule(
    id="apigw-path-part",
    title="A path part that API Gateway does not take",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A resource is one step of the path: it has no slash, and a parameter in curly braces is the whole step. "
        "Deeper paths are made of resources under resources."
    ),
    aws_error=(
        "BadRequestException: Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly "
        "braces at the beginning and the end."
    ),
    sources=("https://docs.aws.amazon.com/apigateway/latest/api/API_CreateResource.html",),
    resources=("aws_api_gateway_resource",),
    failing=_API.replace("PART", "/payments"),
    passing=_API.replace("PART", "payments"),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look at the step, and at the steps beside it."""
    part = resource.value("path_part")
    if not isinstance(part, str) or len(part) > 500:
        return
    if not _PART.fullmatch(part):
        yield Problem(
            resource,
            "path_part",
            f"path_part is {resource.shown('path_part')}, which is not one step of a path.",
            fix="Write one step without slashes, or a parameter such as {id} or {proxy+}.",
        )
    elif part.startswith("{") and (other := _parameter_beside(resource, part)) is not None:
        yield Problem(
            resource,
            "path_part",
            f"path_part is {part}, and {other.address} beside it is {other.shown('path_part')}: one parent has one "
            "parameter.",
            fix="Use one resource for both, or put one of them under another step.",
            aws_error=(
                f"BadRequestException: A sibling ({other.shown('path_part')}) of this resource already has a variable "
                "path part -- only one unique variable path part is allowed"
            ),
            also={"beside": other.address},
        )


def _parameter_beside(resource: Resource, part: str) -> Resource | None:
    """Return a resource before this one that has the same parent, and another parameter."""
    parent = resource.value("parent_id")
    if not is_known(parent) and not (isinstance(parent, Reference) and "[*]" not in parent.address):
        return None
    for other in resource.graph.of_type(resource.type):
        if other is resource:
            break
        beside = other.value("path_part")
        if isinstance(beside, str) and beside.startswith("{") and beside != part and other.value("parent_id") == parent:
            return other
    return None
