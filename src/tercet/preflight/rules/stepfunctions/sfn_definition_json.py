"""A definition that is no state machine."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.stepfunctions._definitions import definition_of, machines

RULE = Rule(
    id="sfn-definition-json",
    title="A state machine's definition is no JSON, or lacks StartAt or States",
    severity=Severity.APPLY_FAILS,
    rationale="A definition is a JSON object with StartAt and States, and so is each branch and each iteration in it.",
    aws_error="InvalidDefinition: Invalid State Machine Definition: 'INVALID_JSON_DESCRIPTION: <reason>'",
    sources=("https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html",),
    resources=("aws_sfn_state_machine",),
    failing="""
resource "aws_sfn_state_machine" "payments" {
  name       = "payments-dev"
  role_arn   = "arn:aws:iam::123456789012:role/payments-workflow-dev"
  definition = jsonencode({ StartsAt = "Done", States = { Done = { Type = "Succeed" } } })
}
""",
    passing="""
resource "aws_sfn_state_machine" "payments" {
  name       = "payments-dev"
  role_arn   = "arn:aws:iam::123456789012:role/payments-workflow-dev"
  definition = jsonencode({ StartAt = "Done", States = { Done = { Type = "Succeed" } } })
}
""",
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look at the shape of the whole and of what is nested."""
    if not resource.has("definition"):
        return
    definition = definition_of(resource)
    if definition is None or isinstance(definition, str | int | float | bool | list):
        yield Problem(
            resource,
            "definition",
            f"definition is {resource.shown('definition')}, which is no JSON object.",
            fix='Write jsonencode({ StartAt = "…", States = { … } }).',
        )
        return
    for machine in machines(resource):
        for key in ("StartAt", "States"):
            if key not in machine.body:
                yield Problem(
                    resource,
                    "definition",
                    f"The definition lacks {key} at {machine.path or '/'}.",
                    fix=f"Add {key}.",
                    aws_error=(
                        "InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: The field "
                        f"'{key}' is required at {machine.path or '/'}'"
                    ),
                    also={"path": machine.path or "/"},
                )
