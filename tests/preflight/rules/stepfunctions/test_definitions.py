"""Near misses of the rules of Step Functions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

UNKNOWN = 'variable "unknown" {}\n'
END = {"Type": "Succeed"}


def machine(states: dict[str, Any], start: str = "A", more: str = "") -> str:
    text = json.dumps(json.dumps({"StartAt": start, "States": states}))
    return written(text, more)


def written(definition: str, more: str = "") -> str:
    body = f'name = "p"\nrole_arn = "arn:aws:iam::123456789012:role/p"\ndefinition = {definition}\n{more}'
    return block("aws_sfn_state_machine", "m", body)


def inner(states: dict[str, Any], start: str = "X") -> dict[str, Any]:
    return {"StartAt": start, "States": states}


def logging(level: str) -> str:
    destination = '"arn:aws:logs:us-east-1:1:log-group:p"'
    return f'logging_configuration {{\n  level = "{level}"\n  log_destination = {destination}\n}}'


CHOICE = {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsPresent": True, "Next": "B"}], "Default": "C"}
CAUGHT = {
    "Type": "Task",
    "Resource": "arn:aws:states:::sqs:sendMessage",
    "End": True,
    "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "B"}],
}
WAITING = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": True}

CASES = [
    ("sfn-unknown-state", machine({"A": CHOICE, "B": END, "C": END}), SILENT),
    ("sfn-unknown-state", machine({"A": CHOICE, "B": END}), FOUND),
    ("sfn-unknown-state", machine({"A": END}, start="B"), FOUND),
    ("sfn-unknown-state", machine({"A": CAUGHT}), FOUND),
    (
        "sfn-unknown-state",
        machine(
            {
                "A": {"Type": "Parallel", "Branches": [inner({"X": {"Type": "Pass", "Next": "B"}})], "Next": "B"},
                "B": END,
            }
        ),
        FOUND,
    ),
    (
        "sfn-unknown-state",
        machine({"A": {"Type": "Map", "ItemProcessor": inner({"X": END}), "End": True}}),
        SILENT,
    ),
    (
        "sfn-unknown-state",
        UNKNOWN + written('jsonencode({ StartAt = "A", States = { A = { Type = "Pass", Next = var.unknown } } })'),
        SILENT,
    ),
    ("sfn-unreachable-state", machine({"A": CAUGHT, "B": END}), SILENT),
    ("sfn-unreachable-state", machine({"A": END, "B": {"Type": "Pass", "Next": "B"}}), FOUND),
    (
        "sfn-unreachable-state",
        UNKNOWN
        + written(
            'jsonencode({ StartAt = "A", States = { A = { Type = "Pass", Next = var.unknown }, B = { Type = "Fail" } } })'  # noqa: E501
        ),
        UNDECIDED,
    ),
    ("sfn-unreachable-state", UNKNOWN + written("var.unknown"), UNDECIDED),
    ("sfn-state-fields", machine({"A": {"Type": "Pass", "Next": "B", "End": True}, "B": END}), FOUND),
    ("sfn-state-fields", machine({"A": {"Type": "Task", "End": True}}), FOUND),
    ("sfn-state-fields", machine({"A": {"Type": "Succeed", "End": True}}), FOUND),
    ("sfn-state-fields", machine({"A": {"Type": "Lambda", "End": True}}), FOUND),
    ("sfn-state-fields", machine({"A": CHOICE, "B": END, "C": END}), SILENT),
    ("sfn-retry-catch", machine({"A": CAUGHT, "B": END}), SILENT),
    ("sfn-retry-catch", machine({"A": {**CAUGHT, "Catch": [{"ErrorEquals": ["States.ALL"]}]}}), FOUND),
    (
        "sfn-retry-catch",
        machine(
            {"A": {**CAUGHT, "Retry": [{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["States.Timeout"]}]}, "B": END}
        ),
        FOUND,
    ),
    ("sfn-express-sync-pattern", machine({"A": WAITING}), SILENT),
    ("sfn-express-sync-pattern", machine({"A": WAITING}, more='type = "EXPRESS"'), FOUND),
    (
        "sfn-express-sync-pattern",
        machine(
            {
                "A": {
                    "Type": "Map",
                    "End": True,
                    "ItemProcessor": {
                        **inner({"X": WAITING}),
                        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
                    },
                }
            }
        ),
        FOUND,
    ),
    ("sfn-definition-json", written('"{ not json"'), FOUND),
    ("sfn-definition-json", UNKNOWN + written("var.unknown"), UNDECIDED),
    (
        "sfn-logging-destination",
        machine({"A": END}, more=logging("OFF")),
        SILENT,
    ),
    (
        "sfn-logging-destination",
        machine({"A": END}, more=logging("ALL")),
        FOUND,
    ),
]


@pytest.mark.parametrize(("rule", "text", "expected"), CASES, ids=[f"{case[0]}-{at}" for at, case in enumerate(CASES)])
def test_near_misses(rule: str, text: str, expected: str):
    assert verdict(rule, text) == expected


def test_nesting_without_end_is_given_up():
    definition: dict[str, Any] = inner({"X": END})
    for _ in range(150):
        definition = inner({"X": {"Type": "Parallel", "Branches": [definition], "End": True}})
    assert verdict("sfn-unknown-state", written(json.dumps(json.dumps(definition)))) in (SILENT, UNDECIDED)
