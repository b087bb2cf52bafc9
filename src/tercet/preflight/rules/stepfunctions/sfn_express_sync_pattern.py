"""Waiting in an express workflow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.stepfunctions._definitions import ends_with, machines
from tercet.preflight.values import shown

_WAITING: Final = (".sync", ".sync:2", ".waitForTaskToken")

_MACHINE = """
resource "aws_sfn_state_machine" "payments" {
  name     = "payments-dev"
  role_arn = "arn:aws:iam::123456789012:role/payments-workflow-dev"
  type     = "EXPRESS"
  definition = jsonencode({
    StartAt = "Settle"
    States = {
      Settle = {
        Type       = "Task"
        Resource   = "arn:aws:states:::ecs:runTaskWAIT"
        Parameters = { Cluster = "payments-dev", TaskDefinition = "settle-dev" }
        End        = true
      }
    }
  })
}
"""

RULE = Rule(
    id="sfn-express-sync-pattern",
    title="An express workflow that waits for a job or a callback",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Express workflows last five minutes at most and cannot wait: neither for a job (.sync) nor for a callback "
        "(.waitForTaskToken). Step Functions refuses the definition; standard workflows can."
    ),
    aws_error=(
        "InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Express state machine does "
        "not support '<pattern>' service integration at <path>'"
    ),
    sources=("https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html",),
    resources=("aws_sfn_state_machine",),
    failing=_MACHINE.replace("WAIT", ".sync"),
    passing=_MACHINE.replace("WAIT", ""),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look at the integrations of express machines."""
    for machine in machines(resource):
        if not machine.express:
            continue
        for path, state in machine.bodies():
            used = state.get("Resource")
            if state.get("Type") == "Task" and ends_with(used, *_WAITING):
                yield Problem(
                    resource,
                    "definition",
                    f"{path[:200]} uses {shown(used)} and the machine is EXPRESS, which cannot wait.",
                    fix='Set type = "STANDARD", or call without waiting.',
                    also={"type": resource.text("type", "STANDARD") or "", "path": path[:200]},
                )
