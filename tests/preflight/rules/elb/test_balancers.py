"""Near misses of the rules of load balancers."""

from __future__ import annotations

import pytest

from tercet.preflight.rules.elb._examples import BALANCER_ARN, HTTPS, group, listener
from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

UNKNOWN = 'variable "unknown" {}\n'
NETWORK = BALANCER_ARN.replace("/app/", "/net/")
TLS = ("port              = 443", 'protocol          = "TLS"', *HTTPS[2:])
OWN = block("aws_lb", "b", 'name = "b"\nload_balancer_type = "network"')


def redirect(port: int, protocol: str, to_port: str, to_protocol: str) -> str:
    action = f'redirect {{\nport = "{to_port}"\nprotocol = "{to_protocol}"\nstatus_code = "HTTP_301"\n}}'
    body = f'load_balancer_arn = "{BALANCER_ARN}"\nport = {port}\nprotocol = "{protocol}"\n'
    return block("aws_lb_listener", "l", body + f'default_action {{\ntype = "redirect"\n{action}\n}}')


def rule(name: str, priority: str, of: str = "payments") -> str:
    body = f'listener_arn = aws_lb_listener.{of}.arn\npriority = {priority}\naction {{\ntype = "forward"\n'
    return block("aws_lb_listener_rule", name, body + "target_group_arn = aws_lb_target_group.payments.arn\n}")


CASES = [
    ("lb-listener-certificate", UNKNOWN + group() + listener(*HTTPS[:3], "certificate_arn = var.unknown"), SILENT),
    ("lb-listener-certificate", UNKNOWN + group() + listener("port = 443", "protocol = var.unknown"), UNDECIDED),
    ("lb-listener-certificate", group(protocol="TCP") + listener(*TLS[:3], arn=NETWORK), FOUND),
    ("lb-listener-protocol", group(protocol="TCP") + listener(*TLS, arn=NETWORK), SILENT),
    ("lb-listener-protocol", group(protocol="HTTP") + listener(*TLS, arn=NETWORK), FOUND),
    (
        "lb-listener-protocol",
        OWN + group() + listener(*HTTPS).replace(f'"{BALANCER_ARN}"', "aws_lb.b.arn"),
        FOUND,
    ),
    ("lb-listener-protocol", UNKNOWN + group(protocol="TCP") + listener(*TLS, arn="${var.unknown}"), SILENT),
    ("lb-target-group-arguments", block("aws_lb_target_group", "g", 'target_type = "lambda"'), SILENT),
    ("lb-target-group-arguments", UNKNOWN + block("aws_lb_target_group", "g", "target_type = var.unknown"), UNDECIDED),
    ("lb-health-check", group("health_check {", "  interval = 30", "  timeout = 30", "}", protocol="TCP"), SILENT),
    ("lb-health-check", group("health_check {", "  interval = 30", "  timeout = 30", "}"), FOUND),
    ("lb-health-check", group("health_check {", '  protocol = "TCP"', '  path = "/"', "}", protocol="TCP"), FOUND),
    ("lb-stickiness", group("stickiness {", '  type = "lb_cookie"', "  enabled = false", "}", protocol="TCP"), SILENT),
    ("lb-stickiness", group("stickiness {", '  type = "source_ip"', "}"), FOUND),
    ("lb-action", redirect(80, "HTTP", "443", "HTTPS"), SILENT),
    ("lb-action", redirect(80, "HTTP", "80", "HTTP"), FOUND),
    ("lb-action", redirect(80, "HTTP", "#{port}", "#{protocol}"), FOUND),
    ("lb-listener-duplicate", group() + listener(*HTTPS) + rule("a", "10") + rule("b", "20"), SILENT),
    ("lb-listener-duplicate", group() + listener(*HTTPS) + rule("a", "10") + rule("b", "10"), FOUND),
    (
        "lb-listener-duplicate",
        UNKNOWN + group() + listener(*HTTPS) + rule("a", "10") + rule("b", "var.unknown"),
        SILENT,
    ),
]


@pytest.mark.parametrize(("name", "text", "expected"), CASES, ids=[f"{case[0]}-{at}" for at, case in enumerate(CASES)])
def test_near_misses(name: str, text: str, expected: str):
    assert verdict(name, text) == expected
