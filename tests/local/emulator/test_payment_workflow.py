"""The payment workflow, executed: which steps it takes for what a step answers, and how it ends."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from emulator_helpers import Connect, eventually, make_function, make_role

from tercet.synth import jsii_runtime

SOURCE = """
class PaymentDeclined(Exception): pass
class AcquirerUnavailable(Exception): pass

SCRIPT = %r
taken = []

def handler(event, context):
    assert event["payment_id"] == "pay_1" and event["correlation_id"] == "c-1"
    if event["step"] == "tell":
        return taken
    taken.append(event["step"])
    answer = SCRIPT.get(event["step"], "authorized")
    if answer == "declined":
        raise PaymentDeclined("no")
    if answer == "down":
        raise AcquirerUnavailable("no answer")
    return {
        "payment_id": "pay_1",
        "state": answer,
        "capture": answer == "to be captured",
        "settle": answer == "captured",
    }
"""

CASES = {
    # What the steps answer (else "authorized"), which are taken, where it ends.
    "settled": ({"assess_risk": "to be captured"}, "authorize assess_risk capture settle", "SUCCEEDED"),
    "captured by the API": ({"assess_risk": "captured"}, "authorize assess_risk settle", "SUCCEEDED"),
    "authorization only": ({}, "authorize assess_risk", "SUCCEEDED"),
    "card holder must act": ({"authorize": "requires_action"}, "authorize", "SUCCEEDED"),
    "declined": ({"authorize": "declined"}, "authorize", "SUCCEEDED"),
    "too risky": ({"assess_risk": "declined"}, "authorize assess_risk void", "SUCCEEDED"),
    "capture refused": (
        {"assess_risk": "to be captured", "capture": "declined"},
        "authorize assess_risk capture void",
        "SUCCEEDED",
    ),
    "authorization never answered": ({"authorize": "down"}, "authorize authorize", "FAILED"),
    "risk never assessed": ({"assess_risk": "down"}, "authorize assess_risk assess_risk", "FAILED"),
    "capture never answered": (
        {"assess_risk": "to be captured", "capture": "down"},
        "authorize assess_risk capture capture void",
        "FAILED",
    ),
    "settling never answered": (
        {"assess_risk": "captured", "settle": "down"},
        "authorize assess_risk settle settle",
        "FAILED",
    ),
    "void refused": (
        {"assess_risk": "declined", "void": "declined"},
        "authorize assess_risk void",
        "FAILED",
    ),
}


def workflow(function_arn: str) -> str:
    """The definition, with one quick retry instead of many slow ones."""
    jsii_runtime.prepare(Path(__file__).parents[3] / ".tercet" / "cache")
    from tercet.stack.workflow import definition

    written = definition(function_arn=function_arn, function_timeout_s=10)
    for state in written["States"].values():
        for retry in state.get("Retry", ()):
            if retry["MaxAttempts"]:
                retry |= {"MaxAttempts": 1, "IntervalSeconds": 1, "MaxDelaySeconds": 2, "JitterStrategy": "NONE"}
    return json.dumps(written)


@pytest.mark.parametrize("case", CASES)
def test_the_payment_workflow_ends(aws: Connect, case: str) -> None:
    script, path, status = CASES[case]
    name = f"w-{uuid.uuid4().hex[:8]}"
    function = make_function(aws, name, SOURCE % (script,))
    steps = aws("stepfunctions")
    machine = steps.create_state_machine(name=name, definition=workflow(function), roleArn=make_role(aws))
    event = {"detail-type": "payment.created", "detail": {"payment_id": "pay_1", "correlation_id": "c-1"}}
    started = steps.start_execution(stateMachineArn=machine["stateMachineArn"], input=json.dumps(event))
    execution = eventually(lambda: _ended(steps, started["executionArn"]), timeout_s=30)
    asked = json.dumps({"step": "tell", "payment_id": "pay_1", "correlation_id": "c-1"})
    taken = json.loads(aws("lambda").invoke(FunctionName=name, Payload=asked)["Payload"].read())
    assert " ".join(taken) == path
    assert execution["status"] == status
    if "void" in taken and status == "FAILED" and "void" not in script:
        assert execution["error"] == "PaymentGaveUp"


def _ended(steps: Any, arn: str) -> dict[str, Any] | None:
    execution: dict[str, Any] = steps.describe_execution(executionArn=arn)
    return None if execution["status"] == "RUNNING" else execution
