"""A service registers with a target group that no load balancer sends anything to."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule

_GROUPS = ("aws_lb_target_group", "aws_alb_target_group")
_LISTENERS = ("aws_lb_listener", "aws_alb_listener", "aws_lb_listener_rule", "aws_alb_listener_rule")

_HEAD = """
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_lb_target_group" "payments" {
  name        = "payments-dev"
  port        = 8080
  protocol    = "TCP"
  target_type = "instance"
  vpc_id      = aws_vpc.payments.id
}

resource "aws_ecs_cluster" "payments" {
  name = "payments-dev"
}

resource "aws_ecs_service" "payments" {
  name            = "payments-dev"
  cluster         = aws_ecs_cluster.payments.id
  task_definition = "payments-dev:1"
  desired_count   = 3
  launch_type     = "EC2"

  load_balancer {
    target_group_arn = aws_lb_target_group.payments.arn
    container_name   = "payments"
    container_port   = 8080
  }
}
"""

RULE = Rule(
    id="lb-target-group-without-listener",
    title="A service is in a target group that no listener uses",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "ECS refuses a service whose target group belongs to no load balancer: a listener, or a rule of one, must "
        "forward to it. A listener that is made later than the service fails the same way, unless the service "
        "depends on it; the provider waits for some minutes, so that order is not reported."
    ),
    aws_error=(
        "InvalidParameterException: The target group with targetGroupArn <arn> does not have an associated load "
        "balancer."
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html",
        "https://github.com/hashicorp/terraform/issues/32908",
    ),
    resources=("aws_ecs_service",),
    failing=_HEAD,
    passing=_HEAD
    + """
resource "aws_lb_listener" "payments" {
  load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/payments/0123456789"
  port              = 8080
  protocol          = "TCP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.payments.arn
  }
}
""",
)


@RULE.check
def check(service: Resource, context: Context) -> Iterator[Problem]:
    """Look for a listener or rule that forwards to each of the service's target groups."""
    del context
    unsure: Undecidable | None = None
    for block in service.blocks("load_balancer"):
        try:
            yield from _unheard(service, block)
        except Undecidable as reason:
            unsure = reason
    if unsure is not None:
        raise unsure


def _unheard(service: Resource, block: Block) -> Iterator[Problem]:
    group = block.target("target_group_arn", *_GROUPS)
    if group is None or group.mode != "managed" or group.referrers(*_LISTENERS):
        return
    if group.is_passed_out():
        raise Undecidable("target_group_arn", f"{group.address} is given to a module that is not at hand")
    for listener in service.graph.of_type(*_LISTENERS):
        if not any(listener.references(name) for name in ("default_action", "action")):
            raise Undecidable("target_group_arn", f"what {listener.address} forwards to is not known")
    yield Problem(
        block,
        "target_group_arn",
        f"{service.address} registers with {group.address}, and no listener forwards to it: ECS refuses the service.",
        fix=f"Add an aws_lb_listener, or a rule of one, that forwards to {group.block_address}.",
        also={"target_group": group.address},
    )
