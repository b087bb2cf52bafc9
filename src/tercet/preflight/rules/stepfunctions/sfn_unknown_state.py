"""Ways to states that do not exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.stepfunctions._definitions import Machine, destinations, machines
from tercet.preflight.values import Value

_MACHINE = """
resource "aws_sfn_state_machine" "payments" {
  name     = "payments-dev"
  role_arn = "arn:aws:iam::123456789012:role/payments-workflow-dev"
  definition = jsonencode({
    StartAt = "Prepare"
    States = {
      Prepare = { Type = "Pass", Next = "NEXT" }
      Capture = { Type = "Succeed" }
    }
  })
}
"""

RULE = Rule(
    id="sfn-unknown-state",
    title="A state machine goes to a state that does not exist",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "StartAt, Next and Default name states of the same machine: those in a branch or an iteration cannot be "
        "reached from outside, nor the reverse. Step Functions refuses the definition."
    ),
    aws_error="InvalidDefinition: Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next' target: <state> at <path>'",  # noqa: E501
    sources=(
        "https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html",
        "https://github.com/localstack/localstack/issues/11978",
    ),
    resources=("aws_sfn_state_machine",),
    failing=_MACHINE.replace("NEXT", "Captured"),
    passing=_MACHINE.replace("NEXT", "Capture"),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look at all ways of all machines."""
    for machine in machines(resource):
        names = machine.states
        if not names or any("*" in name or "${" in name for name in names):
            continue
        for path, to in _ways(machine):
            if isinstance(to, str) and str(to) not in names:
                near = difflib.get_close_matches(to[:80], [name[:80] for name in list(names)[:500]], 1)
                yield Problem(
                    resource,
                    "definition",
                    f"{path} is {to[:80]!r}: there is no such state.",
                    fix=f"Write {near[0]!r}." if near else "Add the state, or name one that exists.",
                    aws_error=(
                        "InvalidDefinition: Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing "
                        f"'Next' target: {to[:80]} at {path}'"
                    ),
                    also={"path": path},
                )


def _ways(machine: Machine) -> Iterator[tuple[str, Value]]:
    if "StartAt" in machine.body:
        yield f"{machine.path}/StartAt", machine.body["StartAt"]
    for path, state in machine.bodies():
        yield from destinations(path, state)
