"""The workflow's definition and the steps' handler: what the one asks and the other answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tercet.payments.errors import AcquirerUnavailable, PaymentDeclined
from tercet.payments.handlers import steps
from tercet.payments.model import Payment, State
from tercet.payments.processor import Step
from tests.configuration import Configuration


@pytest.fixture
def states(configuration: Configuration) -> dict[str, dict[str, Any]]:
    return json.loads(configuration.one("aws_sfn_state_machine")["definition"])["States"]


def tasks(states: dict[str, dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((name, state) for name, state in states.items() if state["Type"] == "Task")


def test_every_step_of_the_processor_is_taken_once(states: dict[str, dict[str, Any]]):
    assert sorted(task["Parameters"]["Payload"]["step"] for _, task in tasks(states)) == sorted(Step)


def test_a_step_gets_what_its_handler_reads(states: dict[str, dict[str, Any]]):
    for name, task in tasks(states):
        payload = {key.removesuffix(".$") for key in task["Parameters"]["Payload"]}
        assert payload == {"step", "payment_id", "correlation_id"}, name


def test_a_refusal_is_final_and_everything_else_is_tried_again(states: dict[str, dict[str, Any]]):
    """Step Functions knows an error of Python by the name of its class."""
    for name, task in tasks(states):
        refused, unavailable, anything = task["Retry"]
        assert (refused["ErrorEquals"], refused["MaxAttempts"]) == ([PaymentDeclined.__name__], 0), name
        assert AcquirerUnavailable.__name__ in unavailable["ErrorEquals"], name
        assert anything["ErrorEquals"] == ["States.ALL"], name


def test_the_choices_ask_what_the_handler_answers(states: dict[str, dict[str, Any]]):
    payment = Payment(
        id="pay_1",
        merchant="acme",
        amount_minor=1000,
        currency="EUR",
        capture=True,
        metadata={},
        state=State.REQUIRES_ACTION,
        version=2,
        created_at_ms=0,
    )
    answer = steps._answer(payment)
    asked = {
        test["Variable"]
        for state in states.values()
        for choice in state.get("Choices", ())
        for test in choice.get("And", [choice])
    }
    assert {name.removeprefix("$.last.answer.") for name in asked if "$.last" in name} == {"state", "capture", "settle"}
    assert set(answer) >= {"state", "capture", "settle"}
    (needs_action,) = states["IsActionRequired"]["Choices"]
    assert needs_action["StringEquals"] == answer["state"]


def test_captured_money_is_never_voided(states: dict[str, dict[str, Any]]):
    assert "Catch" not in states["Settle"]
    assert "Catch" not in states["Void"], "what could not be released needs a human"
    assert {caught["Next"] for caught in states["Capture"]["Catch"]} == {"Void"}


def test_every_state_is_reached_and_every_path_ends(states: dict[str, dict[str, Any]]):
    def following(name: str) -> set[str]:
        state = states[name]
        return {
            *([state["Next"]] if "Next" in state else []),
            *([state["Default"]] if "Default" in state else []),
            *(each["Next"] for each in (*state.get("Choices", ()), *state.get("Catch", ()))),
        }

    def walk(name: str, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        assert name not in path, f"a circle: {path}"
        if not following(name):
            yield (*path, name)
        for after in following(name):
            yield from walk(after, (*path, name))

    paths = list(walk("Authorize", ()))
    assert {name for path in paths for name in path} == set(states)
    assert {states[path[-1]]["Type"] for path in paths} == {"Succeed", "Fail"}
