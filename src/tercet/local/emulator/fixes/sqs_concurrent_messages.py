"""Messages of a queue that is used by several threads at once.

Plain moto's ``DeleteMessage`` builds a new list of messages without the lock under which ``SendMessage`` appends to
the old one, so a message sent at that moment is lost; two ``ReceiveMessage`` can return the same message. Delete this
module when moto holds the queue's lock in all three.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tercet.local.emulator.extension import Extension

EXTENSION = Extension()


@EXTENSION.around("moto.sqs.models:Queue.delete_message")
def delete_message(original: Callable[..., Any], self: Any, receipt_handle: str) -> None:
    """Delete under the lock."""
    with self._messages_lock:
        original(self, receipt_handle)


@EXTENSION.around("moto.sqs.models:SQSBackend.receive_message")
def receive_message(original: Callable[..., Any], self: Any, queue_name: str, *args: Any, **kwargs: Any) -> Any:
    """Receive under the lock; moto's waiting for messages is on the same lock, which releases it meanwhile."""
    with self.get_queue(queue_name)._messages_lock:
        return original(self, queue_name, *args, **kwargs)
