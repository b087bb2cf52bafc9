"""Target groups that lack what their targets need."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.elb._balancers import GROUPS
from tercet.preflight.rules.elb._examples import group

RULE = Rule(
    id="lb-target-group-arguments",
    title="A target group lacks what its targets need",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A target group of instances, addresses or load balancers has a port, a protocol and a VPC; one of functions "
        "has none of them. The provider refuses the target group."
    ),
    aws_error='Error: Attribute "<argument>" must be specified when "target_type" is "<type>".',
    confirmed=True,
    sources=("https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html",),
    resources=GROUPS,
    failing="""
resource "aws_lb_target_group" "payments" {
  name        = "payments-dev"
  target_type = "ip"
  port        = 8080
  protocol    = "HTTP"
}
""",
    passing=group(),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look for port, protocol and VPC."""
    if resource.graph.kind == "plan":
        return  # the provider has refused it before there was a plan
    missing = [name for name in ("port", "protocol", "vpc_id") if not resource.has(name)]
    kind = resource.text("target_type", "instance") if missing else "lambda"
    if kind != "lambda":
        names = ", ".join(missing)
        yield Problem(
            resource,
            missing[0],
            f"target_type is {kind} and {names} missing.",
            fix=f"Give {names}.",
            aws_error=f'Error: Attribute "{missing[0]}" must be specified when "target_type" is "{kind}".',
            also={"target_type": kind or ""},
        )
