"""A role given to a service that may not assume it, and that says so at once."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._trusts import REFUSED, mismatches

_MACHINE = """
resource "aws_sfn_state_machine" "payment" {
  name       = "payments-payment-dev"
  role_arn   = aws_iam_role.workflow.arn
  definition = jsonencode({ StartAt = "Done", States = { Done = { Type = "Succeed" } } })
}
"""

RULE = Rule(
    id="role-trust-mismatch",
    title="A role that its service may not assume",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A service assumes the role that it is given, which its trust policy must allow to that service's principal. "
        "Step Functions, Scheduler, EventBridge, Backup, Firehose, EKS, CodeBuild, CloudTrail, API Gateway and "
        "enhanced "
        "monitoring of RDS try it when the resource is made, and refuse the resource."
    ),
    aws_error="ValidationException: Provided role '<role>' cannot be assumed by principal '<service>'.",
    sources=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services",
    ),
    resources=tuple(REFUSED),
    failing=example.role(service="lambda.amazonaws.com", name="workflow") + _MACHINE,
    passing=example.role(service="states.amazonaws.com", name="workflow") + _MACHINE,
)


@RULE.check
def check(resource: Resource, _: Context) -> Iterator[Problem]:
    """Look at the trust policy of each role."""
    yield from mismatches(resource, REFUSED[resource.type], "the service refuses the resource.")
