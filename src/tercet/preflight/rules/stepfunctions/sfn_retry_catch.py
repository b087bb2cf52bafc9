"""Retriers and catchers that Step Functions does not take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.stepfunctions._definitions import machines
from tercet.preflight.values import Value, is_known

ALL: Final = "States.ALL"

_MACHINE = """
resource "aws_sfn_state_machine" "payments" {
  name     = "payments-dev"
  role_arn = "arn:aws:iam::123456789012:role/payments-workflow-dev"
  definition = jsonencode({
    StartAt = "Each"
    States = {
      Each = {
        Type     = "Parallel"
        Branches = [{ StartAt = "Done", States = { Done = { Type = "Succeed" } } }]
        Retry    = [{ ErrorEquals = ERRORS, MaxAttempts = 3 }]
        End      = true
      }
    }
  })
}
"""

RULE = Rule(
    id="sfn-retry-catch",
    title="A retrier or catcher that Step Functions does not take",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Each retrier and catcher lists the errors it is for in ErrorEquals. States.ALL stands alone in its list, and "
        "only in the last retrier or catcher, because nothing after it would ever be asked. A catcher has a Next."
    ),
    aws_error="InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: <reason> at <path>'",
    sources=("https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html",),
    resources=("aws_sfn_state_machine",),
    failing=_MACHINE.replace("ERRORS", '["States.Timeout", "States.ALL"]'),
    passing=_MACHINE.replace("ERRORS", '["States.ALL"]'),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look at each retrier and catcher."""
    for machine in machines(resource):
        for path, state in machine.bodies():
            for key in ("Retry", "Catch"):
                ways = state.get(key)
                for index, way in enumerate(ways if isinstance(ways, list) else ()):
                    if isinstance(way, dict):
                        last = index == len(ways or ()) - 1
                        for what, fix in _wrong(key, way, last):
                            yield _problem(resource, f"{path[:200]}/{key}[{index}]", what, fix)


def _wrong(key: str, way: dict[str, Value], last: bool) -> Iterator[tuple[str, str]]:
    errors = way.get("ErrorEquals")
    if "ErrorEquals" not in way or errors == []:
        yield "lacks ErrorEquals", 'Add ErrorEquals = ["States.ALL"], or the errors it is for.'
    elif is_known(errors) and isinstance(errors, list) and ALL in errors:
        if len(errors) > 1:
            yield f"has {ALL} beside other errors", f"Leave {ALL} alone in the list."
        elif not last:
            yield f"has {ALL} and is not the last", "Move it to the end."
    if key == "Catch" and "Next" not in way:
        yield "lacks Next", "Add Next."


def _problem(resource: Resource, path: str, what: str, fix: str) -> Problem:
    return Problem(
        resource,
        "definition",
        f"{path} {what}: Step Functions refuses the definition.",
        fix=fix,
        aws_error=f"InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: {what} at {path}'",
        also={"path": path},
    )
