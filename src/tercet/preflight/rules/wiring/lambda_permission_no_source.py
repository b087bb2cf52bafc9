"""A function that a service may call on behalf of anybody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example

_RULE = """
resource "aws_cloudwatch_event_rule" "paid" {
  name          = "payments-paid-dev"
  event_pattern = jsonencode({ source = ["payments.ledger"] })
}

resource "aws_cloudwatch_event_target" "paid" {
  rule = aws_cloudwatch_event_rule.paid.name
  arn  = aws_lambda_function.processor.arn
}
""" + example.function(role=example.ELSEWHERE)

_WITHOUT_SOURCE: Final = ("alexa-appkit.amazon.com", "alexa-connectedhome.amazon.com", "edgelambda.amazonaws.com")
"""Services that name no source, and are told apart by an event source token or not at all."""

RULE = Rule(
    id="lambda-permission-no-source",
    title="A function that a service may call for anybody",
    severity=Severity.SECURITY,
    rationale=(
        "A permission for a service without source_arn or source_account lets that service call the function on behalf "
        "of any AWS account: anybody may point a rule, topic, bucket or API of theirs at it. A permission for `*` "
        "without a condition lets everybody call it."
    ),
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html",),
    resources=("aws_lambda_permission",),
    failing=_RULE
    + """
resource "aws_lambda_permission" "invoke" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.processor.function_name
  principal     = "events.amazonaws.com"
}
""",
    passing=_RULE + example.permission("events.amazonaws.com", "aws_cloudwatch_event_rule.paid.arn"),
)


@RULE.check
def check(permission: Resource, _: Context) -> Iterator[Problem]:
    """Look for what limits the permission."""
    limits = ("source_arn", "source_account", "principal_org_id", "event_source_token", "function_url_auth_type")
    if any(permission.has(limit) for limit in limits):
        return
    principal = permission.text("principal") or ""
    if principal == "*":
        yield Problem(
            permission,
            "principal",
            "principal is * and nothing limits it: every AWS account may call the function.",
            fix="Name the service or the account, and its source_arn.",
        )
    elif principal.endswith((".amazonaws.com", ".amazonaws.com.cn")) and principal not in _WITHOUT_SOURCE:
        yield Problem(
            permission,
            "source_arn",
            f"{principal} may call the function for anybody: neither source_arn nor source_account is given.",
            fix="Add the source_arn of what is to call the function.",
            also={"principal": principal},
        )
