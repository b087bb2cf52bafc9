"""States that lack what their type needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.stepfunctions._definitions import is_unknown, machines
from tercet.preflight.values import Value, shown

TYPES: Final = ("Choice", "Fail", "Map", "Parallel", "Pass", "Succeed", "Task", "Wait")
_GOING_ON: Final = ("Map", "Parallel", "Pass", "Task", "Wait")
_CAPITAL: Final = re.compile(r"(arn:[a-z-]{1,20}:states:::(?:aws-sdk:)?[a-zA-Z0-9]{1,60}:)([A-Z][A-Za-z0-9.:]{0,100})")
"""An integration whose action begins with a capital letter: none does, though the actions of the APIs all do."""
_NEEDED: Final = {
    "Choice": ("Choices",),
    "Map": ("ItemProcessor", "Iterator"),
    "Parallel": ("Branches",),
    "Task": ("Resource",),
    "Wait": ("Seconds", "SecondsPath", "Timestamp", "TimestampPath"),
}

_MACHINE = """
resource "aws_sfn_state_machine" "payments" {
  name     = "payments-dev"
  role_arn = "arn:aws:iam::123456789012:role/payments-workflow-dev"
  definition = jsonencode({
    StartAt = "Prepare"
    States = {
      Prepare = { Type = "Pass", Next = "Settle" }
      Settle  = { Type = "Wait", Seconds = 30WAY }
    }
  })
}
"""

RULE = Rule(
    id="sfn-state-fields",
    title="A state lacks what its type needs",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Each state has a type. Tasks, waits, passes, parallels and maps end (End = true) or go on (Next), one of the "
        "two; a choice has Choices and a task a Resource. Step Functions refuses the definition otherwise."
    ),
    aws_error="InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: <reason> at <path>'",
    sources=("https://docs.aws.amazon.com/step-functions/latest/dg/workflow-states.html",),
    resources=("aws_sfn_state_machine",),
    failing=_MACHINE.replace("WAY", ""),
    passing=_MACHINE.replace("WAY", ", End = true"),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look at each state."""
    for machine in machines(resource):
        for path, state in machine.bodies():
            for what, fix in _wrong(state):
                yield Problem(
                    resource,
                    "definition",
                    f"The state at {path[:200]} {what}.",
                    fix=fix,
                    aws_error=(
                        "InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: the state "
                        f"{what} at {path[:200]}'"
                    ),
                    also={"path": path[:200]},
                )


def _wrong(state: dict[str, Value]) -> Iterator[tuple[str, str]]:
    if any("*" in key or "${" in key for key in state):
        return
    kind = state.get("Type")
    if kind is None:
        yield "has no Type", f"Give it one of {', '.join(TYPES)}."
    elif isinstance(kind, str) and kind not in TYPES:
        yield f"has the Type {shown(kind, 40)}, which does not exist", f"Use one of {', '.join(TYPES)}."
    elif isinstance(kind, str):
        yield from _ways(str(kind), state)
        needed = _NEEDED.get(kind, ())
        if needed and not any(key in state for key in needed):
            yield f"is of Type {kind} and lacks {' or '.join(needed)}", f"Add {needed[0]}."
        elif kind in ("Choice", "Parallel") and state[needed[0]] == []:
            yield f"is of Type {kind} and its {needed[0]} are empty", f"Add to {needed[0]}."
        elif kind == "Task":
            yield from _task(state)


def _task(state: dict[str, Value]) -> Iterator[tuple[str, str]]:
    task = state.get("Resource")
    if isinstance(task, str) and (found := _CAPITAL.fullmatch(task)):
        right = f"{found[1]}{found[2][0].lower()}{found[2][1:]}"
        yield (
            f"has the Resource {shown(task, 80)}, which does not exist: actions begin in lower case",
            f"Write {right}.",
        )
    timeout, heartbeat = state.get("TimeoutSeconds"), state.get("HeartbeatSeconds")
    if isinstance(timeout, int) and isinstance(heartbeat, int) and heartbeat >= timeout:
        yield (
            f"has HeartbeatSeconds {heartbeat}, which is not less than its TimeoutSeconds, {timeout}",
            "Lower HeartbeatSeconds, or raise TimeoutSeconds.",
        )


def _ways(kind: str, state: dict[str, Value]) -> Iterator[tuple[str, str]]:
    goes = "Next" in state
    ends = "End" in state and (state["End"] is True or is_unknown(state["End"]))
    if kind in _GOING_ON:
        if not goes and not ends:
            yield f"is of Type {kind} and has neither Next nor End", "Add Next, or End = true."
        elif goes and ends and state["End"] is True:
            yield f"is of Type {kind} and has both Next and End", "Remove one of them."
    elif goes or ends:
        yield f"is of Type {kind} and has {'Next' if goes else 'End'}", f"Remove {'Next' if goes else 'End'}."
