"""Queues return their redrive policy as it was given, and keep a redrive allow policy.

Plain moto returns ``RedrivePolicy`` with other white space than AWS, which the AWS provider shows as a change in
every plan unless the configuration has the same, and drops ``RedriveAllowPolicy``, for which the provider then waits
in vain. Delete this module when moto returns both.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from tercet.local.emulator.extension import Extension

EXTENSION = Extension()


_ALLOW: Final = "RedriveAllowPolicy"


@EXTENSION.around("moto.sqs.models:Queue._set_attributes")
def set_attributes(original: Callable[..., None], self: Any, attributes: dict[str, Any], *args: Any) -> None:
    """Keep the text; moto keeps that of the allow policy itself, but never returns it."""
    original(self, attributes, *args)
    if "RedrivePolicy" in attributes:
        given = attributes["RedrivePolicy"]
        self.redrive_policy_text = json.dumps(given) if isinstance(given, dict) else given


@EXTENSION.around("moto.sqs.models:SQSBackend.get_queue_attributes")
def get_queue_attributes(
    original: Callable[..., dict[str, Any]], self: Any, queue_name: str, attribute_names: list[str]
) -> dict[str, Any]:
    """Return the texts."""
    found = dict(original(self, queue_name, [name for name in attribute_names if name != _ALLOW]))
    queue = self.get_queue(queue_name)
    if "RedrivePolicy" in found:
        found["RedrivePolicy"] = queue.redrive_policy_text
    if (allowed := getattr(queue, "redrive_allow_policy", None)) and {_ALLOW, "All"} & set(attribute_names):
        found[_ALLOW] = allowed
    return found
