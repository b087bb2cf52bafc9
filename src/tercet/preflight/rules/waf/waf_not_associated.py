"""A web ACL that protects nothing."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.values import references_in

_ACL = """
resource "aws_wafv2_web_acl" "payments" {
  name  = "payments-dev"
  scope = "REGIONAL"

  default_action {
    allow {}
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "payments-dev"
    sampled_requests_enabled   = true
  }
}
"""

RULE = Rule(
    id="waf-not-associated",
    title="Web ACL that nothing uses",
    severity=Severity.SECURITY,
    rationale=(
        "A web ACL inspects only what it is associated with. One that no association, distribution, module or output "
        "uses is paid for and protects nothing."
    ),
    sources=("https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-associating-aws-resource.html",),
    resources=("aws_wafv2_web_acl",),
    failing=_ACL,
    passing=_ACL
    + """
resource "aws_cognito_user_pool" "merchants" {
  name = "payments-merchants-dev"
}

resource "aws_wafv2_web_acl_association" "merchants" {
  resource_arn = aws_cognito_user_pool.merchants.arn
  web_acl_arn  = aws_wafv2_web_acl.payments.arn
}
""",
)


@RULE.check
def check(acl: Resource, context: Context) -> Iterator[Problem]:
    """Look for anything that uses it, but its logging."""
    if acl.is_passed_out():
        raise Undecidable("web_acl_arn", f"{acl.address} is given to a module whose source is not at hand")
    if any(user.type != "aws_wafv2_web_acl_logging_configuration" for user in acl.referrers()):
        return
    addresses = (acl.address, acl.block_address, f"{acl.block_address}[*]")
    if any(one.address in addresses for value in context.graph.outputs.values() for one in references_in(value)):
        return
    yield Problem(
        acl,
        "name",
        f"no association and no distribution uses the web ACL {acl.shown('name')}: it protects nothing.",
        fix="Add an aws_wafv2_web_acl_association, or set web_acl_id of the distribution.",
    )
