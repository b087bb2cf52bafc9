"""Target groups that cannot take tasks."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._targets import made
from tercet.preflight.rules.ecs._examples import service, task
from tercet.preflight.rules.ecs._tasks import task_of

_GROUP = """
resource "aws_lb_target_group" "payments" {
  name     = "payments-dev"
  port     = 8080
  protocol = "HTTP"
  vpc_id   = "vpc-0123456789abcdef0"TYPE
}

resource "aws_lb_listener" "payments" {
  load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/payments-dev/1a2b3c4d5e6f"
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.payments.arn
  }
}
"""
_SERVICE = service(
    'launch_type     = "FARGATE"',
    "depends_on      = [aws_lb_listener.payments]",
    "",
    "load_balancer {",
    "  target_group_arn = aws_lb_target_group.payments.arn",
    '  container_name   = "payments"',
    "  container_port   = 8080",
    "}",
)

RULE = Rule(
    id="ecs-target-type",
    title="A target group of instances for tasks with their own addresses",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Tasks with network mode awsvpc have their own addresses and are registered by them, so that their target "
        "group has target_type ip. The default is instance."
    ),
    aws_error=(
        "InvalidParameterException: The provided target group <arn> has target type instance, which is incompatible "
        "with the awsvpc network mode specified in the task definition."
    ),
    sources=("https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html",),
    resources=("aws_ecs_service",),
    failing=task() + _GROUP.replace("TYPE", "") + _SERVICE,
    passing=task() + _GROUP.replace("TYPE", '\n\n  target_type = "ip"') + _SERVICE,
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Compare network mode and target type."""
    balancers = resource.blocks("load_balancer")
    definition = task_of(resource) if balancers else None
    if definition is None:
        return
    mode = definition.text("network_mode", "bridge")
    for balancer in balancers:
        groups = made(balancer, "target_group_arn", "aws_lb_target_group", "aws_alb_target_group")
        for group in groups if len(groups) == 1 else ():
            kind = group.text("target_type", "instance")
            if (mode == "awsvpc" and kind == "instance") or (mode in ("bridge", "host") and kind == "ip"):
                yield Problem(
                    balancer,
                    "target_group_arn",
                    f"network_mode of {definition.address} is {mode} and target_type of {group.address} is {kind}.",
                    fix=f'Set target_type = "{"ip" if mode == "awsvpc" else "instance"}" on {group.address}.',
                    also={"network_mode": mode or "", "target_type": kind or ""},
                )
