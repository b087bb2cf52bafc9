"""Method settings for paths that are not written as paths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.apigateway._examples import WHOLE

_METHOD: Final = re.compile(r"(?:\*|ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT)")

_SETTINGS = """
resource "aws_api_gateway_method_settings" "create" {
  rest_api_id = aws_api_gateway_rest_api.payments.id
  stage_name  = aws_api_gateway_stage.live.stage_name
  method_path = "PATH"

  settings {
    throttling_rate_limit  = 100
    throttling_burst_limit = 50
  }
}
"""

RULE = Rule(
    id="apigw-method-path",
    title="Method settings for a path that is not written as API Gateway has it",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "method_path is the resource's path without its first slash, then the HTTP method: payments/POST; */* is all "
        "methods."
    ),
    aws_error="BadRequestException: Invalid method setting path: <path>",
    sources=("https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateStage.html",),
    resources=("aws_api_gateway_method_settings",),
    failing=WHOLE + _SETTINGS.replace("PATH", "/payments/POST"),
    passing=WHOLE + _SETTINGS.replace("PATH", "payments/POST"),
)


@RULE.check
def check(settings: Resource, _context: Context) -> Iterator[Problem]:
    """Look at the path."""
    path = settings.text("method_path")
    if not path or len(path) > 2000:
        return
    # /GET is the root's method: the root's path without its slash is empty.
    beginning, _, method = path.rpartition("/")
    if (beginning.startswith("/") and len(beginning) > 1) or "/" not in path or not _METHOD.fullmatch(method):
        yield Problem(
            settings,
            "method_path",
            f"method_path is {path}.",
            fix="Write the path without its first slash, and the method: payments/POST.",
        )
