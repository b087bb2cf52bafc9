"""A stage whose limits are left out, and so zero."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.apigateway._http import EXAMPLE_API, STAGE, example_route
from tercet.preflight.values import Unknown

_LIMITS: Final = ("throttling_rate_limit", "throttling_burst_limit")


def _stage(*lines: str) -> str:
    more = "".join(f"    {line}\n" for line in lines)
    return f"""
resource "aws_apigatewayv2_stage" "live" {{
  api_id      = aws_apigatewayv2_api.payments.id
  name        = "$default"
  auto_deploy = true

  default_route_settings {{
    detailed_metrics_enabled = true
{more}  }}
}}
"""


_ROUTE = example_route('authorization_type = "AWS_IAM"')

RULE = Rule(
    id="apigwv2-stage-throttled",
    title="A stage that lets no request through",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "In default_route_settings and route_settings a limit that is not given is sent as zero: the stage deploys "
        "and answers each request with 429. The block is mostly written for something else, such as metrics."
    ),
    aws_error="429 Too Many Requests (at run time)",
    sources=(
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html",
        "https://github.com/hashicorp/terraform-provider-aws/pull/43307",
        "https://github.com/terraform-aws-modules/terraform-aws-apigateway-v2/issues/59",
    ),
    confirmed=True,
    resources=(STAGE,),
    failing=EXAMPLE_API + _ROUTE + _stage(),
    passing=EXAMPLE_API + _ROUTE + _stage("throttling_rate_limit    = 100", "throttling_burst_limit   = 200"),
)


@RULE.check
def check(stage: Resource, _context: Context) -> Iterator[Problem]:
    """Look for limits that are zero or left out."""
    for name in ("default_route_settings", "route_settings"):
        for block in stage.blocks(name):
            zero = [limit for limit in _LIMITS if block.value(limit) in (None, 0)]
            if zero and not isinstance(block.value(zero[0]), Unknown):
                yield Problem(
                    block,
                    zero[0],
                    f"{block.named(zero[0])} is {'0' if block.has(zero[0]) else 'not given, and so 0'}: the stage "
                    "answers each request with 429.",
                    fix=f"Set {' and '.join(_LIMITS)}.",
                )
