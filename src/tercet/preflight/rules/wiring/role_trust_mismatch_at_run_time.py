"""A role given to a service that may not assume it, which shows only when it is needed."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._trusts import SILENT, mismatches

_FLOW_LOG = """
resource "aws_flow_log" "network" {
  vpc_id          = "vpc-0a1b2c3d4e5f60718"
  traffic_type    = "REJECT"
  iam_role_arn    = aws_iam_role.flow_logs.arn
  log_destination = "arn:aws:logs:us-east-1:111122223333:log-group:/payments/network-dev"
}
"""

_LOGS = example.allow(
    '["logs:CreateLogStream", "logs:PutLogEvents"]', '"arn:aws:logs:us-east-1:111122223333:log-group:/payments/*"'
)

RULE = Rule(
    id="role-trust-mismatch-at-run-time",
    title="A role that its service will not be able to assume",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A service assumes the role that it is given, which its trust policy must allow to that service's principal. "
        "ECS, flow logs, RDS Proxy, replication, AppSync, instance profiles and others try it only when they need it: "
        "it deploys, and then nothing is started or delivered."
    ),
    sources=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services",
    ),
    resources=tuple(SILENT),
    failing=example.role(_LOGS, service="ec2.amazonaws.com", name="flow_logs") + _FLOW_LOG,
    passing=example.role(_LOGS, service="vpc-flow-logs.amazonaws.com", name="flow_logs") + _FLOW_LOG,
)


@RULE.check
def check(resource: Resource, _: Context) -> Iterator[Problem]:
    """Look at the trust policy of each role."""
    yield from mismatches(resource, SILENT[resource.type], "it deploys, and the service cannot do its work.")
