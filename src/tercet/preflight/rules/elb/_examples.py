"""A load balancer, a target group and a listener for the examples."""

from __future__ import annotations

from typing import Final

CERTIFICATE: Final = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
BALANCER_ARN: Final = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/payments-dev/1a2b3c4d5e6f"


def group(*lines: str, protocol: str = "HTTP", port: int = 8080) -> str:
    """Write a target group with more lines in it."""
    more = "".join(f"  {line}\n" if line else "\n" for line in lines)
    return f"""
resource "aws_lb_target_group" "payments" {{
  name        = "payments-dev"
  port        = {port}
  protocol    = "{protocol}"
  target_type = "ip"
  vpc_id      = "vpc-0123456789abcdef0"
{more}}}
"""


def listener(*lines: str, name: str = "payments", arn: str = BALANCER_ARN) -> str:
    """Write a listener that forwards to the target group, with more lines in it."""
    more = "".join(f"  {line}\n" if line else "\n" for line in lines)
    return f"""
resource "aws_lb_listener" "{name}" {{
  load_balancer_arn = "{arn}"
{more}
  default_action {{
    type             = "forward"
    target_group_arn = aws_lb_target_group.payments.arn
  }}
}}
"""


HTTPS: Final = (
    "port              = 443",
    'protocol          = "HTTPS"',
    'ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"',
    f'certificate_arn   = "{CERTIFICATE}"',
)
