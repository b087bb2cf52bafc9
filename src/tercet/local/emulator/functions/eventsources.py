"""Event source mappings of SQS queues: a poller that gives batches to functions, as Lambda's does.

"Using Lambda with Amazon SQS" of the AWS Lambda Developer Guide: a batch that the function handles is deleted; one that
fails comes back, as do single messages that it names in ``batchItemFailures``; a message that comes back too often goes
to the dead-letter queue. Lambda leaves a failed message invisible until the queue's visibility time-out; here it is
visible again after :data:`RETRY_DELAY_S`, so that a failure can be watched. A batching window is not waited for.
"""

from __future__ import annotations

import base64
import json
import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.models import lambda_backends
from moto.sqs.exceptions import ReceiptHandleIsInvalid
from moto.sqs.models import sqs_backends

from tercet.local.emulator.functions.pool import ThrottledError
from tercet.local.emulator.functions.runtime import Result

RETRY_DELAY_S: Final = 1
BATCHES_PER_MAPPING: Final = 2
THREADS: Final = 8
POLL_INTERVAL_S: Final = 0.5
"""How often mappings look for messages that became visible again; new ones wake the poller."""

_STOP_TIMEOUT_S: Final = 5.0
_LOGGER: Final = logging.getLogger(__name__)


class EventSources:
    """Polls the queues of all mappings in one thread and runs the functions in a few others, until :meth:`close`.

    Parameters
    ----------
    run
        Runs a function of moto with an event and under an ARN, and waits for its answer.
    """

    def __init__(self, run: Callable[[Any, str, str], Result]) -> None:
        self._run = run
        self._wake = threading.Event()
        self._closing = False
        self._busy: Counter[str] = Counter()
        self._busy_lock = threading.Lock()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="event-source")
        self._poller = threading.Thread(target=self._poll, name="event-sources", daemon=True)
        self._poller.start()

    def wake(self) -> None:
        """Look for messages now."""
        self._wake.set()

    def close(self) -> None:
        """Stop polling; batches that run are not waited for, as their messages come back."""
        self._closing = True
        self._wake.set()
        self._poller.join(_STOP_TIMEOUT_S)
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _poll(self) -> None:
        while not self._closing:
            self._wake.wait(POLL_INTERVAL_S)
            self._wake.clear()
            for mapping, queue in _mappings():
                try:
                    self._serve(mapping, queue)
                except Exception:
                    _LOGGER.exception("Event source mapping %s failed", mapping.uuid)

    def _serve(self, mapping: Any, queue: Any) -> None:
        """Give the queue's visible messages to the function, in as many batches as may run at once."""
        limit = min(BATCHES_PER_MAPPING, (mapping.scaling_config or {}).get("MaximumConcurrency", BATCHES_PER_MAPPING))
        for _ in range(limit):
            if self._closing or self._busy[mapping.uuid] >= limit or not queue.messages:
                return
            backend = sqs_backends[mapping.account_id][mapping.region]
            batch = backend.receive_message(queue.name, mapping.batch_size, 0, queue.visibility_timeout, ["All"])
            if not batch:
                return
            with self._busy_lock:
                self._busy[mapping.uuid] += 1
            self._threads.submit(self._handle, mapping, queue, batch)

    def _handle(self, mapping: Any, queue: Any, batch: list[Any]) -> None:
        try:
            _settle(mapping, queue, batch, self._failed_messages(mapping, queue, batch))
        except Exception:
            _LOGGER.exception("A batch of event source mapping %s failed; its messages will come back", mapping.uuid)
        finally:
            with self._busy_lock:
                self._busy[mapping.uuid] -= 1
            self.wake()

    def _failed_messages(self, mapping: Any, queue: Any, batch: list[Any]) -> set[str]:
        """Run the function; return the ids of the messages that it did not handle."""
        everything = {message.id for message in batch}
        event = json.dumps({"Records": [_record(message, queue) for message in batch]})
        arn = mapping.function_arn
        try:
            function = lambda_backends[mapping.account_id][mapping.region].get_function(arn)
            result = self._run(function, event, arn)
        except (ThrottledError, UnknownFunctionException):
            return everything
        if result.error:
            return everything
        if "ReportBatchItemFailures" not in (mapping.function_response_types or []):
            return set()
        return _reported_failures(result, everything)


def _reported_failures(result: Result, everything: set[str]) -> set[str]:
    """Read ``batchItemFailures``; an answer that Lambda would not understand fails the whole batch."""
    answer = result.json()
    if not answer:
        return set()
    if not isinstance(answer, dict) or not isinstance(answer.get("batchItemFailures") or [], list):
        return everything
    failures = answer.get("batchItemFailures") or []
    named = {str(failure.get("itemIdentifier")) for failure in failures if isinstance(failure, dict)}
    return named if len(named) == len(failures) and named <= everything else everything


def _mappings() -> Iterator[tuple[Any, Any]]:
    """Yield every enabled mapping with its queue."""
    for account, region, backend in list(lambda_backends.iter_backends()):
        queues = {queue.queue_arn: queue for queue in list(sqs_backends[account][region].queues.values())}
        for mapping in list(backend._event_source_mappings.values()):
            if mapping.enabled and mapping.event_source_arn in queues:
                yield mapping, queues[mapping.event_source_arn]


def _settle(mapping: Any, queue: Any, batch: list[Any], failed: set[str]) -> None:
    """Delete what was handled and have the rest come back soon."""
    backend = sqs_backends[mapping.account_id][mapping.region]
    delay_s = min(RETRY_DELAY_S, int(queue.visibility_timeout))
    for message in batch:
        try:
            if message.id in failed:
                backend.change_message_visibility(queue.name, message.receipt_handle, delay_s)
            else:
                backend.delete_message(queue.name, message.receipt_handle)
        except ReceiptHandleIsInvalid:
            _LOGGER.info("Message %s of %s was gone already", message.id, queue.name)


def _record(message: Any, queue: Any) -> dict[str, Any]:
    """Return a message as a function sees it ("Example standard queue message event", AWS Lambda Developer Guide)."""
    attributes = {
        "ApproximateReceiveCount": str(message.approximate_receive_count),
        "SentTimestamp": str(message.sent_timestamp),
        "SenderId": message.sender_id,
        "ApproximateFirstReceiveTimestamp": str(message.approximate_first_receive_timestamp),
    }
    if trace := message.system_attributes.get("AWSTraceHeader"):
        attributes["AWSTraceHeader"] = trace.get("StringValue") or trace.get("string_value")
    if message.group_id:
        attributes["MessageGroupId"] = message.group_id
    if message.deduplication_id:
        attributes["MessageDeduplicationId"] = message.deduplication_id
    return {
        "messageId": message.id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": attributes,
        "messageAttributes": {name: _attribute(value) for name, value in message.message_attributes.items()},
        "md5OfBody": message.body_md5,
        "eventSource": "aws:sqs",
        "eventSourceARN": queue.queue_arn,
        "awsRegion": queue.region,
    }


def _attribute(value: dict[str, Any]) -> dict[str, Any]:
    binary = value.get("BinaryValue")
    return {
        "stringValue": value.get("StringValue"),
        "binaryValue": base64.b64encode(binary).decode() if isinstance(binary, bytes) else binary,
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": value.get("DataType"),
    }
