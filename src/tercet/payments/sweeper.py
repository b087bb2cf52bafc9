"""The sweeper's Lambda handler: publishes what was written but not published, and says how late it is.

What ends between a write and its publication leaves its events in the payment's outbox. The schedule of this function
is the bound on how long they wait.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from typing import Any, Final

from tercet.payments import outbox
from tercet.payments.errors import PaymentNotFoundError, StoreUnavailableError
from tercet.payments.logs import log
from tercet.payments.services import LONGEST_CALL_S, Services, services

NAMESPACE: Final = "Tercet/Payments"
GRACE_S: Final = 10
"""Younger events are left to who wrote them: it is probably publishing them now."""

MAX_PAYMENTS_PER_RUN: Final = 500
PER_SHARD: Final = 100
"""Most payments looked at of each of the outbox's shards: in all more than a run publishes, so that the metrics tell
when it does not keep up."""

MIN_REMAINING_MS: Final = 3 * LONGEST_CALL_S * 1000
"""Time that one more payment may take when DynamoDB and EventBridge are slow: read, publish, mark as published."""

MAX_FAILURES_IN_A_ROW: Final = 3
"""After these the bus is down, not a payment at fault: the next run tries again."""


@dataclass
class _Tally:
    published: int = 0
    left: int = 0
    oldest_s: float = 0.0
    failures_in_a_row: int = 0


def handler(_event: Any, context: Any) -> dict[str, int]:
    """Publish what waits, bounded by count and by the time left.

    Returns
    -------
    dict
        ``published`` and ``left``: payments whose outbox was emptied, and payments found that still wait.
    """
    available = services()
    tally = _sweep(available, context)
    _report(available.configuration.environment, tally)
    log("swept", count=tally.published)
    return {"published": tally.published, "left": tally.left}


def _sweep(available: Services, context: Any) -> _Tally:
    tally = _Tally()
    for payment_id, age_s in available.sessions.unpublished(older_than_s=GRACE_S, per_shard=PER_SHARD):
        may_go_on = (
            tally.published < MAX_PAYMENTS_PER_RUN
            and tally.failures_in_a_row < MAX_FAILURES_IN_A_ROW
            and context.get_remaining_time_in_millis() >= MIN_REMAINING_MS
        )
        if may_go_on and _publish(payment_id, available):
            tally.published += 1
            tally.failures_in_a_row = 0
            continue
        tally.failures_in_a_row += 1
        tally.left += 1
        tally.oldest_s = max(tally.oldest_s, age_s)
    return tally


def _publish(payment_id: str, available: Services) -> bool:
    try:
        # Read again: the index lags, and an event published from a stale copy would be one too many.
        payment = available.sessions.get(payment_id)
    except PaymentNotFoundError:
        return True  # only what has nothing to publish can expire
    except StoreUnavailableError as error:
        log("events_left_in_outbox", payment_id=payment_id, cause=f"{type(error).__name__}: {error}")
        return False
    return outbox.drain(payment, available.sessions, available.publisher)


def _report(environment: str, tally: _Tally) -> None:
    """Write the metrics as a log line ("Specification: Embedded metric format", Amazon CloudWatch User Guide)."""
    line = {
        "_aws": {
            "Timestamp": int(time.time() * 1000),
            "CloudWatchMetrics": [
                {
                    "Namespace": NAMESPACE,
                    "Dimensions": [["Environment"]],
                    "Metrics": [
                        {"Name": "OldestUnpublishedEventAge", "Unit": "Seconds"},
                        {"Name": "UnpublishedEvents", "Unit": "Count"},
                    ],
                }
            ],
        },
        "Environment": environment,
        "OldestUnpublishedEventAge": round(tally.oldest_s, 3),
        "UnpublishedEvents": tally.left,
    }
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
