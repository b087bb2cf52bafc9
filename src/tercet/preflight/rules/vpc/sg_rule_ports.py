"""Ports of security group rules that are none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule

_INLINE: Final = ("aws_security_group", "aws_default_security_group")
_SEPARATE: Final = ("aws_vpc_security_group_egress_rule", "aws_vpc_security_group_ingress_rule")
_WITH_PORTS: Final = frozenset({"tcp", "udp", "6", "17"})
_MOST: Final = 65_535

_EXAMPLE = """
resource "aws_security_group" "payments" {
  name = "payments-dev"

  egress {
    description = "All"
    from_port   = 0
    to_port     = MOST
    protocol    = "-1"
    cidr_blocks = ["10.0.0.0/8"]
  }
}
"""

RULE = Rule(
    id="sg-rule-ports",
    title="Ports that a security group's rule cannot have",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A rule for TCP or UDP has a first and a last port, from 0 to 65535 and in that order. A rule for all "
        "protocols (-1) has no ports: inside a security group the provider wants 0 for both."
    ),
    aws_error="from_port (0) and to_port (65535) must both be 0 to use the 'ALL' \"-1\" protocol!",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html",
        "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/vpc_security_group.go",
    ),
    resources=(*_INLINE, *_SEPARATE, "aws_security_group_rule"),
    failing=_EXAMPLE.replace("MOST", "65535"),
    passing=_EXAMPLE.replace("MOST", "0"),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look at the ports of each rule."""
    blocks = [one for name in ("ingress", "egress") for one in resource.blocks(name)]
    for block in blocks if resource.type in _INLINE else [resource]:
        protocol = (block.text("ip_protocol") or block.text("protocol") or "").lower()
        if protocol in ("-1", "all") and resource.type in _INLINE:
            first, last = block.number("from_port", 0), block.number("to_port", 0)
            if first or last:
                yield _problem(
                    block,
                    "to_port" if last else "from_port",
                    f"protocol is {protocol}, and the ports are {first} to {last}, where both are 0.",
                    "Set from_port and to_port to 0.",
                    f"from_port ({first}) and to_port ({last}) must both be 0 to use the 'ALL' \"-1\" protocol!",
                )
        elif protocol in _WITH_PORTS:
            yield from _ports(block, protocol)


def _ports(block: Block, protocol: str) -> Iterator[Problem]:
    missing = next((name for name in ("from_port", "to_port") if name not in block.values), None)
    if block.owner.type in _SEPARATE and missing is not None and block.owner.graph.kind != "plan":
        yield _problem(
            block,
            missing,
            f"ip_protocol is {protocol}, and {missing} is missing.",
            f"Give {missing}.",
            "InvalidParameterValue: Invalid value for portRange. Must specify both from and to ports with TCP/UDP.",
        )
        return
    first, last = block.number("from_port"), block.number("to_port")
    if first is None or last is None:
        return
    for name, port in (("from_port", first), ("to_port", last)):
        if not 0 <= port <= _MOST:
            yield _problem(
                block,
                name,
                f"{block.named(name)} is {port}; ports of {protocol} go from 0 to {_MOST}.",
                f"Set {name} to a port.",
                f"InvalidParameterValue: TCP/UDP port ({port}) out of range",
            )
            return
    if first > last:
        yield _problem(
            block,
            "from_port",
            f"{block.named('from_port')} is {first}, which is over to_port, {last}.",
            "Exchange the two.",
            "InvalidParameterValue: Invalid TCP port range",
        )


def _problem(block: Block, argument: str, message: str, fix: str, error: str) -> Problem:
    return Problem(block, argument, message, fix=fix, aws_error=error, also={"from_port": block.shown("from_port")})
