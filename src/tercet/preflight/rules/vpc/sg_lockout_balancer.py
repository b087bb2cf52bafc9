"""Security groups between a load balancer and what it sends requests to that let nothing through."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.network import groups_of
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.vpc._balanced import TARGET_GROUPS, balancers_of, servers_of
from tercet.preflight.rules.vpc._passage import blocked

_HEAD = """
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "private" {
  for_each          = { us-east-1a = 10, us-east-1b = 11 }
  vpc_id            = aws_vpc.payments.id
  availability_zone = each.key
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, each.value)
}

resource "aws_security_group" "balancer" {
  name   = "payments-balancer-dev"
  vpc_id = aws_vpc.payments.id
}

resource "aws_security_group" "service" {
  name   = "payments-service-dev"
  vpc_id = aws_vpc.payments.id
}

resource "aws_vpc_security_group_egress_rule" "balancer" {
  security_group_id            = aws_security_group.balancer.id
  referenced_security_group_id = aws_security_group.service.id
  from_port                    = 8080
  to_port                      = 8080
  ip_protocol                  = "tcp"
}

resource "aws_lb" "payments" {
  name                       = "payments-dev"
  internal                   = true
  load_balancer_type         = "application"
  drop_invalid_header_fields = true
  security_groups            = [aws_security_group.balancer.id]
  subnets                    = [for subnet in aws_subnet.private : subnet.id]
}

resource "aws_lb_target_group" "payments" {
  name        = "payments-dev"
  port        = 8080
  protocol    = "HTTP"
  target_type = "instance"
  vpc_id      = aws_vpc.payments.id
}

resource "aws_lb_listener" "payments" {
  load_balancer_arn = aws_lb.payments.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.payments.arn
  }
}

resource "aws_instance" "payments" {
  for_each               = aws_subnet.private
  ami                    = "ami-0123456789abcdef0"
  instance_type          = "m6g.large"
  subnet_id              = each.value.id
  vpc_security_group_ids = [aws_security_group.service.id]

  metadata_options {
    http_tokens = "required"
  }

  root_block_device {
    encrypted = true
  }
}

resource "aws_lb_target_group_attachment" "payments" {
  for_each         = aws_instance.payments
  target_group_arn = aws_lb_target_group.payments.arn
  target_id        = each.value.id
}
"""

RULE = Rule(
    id="sg-lockout-balancer",
    title="Security groups let nothing through from the load balancer",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A load balancer reaches its targets only if a security group of its own lets the traffic out and one of "
        "theirs admits it, on the port that they are registered with. Otherwise every health check fails, and so "
        "does every request. It speaks where the rules of both sides are known."
    ),
    sources=(
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html",
    ),
    resources=("aws_lb_target_group", "aws_alb_target_group"),
    failing=_HEAD,
    passing=_HEAD
    + """
resource "aws_vpc_security_group_ingress_rule" "service" {
  security_group_id            = aws_security_group.service.id
  referenced_security_group_id = aws_security_group.balancer.id
  from_port                    = 8080
  to_port                      = 8080
  ip_protocol                  = "tcp"
}
""",
)


@RULE.check
def check(group: Resource, context: Context) -> Iterator[Problem]:
    """Compare the groups of each load balancer with those of each of its targets."""
    del context
    if group.type not in TARGET_GROUPS or group.value("target_type") == "lambda":
        return
    seen: set[tuple[str, ...]] = set()
    unsure: Undecidable | None = None
    for balancer in balancers_of(group):
        if not balancer.has("security_groups"):
            continue
        try:
            own = groups_of(balancer, "security_groups")
            for server in servers_of(group):
                key = (balancer.address, str(server.port), *(one.address for one in server.groups))
                if server.groups and key not in seen:
                    seen.add(key)
                    yield from blocked(balancer, own, server.resource, server.groups, server.port)
        except Undecidable as reason:
            unsure = reason
    if unsure is not None:
        raise unsure
