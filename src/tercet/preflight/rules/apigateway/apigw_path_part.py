"""Path parts that API Gateway does not take."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

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
    """Look at the step."""
    part = resource.value("path_part")
    if isinstance(part, str) and len(part) <= 500 and not _PART.fullmatch(part):
        yield Problem(
            resource,
            "path_part",
            f"path_part is {resource.shown('path_part')}, which is not one step of a path.",
            fix="Write one step without slashes, or a parameter such as {id} or {proxy+}.",
        )
