"""SnapStart where it cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.knowledge.runtimes import has_snap_start
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.lambda_._functions import is_image

STORAGE_MAX_MB: Final = 512

RULE = Rule(
    id="lambda-snapstart-unsupported",
    title="SnapStart with a runtime or feature that excludes it",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "SnapStart takes snapshots of functions with Java 11, Python 3.12 or .NET 8 and newer. It cannot be combined "
        "with container images, EFS, or more than 512 MB of ephemeral storage; the function is then not created."
    ),
    aws_error="InvalidParameterValueException: <runtime or feature> is not supported for SnapStart enabled functions",
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html",),
    resources=("aws_lambda_function",),
    failing="""
resource "aws_lambda_function" "payments" {
  function_name = "payments-dev"
  role          = "arn:aws:iam::123456789012:role/payments-dev"
  s3_bucket     = "payments-artifacts-dev"
  s3_key        = "payments.zip"
  handler       = "index.handler"
  runtime       = "nodejs22.x"
  publish       = true

  snap_start {
    apply_on = "PublishedVersions"
  }
}
""",
    passing="""
resource "aws_lambda_function" "payments" {
  function_name = "payments-dev"
  role          = "arn:aws:iam::123456789012:role/payments-dev"
  s3_bucket     = "payments-artifacts-dev"
  s3_key        = "payments.zip"
  handler       = "app.handler"
  runtime       = "python3.13"
  publish       = true

  snap_start {
    apply_on = "PublishedVersions"
  }
}
""",
)


@RULE.check
def check(function: Resource, _context: Context) -> Iterator[Problem]:
    """Look for what excludes SnapStart."""
    snap_start = function.block("snap_start")
    if snap_start is None or snap_start.text("apply_on") != "PublishedVersions":
        return
    for argument, what in _excluding(function):
        yield Problem(
            function,
            argument,
            f"snap_start applies on PublishedVersions and {what}: Lambda does not create the function.",
            fix="Remove snap_start, or what excludes it.",
            also={"snap_start.apply_on": "PublishedVersions"},
        )


def _excluding(function: Resource) -> Iterator[tuple[str, str]]:
    if function.has("file_system_config"):
        yield "file_system_config", "a file system is mounted"
    for storage in function.blocks("ephemeral_storage"):
        size = storage.number("size", STORAGE_MAX_MB) or 0
        if size > STORAGE_MAX_MB:
            yield "ephemeral_storage", f"ephemeral_storage.size is {size}, over {STORAGE_MAX_MB}"
    if is_image(function):
        yield "package_type", "the function is a container image"
        return
    runtime = function.text("runtime") or ""
    if has_snap_start(runtime) is False:
        yield "runtime", f"runtime is {runtime}, which has no SnapStart"
