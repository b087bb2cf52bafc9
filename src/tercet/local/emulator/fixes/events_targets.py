"""Targets of EventBridge rules: functions and state machines too, and one that fails harms no other.

Plain moto answers ``PutEvents`` with 500 as soon as a matching rule has a Lambda or Step Functions target, and ignores
``Input`` and ``InputPath``. Delete this module when moto delivers to both.
"""

from __future__ import annotations

import copy
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from jsonpath_ng.ext.parser import parse as parse_json_path
from moto.core.exceptions import JsonRESTError, ServiceException
from moto.events.utils import EventTemplateParser

from tercet.errors import LocalError
from tercet.local.emulator.delivery import SERVICES, deliver
from tercet.local.emulator.extension import Extension

EXTENSION = Extension()
_LOGGER: Final = logging.getLogger(__name__)


@EXTENSION.around("moto.events.models:Rule.send_to_targets")
def send_to_targets(
    original: Callable[..., Any], self: Any, original_event: dict[str, Any], transform_input: bool = True
) -> None:
    """Deliver to queues, topics, functions and state machines here; leave the other kinds of target to moto."""
    ours = [target for target in self.targets if target["Arn"].split(":")[2] in SERVICES]
    rest = copy.copy(self)
    rest.targets = [target for target in self.targets if target not in ours]
    if rest.targets:
        original(rest, original_event, transform_input)
    if not ours or not self.event_pattern.matches_event(original_event):
        return
    event = _as_sent(original_event)
    for target in ours:
        _deliver(target, _input(target, event, original_event))


def _deliver(target: dict[str, Any], text: str) -> None:
    """Deliver, or send to the target's dead-letter queue as EventBridge does after its retries."""
    try:
        deliver(target["Arn"], text, group_id=target.get("SqsParameters", {}).get("MessageGroupId"))
    except (LocalError, ServiceException, JsonRESTError) as error:
        _LOGGER.warning("Target %s could not be reached: %s", target["Arn"], error)
        if queue := target.get("DeadLetterConfig", {}).get("Arn"):
            deliver(queue, text, attributes={"TARGET_ARN": target["Arn"], "ERROR_MESSAGE": str(error)[:256]})


def _as_sent(event: dict[str, Any]) -> dict[str, Any]:
    """Return the event as a target sees it: the time as text, and nothing that moto adds for itself."""
    sent = {key: value for key, value in event.items() if key != "ingestion-time"}
    sent["time"] = datetime.fromtimestamp(float(event["time"]), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return sent


def _input(target: dict[str, Any], event: dict[str, Any], original_event: dict[str, Any]) -> str:
    if constant := target.get("Input"):
        return str(constant)
    if path := target.get("InputPath"):
        found = parse_json_path(path).find(event)
        return json.dumps(found[0].value if found else None)
    if transformer := target.get("InputTransformer"):
        with_internals = {**event, "ingestion-time": original_event.get("ingestion-time", event["time"])}
        transformed = EventTemplateParser.parse(
            transformer["InputTemplate"], transformer.get("InputPathsMap", {}), with_internals
        )
        return json.dumps(transformed)
    return json.dumps(event)
