"""Target groups of two load balancers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Graph, Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._targets import the_one
from tercet.preflight.rules.elb._balancers import LISTENERS, RULES, balancer_of, forwarded_to
from tercet.preflight.rules.elb._examples import group
from tercet.preflight.values import Reference, Text

_EXAMPLE = """
resource "aws_lb" "public" {
  name                       = "payments-public-dev"
  internal                   = true
  load_balancer_type         = "network"
  enable_deletion_protection = false
  subnets                    = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
}

resource "aws_lb" "private" {
  name                       = "payments-private-dev"
  internal                   = true
  load_balancer_type         = "network"
  enable_deletion_protection = false
  subnets                    = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
}

resource "aws_lb_listener" "public" {
  load_balancer_arn = aws_lb.public.arn
  port              = 8080
  protocol          = "TCP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.payments.arn
  }
}

resource "aws_lb_listener" "private" {
  load_balancer_arn = aws_lb.BALANCER.arn
  port              = 8081
  protocol          = "TCP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.payments.arn
  }
}
"""

RULE = Rule(
    id="lb-target-group-shared",
    title="A target group of two load balancers",
    severity=Severity.APPLY_FAILS,
    rationale="A target group belongs to one load balancer. A listener of another that forwards to it is refused.",
    aws_error=(
        "TargetGroupAssociationLimit: The following target groups cannot be associated with more than one load "
        "balancer: <arn>"
    ),
    confirmed=True,
    sources=("https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html",),
    failing=group(protocol="TCP") + _EXAMPLE.replace("BALANCER", "private"),
    passing=group(protocol="TCP") + _EXAMPLE.replace("BALANCER", "public"),
)


@RULE.check
def check(graph: Graph, _context: Context) -> Iterator[Problem]:
    """Gather the load balancers that forward to each target group."""
    users: dict[str, dict[str, Resource]] = defaultdict(dict)
    for resource in graph.of_type(*LISTENERS, *RULES):
        balancer = _balancer(resource)
        if balancer is None or balancer.many:
            continue
        for block, target in _forwarded(resource):
            argument = "target_group_arn" if block.has("target_group_arn") else "arn"
            if target.many or not isinstance(block.value(argument), Reference | Text):
                continue
            seen = users[target.address]
            if seen and balancer.address not in seen:
                first = next(iter(seen))
                yield Problem(
                    block,
                    argument,
                    f"{target.address} belongs to {first} already, and {balancer.address} is another load balancer.",
                    fix="Add a target group for it; targets may be in several.",
                    also={"first": first},
                )
            seen.setdefault(balancer.address, resource)


def _balancer(resource: Resource) -> Resource | None:
    try:
        if resource.type in LISTENERS:
            return balancer_of(resource)
        listener = the_one(resource, "listener_arn", *LISTENERS)
        return balancer_of(listener) if listener is not None else None
    except Undecidable:
        return None


def _forwarded(resource: Resource) -> list[tuple[Block, Resource]]:
    try:
        return list(forwarded_to(resource))
    except Undecidable:
        return []
