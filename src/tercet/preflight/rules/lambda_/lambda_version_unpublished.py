"""An alias or SnapStart without a published version."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule
from tercet.preflight.rules.lambda_._examples import function
from tercet.preflight.rules.lambda_._functions import FUNCTION, names_latest

_ALIAS = """
resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.payments.function_name
  function_version = aws_lambda_function.payments.version
}
"""

RULE = Rule(
    id="lambda-version-unpublished",
    title="An alias or SnapStart on a function that publishes no version",
    severity=Severity.ADVICE,
    rationale=(
        "An alias of $LATEST moves with every upload, so it cannot be rolled back; SnapStart takes its snapshot when "
        "a version is published, so without one it does nothing. A function publishes versions with publish = true."
    ),
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html",),
    resources=("aws_lambda_alias", "aws_lambda_function"),
    failing=function() + _ALIAS,
    passing=function("publish       = true") + _ALIAS,
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look for what needs a version and has none."""
    if resource.type == FUNCTION:
        snap_start = resource.block("snap_start")
        if snap_start and snap_start.text("apply_on") == "PublishedVersions" and not resource.flag("publish", False):
            yield Problem(
                resource,
                "publish",
                "snap_start applies on PublishedVersions and publish is not true: no snapshot is ever taken.",
                fix="Set publish = true.",
                change=Change(resource, "publish", True),
            )
    elif not isinstance(resource.value("function_version"), str) and names_latest(resource, "function_version"):
        yield Problem(
            resource,
            "function_version",
            f"function_version is {resource.shown('function_version')} of a function that publishes no versions: the "
            "alias is $LATEST and moves with every upload.",
            fix="Set publish = true on the function.",
        )
