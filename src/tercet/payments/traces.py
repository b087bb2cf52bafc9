"""Traces: tells X-Ray how long the parts of an invocation took.

Lambda's own segment of a sampled request says how long the function ran, not what it waited for. This module adds
subsegments to it, in the format of X-Ray's own documents, over UDP to the daemon that Lambda runs beside the function
("Sending trace data to AWS X-Ray", AWS X-Ray Developer Guide).

No library does it for us: the X-Ray SDK is in maintenance, Powertools' tracer needs that SDK, and OpenTelemetry's
collector is a layer that every cold start waits for; each would weigh more than the whole processor, for one datagram
per part. Nothing is waited for and nothing is checked: a trace that is lost costs a picture, never a payment.
"""

from __future__ import annotations

import functools
import json
import os
import secrets
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Final

from tercet.payments.logs import bound_fields

TRACE_VARIABLE: Final = "_X_AMZN_TRACE_ID"
"""Set by Lambda before each invocation: ``Root=1-…;Parent=…;Sampled=1``."""

DAEMON_VARIABLE: Final = "AWS_XRAY_DAEMON_ADDRESS"
"""Set by Lambda: ``host:port``."""

_HEADER: Final = b'{"format": "json", "version": 1}\n'
"""What the daemon wants before each document ("Sending segment documents to the X-Ray daemon", the same guide)."""

_ANNOTATED: Final = ("correlation_id", "payment_id", "operation_id")
"""The fields bound to the logs that a subsegment carries too, by which X-Ray finds it."""

_PARENT: ContextVar[tuple[str, str] | None] = ContextVar("tercet_subsegment", default=None)
"""The trace, and the subsegment in it, that the next one is part of."""


@contextmanager
def subsegment(name: str) -> Iterator[None]:
    """Tell X-Ray how long the block took and whether it raised an error; does nothing in a trace that is not sampled.

    Parameters
    ----------
    name
        A word of ours, never anything that a caller wrote.
    """
    trace = _trace()
    address = os.environ.get(DAEMON_VARIABLE)
    if trace is None or not address:
        yield
        return
    trace_id, parent_id = trace
    document: dict[str, object] = {
        "type": "subsegment",
        "name": name,
        "id": secrets.token_hex(8),
        "trace_id": trace_id,
        "parent_id": parent_id,
        "start_time": time.time(),
        "annotations": {field: value for field in _ANNOTATED if (value := bound_fields().get(field)) is not None},
    }
    token = _PARENT.set((trace_id, str(document["id"])))
    try:
        yield
    except BaseException:
        document["fault"] = True
        raise
    finally:
        _PARENT.reset(token)
        document["end_time"] = time.time()
        _send(document, address)


def _trace() -> tuple[str, str] | None:
    """Give the ids of the trace and of what the next subsegment is part of; ``None`` if it is not sampled."""
    fields = dict(part.partition("=")[::2] for part in os.environ.get(TRACE_VARIABLE, "").split(";"))
    trace_id, parent_id = fields.get("Root"), fields.get("Parent")
    if fields.get("Sampled") != "1" or not trace_id or not parent_id:
        return None
    outer = _PARENT.get()
    return outer if outer and outer[0] == trace_id else (trace_id, parent_id)


def _send(document: Mapping[str, object], address: str) -> None:
    host, _, port = address.rpartition(":")
    # A full buffer, a daemon that is not there, an address that is none: the trace is lost, the payment goes on.
    with suppress(OSError, ValueError, OverflowError):
        _socket().sendto(_HEADER + json.dumps(document).encode(), (host, int(port)))


@functools.cache
def _socket() -> socket.socket:
    """Open the socket of this process, which never waits."""
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.setblocking(False)
    return opened
