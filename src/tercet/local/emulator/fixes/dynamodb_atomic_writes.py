"""Requests to DynamoDB take effect one after the other.

Plain moto's server answers in threads and checks a condition before it writes without any lock, so two conditional
writes at once can both succeed: exactly what they are there to prevent. Delete this module when moto locks its
tables.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final

from tercet.local.emulator.extension import Extension

EXTENSION = Extension()
_LOCK: Final = threading.RLock()


@EXTENSION.around("moto.dynamodb.responses:DynamoHandler.call_action")
def call_action(original: Callable[[Any], Any], self: Any) -> Any:
    """Answer one request at a time; none of them waits for anything."""
    with _LOCK:
        return original(self)
