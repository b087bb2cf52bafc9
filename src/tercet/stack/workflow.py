"""What happens to a payment after the API has answered for it, step by step, with retries and compensation.

::

    authorize ──► needs the card holder? ──yes──► (succeeds; starts again when the holder has been authenticated)
        │              └──no──► assess risk ──► what is left? ──to be captured──► capture ──► settle ──► (succeeds)
        │                            │              ├──to be settled─────────────────────────►│
        │                            │              └──nothing──► (succeeds)     │ gave up, or was declined
        │                            │ declined                                  │
        │                            └───────► void ◄────────────────────────────┘
        │                                       └──► declined? (succeeds) : (execution fails, an alarm rings)
        └── declined ──► (succeeds)

A declined card is an ordinary end. A step that gives up fails the execution: it is redriven from there.

The API has authorized the payment, or has tried to, before any of this starts. While the outcome is unknown
``authorize`` fails and is tried again: the sweeper finds out, and tells by an event that starts another execution, in
case this one has given up. The same path settles what a merchant has captured: the steps before ``settle`` then find
nothing to do.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from cdktn_provider_aws.sfn_state_machine import (
    SfnStateMachine,
    SfnStateMachineLoggingConfiguration,
    SfnStateMachineTracingConfiguration,
)
from constructs import Construct

from tercet.stack.deployment import Deployment, Kind
from tercet.stack.encryption import Key
from tercet.stack.event_kinds import STARTS_WORKFLOW
from tercet.stack.events import Events
from tercet.stack.iam import Role, Statement
from tercet.stack.logs import log_group
from tercet.stack.processor import Processor

DECLINED: Final = "PaymentDeclined"
"""Class that the processor raises when the answer is final; Step Functions matches a Python error by its class name."""

UNAVAILABLE: Final = "AcquirerUnavailable"
"""Class that the processor raises when the acquirer did not answer, or not usably."""

REQUIRES_ACTION: Final = "requires_action"
"""State of a payment whose card holder must be authenticated first."""

_INVOCATION_MARGIN_S: Final = 10
"""What a task waits beyond the function's own time-out, so that the function's error is seen and not a time-out."""

_LONGEST_PATH: Final = 4
"""Most tasks in one execution: authorize, assess risk, capture, and then settle or void."""

_RETRIES: Final[Sequence[Mapping[str, Any]]] = (
    {"ErrorEquals": [DECLINED], "MaxAttempts": 0},
    {
        # Pauses of 1 to 60 s, four and a half minutes in all: what a lost zone or an acquirer's restart takes.
        "ErrorEquals": [
            UNAVAILABLE,
            "Lambda.AWSLambdaException",
            "Lambda.ClientExecutionTimeoutException",
            "Lambda.SdkClientException",
            "Lambda.ServiceException",
            "Lambda.TooManyRequestsException",
        ],
        "IntervalSeconds": 1,
        "BackoffRate": 2.0,
        "MaxAttempts": 9,
        "MaxDelaySeconds": 60,
        "JitterStrategy": "FULL",
    },
    {
        # The database is failing over, somebody else is at work on the payment, or the function crashed or ran out of
        # time. Every step is idempotent.
        "ErrorEquals": ["States.ALL"],
        "IntervalSeconds": 2,
        "BackoffRate": 2.0,
        "MaxAttempts": 6,
        "MaxDelaySeconds": 60,
        "JitterStrategy": "FULL",
    },
)


def longest_task_s(timeout_s: int) -> int:
    """Give the seconds after which a task has surely ended, all its retries used up, each after its longest pause."""
    waited: float = sum(
        min(retry["IntervalSeconds"] * retry["BackoffRate"] ** attempt, retry["MaxDelaySeconds"])
        for retry in _RETRIES
        for attempt in range(retry["MaxAttempts"])
    )
    tries: int = 1 + sum(retry["MaxAttempts"] for retry in _RETRIES)
    return int(waited) + tries * timeout_s


def definition(*, function_arn: str, function_timeout_s: int) -> dict[str, Any]:
    """Write the workflow in the Amazon States Language.

    Its input is the event as EventBridge delivers it. Each step answers the payment's ``state``, and whether there is
    something to ``capture`` and to ``settle``, both booleans: nothing is captured that the processor did not say is to
    be captured.

    Parameters
    ----------
    function_arn
        What runs each step: an alias, so that a version in use is not replaced in the middle of an execution's call.
    function_timeout_s
        The function's own time-out in seconds.
    """
    timeout_s = function_timeout_s + _INVOCATION_MARGIN_S

    def task(step: str, then: str, catch: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
        state: dict[str, Any] = {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {
                "FunctionName": function_arn,
                "Payload": {
                    "step": step,
                    "payment_id.$": "$.detail.payment_id",
                    "correlation_id.$": "$.detail.correlation_id",
                },
            },
            "ResultSelector": {"answer.$": "$.Payload"},
            "ResultPath": "$.last",
            "TimeoutSeconds": timeout_s,
            "Retry": [dict(retry) for retry in _RETRIES],
            "Next": then,
        }
        if catch:
            state["Catch"] = list(catch)
        return state

    def caught(error: str, then: str) -> dict[str, Any]:
        return {"ErrorEquals": [error], "ResultPath": "$.error", "Next": then}

    def where_true(name: str, then: str) -> dict[str, Any]:
        variable = f"$.last.answer.{name}"
        tests = [{"Variable": variable, "IsPresent": True}, {"Variable": variable, "BooleanEquals": True}]
        return {"And": tests, "Next": then}

    needs_action = {"Variable": "$.last.answer.state", "StringEquals": REQUIRES_ACTION, "Next": "ActionRequired"}
    return {
        "Comment": "Moves a payment on until it is settled, or is released",
        "StartAt": "Authorize",
        # An execution that runs out of time compensates nothing: no path may ever take this long.
        "TimeoutSeconds": (_LONGEST_PATH + 1) * longest_task_s(timeout_s),
        "States": {
            # Nothing is taken back because something of ours fails: until the risk is known only a decline is caught.
            # An execution that gives up here fails and is redriven, or is made anew when the sweeper has found out.
            "Authorize": task("authorize", "IsActionRequired", [caught(DECLINED, "Declined")]),
            "IsActionRequired": {"Type": "Choice", "Choices": [needs_action], "Default": "AssessRisk"},
            # The event that the card holder has been authenticated starts another execution.
            "ActionRequired": {"Type": "Succeed"},
            "AssessRisk": task("assess_risk", "IsToBeCaptured", [caught(DECLINED, "Void")]),
            "IsToBeCaptured": {
                "Type": "Choice",
                "Choices": [where_true("capture", "Capture"), where_true("settle", "Settle")],
                "Default": "Authorized",
            },
            "Authorized": {"Type": "Succeed"},
            "Capture": task("capture", "Settle", [caught("States.ALL", "Void")]),
            # Captured money is not voided. If this gives up, the execution fails and is redriven from here.
            "Settle": task("settle", "Settled"),
            "Settled": {"Type": "Succeed"},
            "Void": task("void", "WasDeclined"),
            "WasDeclined": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.error.Error", "StringEquals": DECLINED, "Next": "Declined"}],
                "Default": "GaveUp",
            },
            "Declined": {"Type": "Succeed"},
            "GaveUp": {
                "Type": "Fail",
                "Error": "PaymentGaveUp",
                "Cause": "The capture failed after all its retries, and the payment was voided. See the runbook.",
            },
        },
    }


class Workflow(Construct):
    """The state machine, started by each event of :data:`~tercet.stack.event_kinds.STARTS_WORKFLOW`.

    Parameters
    ----------
    key
        Encrypts the logs.
    processor
        Its ``steps`` function does the work.
    events
        The bus whose events start an execution.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        deployment: Deployment,
        key: Key,
        processor: Processor,
        events: Events,
    ) -> None:
        super().__init__(scope, construct_id)
        self.state_machine_name = deployment.name("payments", Kind.STATE_MACHINE)
        logs = log_group(
            self,
            "logs",
            deployment=deployment,
            key=key,
            # The prefix that the policy of the account's log delivery covers as a whole: another would add a statement
            # for each state machine until the policy is full ("Logging to CloudWatch Logs", Step Functions guide).
            name=f"/aws/vendedlogs/states/{self.state_machine_name}",
        )
        role = self._role(deployment, processor)
        # Encrypted with a key that AWS owns: the history holds a payment's id, amount and merchant but no card, and
        # with a key of ours everyone who starts or reads an execution, and the delivery of its logs, would need it.
        self._state_machine = SfnStateMachine(
            self,
            "state-machine",
            name=self.state_machine_name,
            type="STANDARD",
            role_arn=role.arn,
            definition=json.dumps(
                definition(function_arn=processor.steps.alias_arn, function_timeout_s=processor.steps.timeout_s)
            ),
            publish=False,
            logging_configuration=SfnStateMachineLoggingConfiguration(
                level="ALL",
                include_execution_data=False,  # payments are no log lines
                log_destination=f"{logs.arn}:*",
            ),
            tracing_configuration=SfnStateMachineTracingConfiguration(enabled=True),
            depends_on=[*role.grants],
        )
        self._start_on_events(deployment, events)

    @property
    def state_machine_arn(self) -> str:
        """ARN of the state machine: the value of the ``StateMachineArn`` dimension of its metrics."""
        return self._state_machine.arn

    def _role(self, deployment: Deployment, processor: Processor) -> Role:
        role = Role(
            self,
            "role",
            deployment=deployment,
            service="states.amazonaws.com",
            purpose="workflow",
            # The pattern that Step Functions' guide gives against a confused deputy.
            source_arn=deployment.arn("states", "stateMachine:*"),
            guard_account=True,
        )
        processor.steps.grant_invoke(role)
        role.grant(
            "deliver-logs",
            Statement(
                [
                    "logs:CreateLogDelivery",
                    "logs:DeleteLogDelivery",
                    "logs:DescribeLogGroups",
                    "logs:DescribeResourcePolicies",
                    "logs:GetLogDelivery",
                    "logs:ListLogDeliveries",
                    "logs:PutResourcePolicy",
                    "logs:UpdateLogDelivery",
                ],
                ["*"],
                any_resource_because="CloudWatch Logs has no resource-level permission for setting up a delivery",
            ),
        )
        role.grant(
            "send-traces",
            Statement(
                [
                    "xray:GetSamplingRules",
                    "xray:GetSamplingTargets",
                    "xray:PutTelemetryRecords",
                    "xray:PutTraceSegments",
                ],
                ["*"],
                any_resource_because="X-Ray has no resource-level permission for sending traces",
            ),
        )
        return role

    def _start_on_events(self, deployment: Deployment, events: Events) -> None:
        rules = f"rule/{deployment.name('payments', Kind.EVENT_BUS)}/*"
        role = Role(
            self,
            "start-role",
            deployment=deployment,
            service="events.amazonaws.com",
            purpose="start-workflow",
            source_arn=deployment.arn("events", rules),
            guard_account=True,
        )
        role.grant("start-execution", Statement(["states:StartExecution"], [self.state_machine_arn]))
        for kind in STARTS_WORKFLOW:
            events.route(kind, "workflow", target_arn=self.state_machine_arn, role_arn=role.arn)
