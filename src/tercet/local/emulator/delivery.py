"""Hands a text to the resource that an ARN names: a queue, a topic, a function, a state machine.

EventBridge's rules and schedules and Lambda's destinations all end here. Nothing waits for the receiver: a function is
invoked asynchronously, an execution is only started.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Final

from moto.awslambda.utils import get_backend as lambda_backend
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends
from moto.stepfunctions.responses import get_backend as stepfunctions_backend

from tercet.errors import LocalError

SERVICES: Final = frozenset({"sqs", "sns", "lambda", "states"})
"""Services that :func:`deliver` can hand something to."""


def deliver(arn: str, text: str, *, group_id: str | None = None, attributes: Mapping[str, str] | None = None) -> None:
    """Hand ``text`` to the resource.

    Parameters
    ----------
    arn
        Of a queue, a topic, a function (also of a version or alias), or a state machine.
    text
        JSON text: the message, the event, or the input.
    group_id
        Message group, for a FIFO queue.
    attributes
        String attributes of the message, for a queue.

    Raises
    ------
    LocalError
        The ARN is of another service. What moto raises for a resource that does not exist passes through.
    """
    _, _, service, region, account, name = arn.split(":", 5)
    if service == "sqs":
        sqs_backends[account][region].send_message(
            queue_name=name, message_body=text, message_attributes=_sqs_attributes(attributes or {}), group_id=group_id
        )
    elif service == "sns":
        sns_backends[account][region].publish(text, arn=arn)
    elif service == "lambda":
        lambda_backend(account, region).invoke(arn, None, text, {"X-Amz-Invocation-Type": "Event"}, {})
    elif service == "states":
        stepfunctions_backend(account, region).start_execution(arn, name=str(uuid.uuid4()), execution_input=text)
    else:
        raise LocalError(f"The embedded AWS cannot deliver to {arn}: it knows {', '.join(sorted(SERVICES))}.")


def _sqs_attributes(attributes: Mapping[str, str]) -> dict[str, dict[str, str]]:
    return {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
