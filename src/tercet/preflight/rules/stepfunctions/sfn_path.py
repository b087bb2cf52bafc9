"""Paths and fields of a state that its query language does not have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.stepfunctions._definitions import machines
from tercet.preflight.values import Value, shown

_PATHS: Final = ("InputPath", "OutputPath", "ResultPath", "ItemsPath", "TimeoutSecondsPath", "HeartbeatSecondsPath")
_TEMPLATES: Final = ("Parameters", "ResultSelector", "ItemSelector")
_OF_JSONPATH: Final = (*_PATHS, "Parameters", "ResultSelector")
_OF_JSONATA: Final = ("Arguments", "Output")
_MOST: Final = 10_000


def _machine(value: str) -> str:
    return f"""
resource "aws_sfn_state_machine" "settle" {{
  name     = "payments-settle-dev"
  role_arn = "arn:aws:iam::111122223333:role/payments-settle-dev"
  definition = jsonencode({{
    StartAt = "Note"
    States  = {{ Note = {{ Type = "Pass", End = true, Parameters = {{ "kind.$" = "{value}" }} }} }}
  }})
}}
"""


RULE = Rule(
    id="sfn-path",
    title="A path in a state that is none, or that its query language does not have",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "In JSONPath a path begins with $, and so does the value of a key that ends with .$, unless it is a function "
        "States.…. A state in JSONata has Arguments and Output instead of paths. Step Functions refuses the definition "
        "otherwise."
    ),
    aws_error=(
        "InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: The value for the field "
        "'<key>' must be a valid JSONPath or a valid intrinsic function call at <path>'"
    ),
    sources=(
        "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-input-output-filtering.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html",
    ),
    resources=("aws_sfn_state_machine",),
    failing=_machine("order"),
    passing=_machine("$.order"),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look at each state in its language."""
    definition = resource.document("definition") if resource.has("definition") else None
    if not isinstance(definition, dict):
        return
    usual = definition.get("QueryLanguage", "JSONPath")
    wrong: list[tuple[str, str]]
    for machine in machines(resource):
        for path, state in machine.bodies():
            language = state.get("QueryLanguage", usual)
            if language == "JSONata":
                wrong = [(key, f"has {key}, which JSONata does not have") for key in _OF_JSONPATH if key in state]
            elif language == "JSONPath":
                wrong = [
                    *_wrong(state),
                    *((key, f"has {key}, which is JSONata's") for key in _OF_JSONATA if key in state),
                ]
            else:
                continue
            for key, what in wrong:
                yield Problem(
                    resource,
                    "definition",
                    f"The state at {path[:200]} {what}.",
                    fix="Write a path that begins with $." if language == "JSONPath" else "Use Arguments and Output.",
                    aws_error=(
                        "InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: The field "
                        f"'{shown(key, 60)}' is not valid at {path[:200]}'"
                    ),
                    also={"path": f"{path[:200]}/{shown(key, 60)}"},
                )


def _wrong(state: dict[str, Value]) -> Iterator[tuple[str, str]]:
    for key in _PATHS:
        value = state.get(key)
        if isinstance(value, str) and not value.startswith("$"):
            yield key, f"has {key} {shown(value, 60)}, which does not begin with $"
    for name in _TEMPLATES:
        for key, value in _dynamic(state.get(name)):
            if not isinstance(value, str) or not value.startswith(("$", "States.")):
                yield key, f"has {shown(key, 60)} = {shown(value, 60)} in {name}, which is no path"


def _dynamic(value: Value) -> Iterator[tuple[str, Value]]:
    """Go through the keys that end with .$, where what they are is known."""
    stack, left = [value], _MOST
    while stack and left:
        left -= 1
        one = stack.pop()
        if isinstance(one, list):
            stack.extend(one)
        elif isinstance(one, dict):
            for key, inside in one.items():
                if str(key).endswith(".$"):
                    if isinstance(inside, str | int | float | dict | list):
                        yield str(key), inside
                else:
                    stack.append(inside)
