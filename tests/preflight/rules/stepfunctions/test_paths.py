"""Near misses of the rule of paths."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

UNKNOWN = 'variable "unknown" {}\n'


def machine(state: str, more: str = "") -> str:
    definition = f'jsonencode({{ StartAt = "A", {more} States = {{ A = {{ Type = "Pass", End = true, {state} }} }} }})'
    return block(
        "aws_sfn_state_machine", "m", f'name = "m"\nrole_arn = "arn:aws:iam::1:role/r"\ndefinition = {definition}'
    )


JSONATA = 'QueryLanguage = "JSONata",'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (machine('ResultPath = "$.a"'), SILENT),
        (machine("ResultPath = null"), SILENT),
        (machine('ResultPath = "a"'), FOUND),
        (machine('Parameters = { "a.$" = "$$.Execution.Id" }'), SILENT),
        (machine('Parameters = { "a.$" = "States.Format(\'{}\', $.b)" }'), SILENT),
        (machine('Parameters = { a = "b" }'), SILENT),
        (machine('Parameters = { a = [{ "b.$" = "c" }] }'), FOUND),
        (machine('Parameters = { "a.$" = var.unknown }') + UNKNOWN, SILENT),
        (machine('Parameters = { "a.$" = 1 }'), FOUND),
        (machine('Output = "{% $states.input %}"'), FOUND),
        (machine('Output = "{% $states.input %}"', JSONATA), SILENT),
        (machine(f'{JSONATA} Output = "{{% $states.input %}}"'), SILENT),
        (machine('InputPath = "$.a"', JSONATA), FOUND),
        (machine('InputPath = "$.a"', "QueryLanguage = var.unknown,") + UNKNOWN, SILENT),
        (block("aws_sfn_state_machine", "m", "definition = var.unknown") + UNKNOWN, UNDECIDED),
    ],
)
def test_paths(text: str, expected: str) -> None:
    assert verdict("sfn-path", text) == expected


def task(resource: str, more: str = "") -> str:
    return machine("").replace('Type = "Pass",', f'Type = "Task", Resource = {resource}, {more}')


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (task('"arn:aws:states:::lambda:invoke"'), SILENT),
        (task('"arn:aws:states:::lambda:Invoke"'), FOUND),
        (task('"arn:aws:states:::ecs:runTask.sync"'), SILENT),
        (task('"arn:aws:states:::aws-sdk:dynamodb:GetItem"'), FOUND),
        (task('"arn:aws:states:us-east-1:123456789012:activity:Check"'), SILENT),
        (task('"arn:aws:lambda:us-east-1:123456789012:function:Check"'), SILENT),
        (task('"arn:aws:states:::lambda:invoke"', "TimeoutSeconds = 60, HeartbeatSeconds = 30"), SILENT),
        (task('"arn:aws:states:::lambda:invoke"', "TimeoutSeconds = 60, HeartbeatSeconds = 60"), FOUND),
        (
            task('"arn:aws:states:::lambda:invoke"', "TimeoutSeconds = var.unknown, HeartbeatSeconds = 60") + UNKNOWN,
            SILENT,
        ),
    ],
)
def test_tasks(text: str, expected: str) -> None:
    assert verdict("sfn-state-fields", text) == expected
