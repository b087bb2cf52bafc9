"""Event source mappings of SQS queues: polled, and kept with the qualifier that they were created with.

Plain moto invokes the function within ``SendMessage``, one message at a time, so that a handler that calls AWS runs in
the sender's request, and knows no partial failure. It also forgets the alias or version that a mapping names, which
shows as a change in every plan. Delete the second part when moto returns the qualified ``FunctionArn``; the first
belongs to ``tercet.local.emulator.functions.eventsources``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.sqs.models import sqs_backends

from tercet.local.emulator.extension import Extension
from tercet.local.emulator.functions import invocation

EXTENSION = Extension()


@EXTENSION.around("moto.awslambda.models:LambdaBackend.create_event_source_mapping")
def create_event_source_mapping(original: Callable[..., Any], self: Any, spec: dict[str, Any]) -> Any:
    """Keep the qualified ARN, and keep the queue from invoking the function itself."""
    mapping = original(self, spec)
    _qualify(self, mapping, spec["FunctionName"])
    for queue in sqs_backends[self.account_id][self.region_name].queues.values():
        queue.lambda_event_source_mappings.clear()
    invocation.wake_event_sources()
    return mapping


@EXTENSION.around("moto.awslambda.models:LambdaBackend.update_event_source_mapping")
def update_event_source_mapping(original: Callable[..., Any], self: Any, uuid: str, spec: dict[str, Any]) -> Any:
    """Keep the qualified ARN."""
    mapping = original(self, uuid, spec)
    if mapping and "FunctionName" in spec:
        _qualify(self, mapping, spec["FunctionName"])
    return mapping


@EXTENSION.around("moto.sqs.models:Queue.add_message")
def add_message(original: Callable[..., Any], self: Any, message: Any) -> None:
    """Tell the poller that there is something to do."""
    original(self, message)
    invocation.wake_event_sources()


def _qualify(backend: Any, mapping: Any, name: str) -> None:
    mapping.function_arn = invocation.qualified_arn(backend.get_function(name), name, None)
