"""States that nothing goes to."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.stepfunctions._definitions import destinations, machines, need_whole

_MACHINE = """
resource "aws_sfn_state_machine" "payments" {
  name     = "payments-dev"
  role_arn = "arn:aws:iam::123456789012:role/payments-workflow-dev"
  definition = jsonencode({
    StartAt = "Prepare"
    States = {
      Prepare = { Type = "Pass", WAY }
      Capture = { Type = "Succeed" }
    }
  })
}
"""

RULE = Rule(
    id="sfn-unreachable-state",
    title="A state that nothing goes to",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Step Functions refuses a definition with a state that cannot be reached. Only states that no other state "
        "names are reported."
    ),
    aws_error=(
        'InvalidDefinition: Invalid State Machine Definition: \'MISSING_TRANSITION_TARGET: State "<state>" is not '
        "reachable. at <path>'"
    ),
    sources=(
        "https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html",
        "https://github.com/aws-cloudformation/cfn-lint/issues/4073",
    ),
    resources=("aws_sfn_state_machine",),
    failing=_MACHINE.replace("WAY", "End = true"),
    passing=_MACHINE.replace("WAY", 'Next = "Capture"'),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Compare the states with the names that are gone to."""
    for machine in machines(resource):
        need_whole(machine)
        reached = {str(machine.body["StartAt"])}
        for name, state in machine.states.items():
            reached.update(str(to) for _, to in destinations("", state) if to != name)
        if not reached <= set(machine.states):
            continue  # a name that is wrong leaves another state alone: the wrong name is to be cured
        for name in machine.states:
            if name not in reached:
                path = f"{machine.path}/States/{name}"
                yield Problem(
                    resource,
                    "definition",
                    f"Nothing goes to the state {name[:80]!r} at {path[:200]}.",
                    fix="Remove the state, or name it in a Next.",
                    aws_error=(
                        "InvalidDefinition: Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: State "
                        f'"{name[:80]}" is not reachable. at {path[:200]}\''
                    ),
                    also={"path": path[:200]},
                )
