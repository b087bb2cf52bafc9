"""Step Functions executes workflows over functions that run for real."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from emulator_helpers import Connect, eventually, make_function, make_role

SOURCE = """
class Unavailable(Exception): pass
class Declined(Exception): pass
calls = 0

def handler(event, context):
    global calls
    calls += 1
    if event["card"] == "flaky" and calls < 3:
        raise Unavailable("try again")
    if event["card"] == "declined":
        raise Declined("insufficient funds")
    return {"status": "captured", "attempts": calls}
"""


def definition(function: str, bus: str) -> str:
    retry = {
        "ErrorEquals": ["Unavailable"],
        "IntervalSeconds": 1,
        "MaxAttempts": 3,
        "BackoffRate": 1.0,
        "MaxDelaySeconds": 1,
        "JitterStrategy": "NONE",
    }
    entry = {"Source": "payments", "DetailType": "Captured", "Detail.$": "$.charge", "EventBusName": bus}
    states: dict[str, Any] = {
        "Charge": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": function, "Payload": {"card.$": "$.card"}},
            "ResultSelector": {"status.$": "$.Payload.status", "attempts.$": "$.Payload.attempts"},
            "ResultPath": "$.charge",
            "Retry": [retry],
            "Catch": [{"ErrorEquals": ["Declined"], "ResultPath": "$.error", "Next": "Decline"}],
            "Next": "Captured?",
        },
        "Captured?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.charge.status", "StringEquals": "captured", "Next": "Publish"}],
            "Default": "Decline",
        },
        "Publish": {
            "Type": "Task",
            "Resource": "arn:aws:states:::events:putEvents",
            "Parameters": {"Entries": [entry]},
            "ResultPath": None,
            "End": True,
        },
        "Decline": {"Type": "Fail", "Error": "PaymentDeclined", "Cause": "the issuer said no"},
    }
    return json.dumps({"StartAt": "Charge", "States": states})


@pytest.mark.parametrize(
    ("card", "status", "attempts"), [("good", "SUCCEEDED", 1), ("flaky", "SUCCEEDED", 3), ("declined", "FAILED", None)]
)
def test_a_workflow_retries_catches_and_publishes(aws: Connect, card: str, status: str, attempts: int | None) -> None:
    name = f"w-{uuid.uuid4().hex[:8]}"
    make_function(aws, name, SOURCE)
    sqs, events, steps = aws("sqs"), aws("events"), aws("stepfunctions")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    events.create_event_bus(Name=name)
    events.put_rule(Name=name, EventBusName=name, EventPattern='{"detail-type": ["Captured"]}')
    events.put_targets(
        Rule=name, EventBusName=name, Targets=[{"Id": "q", "Arn": f"arn:aws:sqs:us-east-1:123456789012:{name}"}]
    )
    machine = steps.create_state_machine(name=name, definition=definition(name, name), roleArn=make_role(aws))
    started = steps.start_execution(
        stateMachineArn=machine["stateMachineArn"], name=name, input=json.dumps({"card": card})
    )
    execution = eventually(lambda: _ended(steps, started["executionArn"]), timeout_s=30)
    assert execution["status"] == status
    messages = sqs.receive_message(QueueUrl=url).get("Messages", [])
    if status == "FAILED":
        assert execution["error"] == "PaymentDeclined"
        assert not messages
    else:
        assert json.loads(execution["output"])["charge"] == {"status": "captured", "attempts": attempts}
        assert json.loads(messages[0]["Body"])["detail"]["attempts"] == attempts


def _ended(steps: Any, arn: str) -> dict[str, Any] | None:
    execution: dict[str, Any] = steps.describe_execution(executionArn=arn)
    return None if execution["status"] == "RUNNING" else execution
