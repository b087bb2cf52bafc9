"""A target group whose function the load balancer may not call."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._permissions import unpermitted

_ATTACHMENT = """
resource "aws_lb_target_group" "processor" {
  name        = "payments-processor-dev"
  target_type = "lambda"
}

resource "aws_lb_target_group_attachment" "processor" {
  target_group_arn = aws_lb_target_group.processor.arn
  target_id        = aws_lambda_function.processor.arn
  %s
}

resource "aws_lb_listener_rule" "processor" {
  listener_arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/payments/0a1b2c3d/4e5f6071"
  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.processor.arn
  }
  condition {
    path_pattern {
      values = ["/payments/*"]
    }
  }
}
""" + example.function(role=example.ELSEWHERE)

RULE = Rule(
    id="lb-lambda-permission-missing",
    title="A target group on a function that the load balancer may not call",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Elastic Load Balancing registers a function only where the function's own policy lets "
        "elasticloadbalancing.amazonaws.com call it."
    ),
    aws_error=(
        "AccessDenied: elasticloadbalancing principal does not have permission to invoke <function> from target group "
        "<target group>"
    ),
    confirmed=True,
    sources=("https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html",),
    resources=("aws_lb_target_group_attachment", "aws_alb_target_group_attachment"),
    failing=_ATTACHMENT % "",
    passing=_ATTACHMENT % "depends_on = [aws_lambda_permission.invoke]"
    + example.permission("elasticloadbalancing.amazonaws.com", "aws_lb_target_group.processor.arn"),
)


@RULE.check
def check(attachment: Resource, _: Context) -> Iterator[Problem]:
    """Look for a permission of the function."""
    service = "elasticloadbalancing.amazonaws.com"
    group = attachment.target("target_group_arn", "aws_lb_target_group")
    yield from unpermitted(attachment, "target_id", service, "the function is not registered.", source=group)
