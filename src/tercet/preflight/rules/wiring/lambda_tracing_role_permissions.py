"""A traced function whose role does not let it send traces."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._roles import permissions_at

_ACTION = "xray:PutTraceSegments"

_TRACING = """
  tracing_config {
    mode = "Active"
  }
"""

RULE = Rule(
    id="lambda-tracing-role-permissions",
    title="A traced function whose role may not send traces",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "With active tracing Lambda sends segments to X-Ray with the function's role, and refuses the function where "
        "that may not. The action has no resources: it is allowed on `*`."
    ),
    aws_error=(
        "InvalidParameterValueException: The provided execution role does not have permissions to call "
        "PutTraceSegments "
        "on XRAY"
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html",
        "https://github.com/functionalone/serverless-iam-roles-per-function/issues/39",
    ),
    resources=("aws_lambda_function",),
    failing=example.role(example.LOGS) + example.function(_TRACING),
    passing=example.role(example.LOGS, example.allow('["xray:PutTraceSegments", "xray:PutTelemetryRecords"]', '"*"'))
    + example.function(_TRACING),
)


@RULE.check
def check(function: Resource, _: Context) -> Iterator[Problem]:
    """Ask the role for the action."""
    permissions = permissions_at(function)
    if permissions is None or permissions.allows(_ACTION):
        return
    if not any(block.text("mode") == "Active" for block in function.blocks("tracing_config")):
        return
    if permissions.lacks(_ACTION):
        yield Problem(
            function,
            "tracing_config",
            f"tracing_config.mode is Active, and the role {permissions.role.address} lacks {_ACTION}: Lambda refuses "
            "the function.",
            fix=f"Attach AWSXRayDaemonWriteAccess to {permissions.role.address}, or allow {_ACTION} on *.",
        )
