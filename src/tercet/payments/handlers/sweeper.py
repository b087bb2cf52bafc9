"""The sweeper's Lambda handler: finishes what a crash or an outage has left, and says how late it is.

Two things can be left: events that were written but not published, and operations whose outcome is unknown. Each run
takes its share of both; the schedule of this function is the bound on how long they wait in an otherwise sound system.

That it leaves alone for a while what is still young is politeness: whoever began it is probably at it. It would do no
harm. An event may be published twice, and of two who finish an operation the database refuses the second.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

from tercet.payments.deadline import Deadline
from tercet.payments.errors import PublishError, StoreUnavailableError
from tercet.payments.logs import bound, log
from tercet.payments.metrics import Metric
from tercet.payments.model import Operation
from tercet.payments.services import Services, services
from tercet.payments.store import Running, Waiting

OPERATION_GRACE_S: Final = 60
"""Younger operations are left to who began them: the API's function, which ends after 25 s, or a step, after 30 s."""

EVENT_GRACE_S: Final = 10
"""Younger events are left to who wrote them: it is probably publishing them now."""

MAX_FOUND: Final = 500
"""Most operations, and most payments with events, that one run looks at."""

MAX_FAILURES_IN_A_ROW: Final = 3
"""After these the bus, the acquirer or the database is down, not a payment at fault: the next run tries again."""

EVENTS_KEEP_S: Final = 25
"""Seconds of an invocation that are left to the operations, however many events wait."""

OPERATIONS_KEEP_S: Final = 10
"""Seconds of an invocation that are kept for writing down what the acquirer said last, and for the metrics."""

LONGEST_ASK_S: Final = 8.0
"""What one operation may take of the acquirer's time, so that one that is never answered leaves some to the others."""

SHORTEST_ASK_S: Final = 2.0
"""With less than this left, no further operation is begun: the acquirer would hardly have time to answer."""

_PASSING: Final = (PublishError, StoreUnavailableError)
"""Errors that the next run may not meet."""


class _Left(Protocol):
    """What was found: an operation, or a payment with events."""

    @property
    def payment_id(self) -> str: ...

    @property
    def since_ms(self) -> int: ...


T = TypeVar("T", bound=_Left)


@dataclass
class _Tally:
    """What became of what was found."""

    done: int = 0
    left: int = 0
    oldest_since_ms: int | None = None
    defect: Exception | None = None

    def leave(self, since_ms: int) -> None:
        self.left += 1
        self.oldest_since_ms = since_ms if self.oldest_since_ms is None else min(self.oldest_since_ms, since_ms)

    def age_s(self, now_ms: int) -> float:
        """Give the age of the oldest that is left, in seconds; 0 if there is none."""
        return 0.0 if self.oldest_since_ms is None else max(0.0, (now_ms - self.oldest_since_ms) / 1000)


def handler(_event: Any, context: Any) -> dict[str, int]:
    """Publish what waits and resolve what is unknown, bounded by count and by the time left.

    Returns
    -------
    dict
        ``published`` and ``unpublished``: payments whose events were published, and that still wait; ``resolved`` and
        ``unknown``: operations that were finished, and that still have no answer.

    Raises
    ------
    StoreUnavailableError
        What there is to do could not be read.
    Exception
        A defect of ours that one payment has met, raised once the others have had their turn: Lambda counts it, and an
        alarm rings.
    """
    available = services()
    with bound(correlation_id=context.aws_request_id):
        events = _publish(available, Deadline.of_invocation(context, keep_s=EVENTS_KEEP_S))
        operations = _resolve(available, Deadline.of_invocation(context, keep_s=OPERATIONS_KEEP_S))
        _report(available, events, operations)
        answer = {
            "published": events.done,
            "unpublished": events.left,
            "resolved": operations.done,
            "unknown": operations.left,
        }
        log("swept", count=events.done + operations.done, left=events.left + operations.left)
    if defect := events.defect or operations.defect:
        raise defect
    return answer


def _publish(available: Services, deadline: Deadline) -> _Tally:
    now_ms = _now_ms()
    before_ms = now_ms - EVENT_GRACE_S * 1000
    found = _in_turn(available.store.backlog, before_ms, now_ms, key=lambda waiting: waiting.payment_id)

    def publish(waiting: Waiting) -> bool:
        return available.outbox.publish_waiting(waiting.payment_id)

    return _work(found, publish, has_time=lambda: deadline.remaining_s() > 0)


def _resolve(available: Services, deadline: Deadline) -> _Tally:
    now_ms = _now_ms()
    before_ms = now_ms - OPERATION_GRACE_S * 1000
    found = _in_turn(available.store.running, before_ms, now_ms, key=lambda running: running.id)

    def resolve(running: Running) -> bool:
        operation = _read(running)
        own = Deadline.after(LONGEST_ASK_S)
        # In the words of the request that began it, so that its lines are found together.
        with bound(correlation_id=operation.correlation_id, operation_id=operation.id, kind=operation.kind):
            return available.processor.resolve(
                operation, Deadline(lambda: min(own.remaining_s(), deadline.remaining_s()))
            )

    return _work(found, resolve, has_time=lambda: deadline.remaining_s() > SHORTEST_ASK_S)


def _read(running: Running) -> Operation:
    try:
        return running.operation()
    except Exception:
        log("operation_unreadable", operation_id=running.id)
        raise


def _in_turn(
    read: Callable[[int, int, int], Sequence[T]], before_ms: int, now_ms: int, *, key: Callable[[T], str]
) -> Sequence[T]:
    """Find what is left: the oldest first in every other minute, and from a chance place on in the others.

    So the oldest wait least, and yet those that fail again and again do not keep the others waiting for ever, not even
    when they are more than one run looks at. The oldest is always among what is found, for the metrics tell its age.

    Parameters
    ----------
    read
        Reads what is left from before a time, so many at most, and not from before another time: the oldest first.
    key
        Gives what a thing is known again by.
    """
    oldest = read(before_ms, MAX_FOUND, 0)
    if not oldest or now_ms // 60_000 % 2 == 0:
        return oldest
    end_ms = oldest[-1].since_ms
    later = read(before_ms, MAX_FOUND, end_ms + _chance(before_ms - end_ms)) or read(before_ms, MAX_FOUND, end_ms)
    found = list({key(each): each for each in (*later, *oldest)}.values())
    place = random.randrange(len(found))  # noqa: S311 - fairness, no secret
    turned = [*found[place:], *found[:place]][:MAX_FOUND]
    if key(oldest[0]) not in map(key, turned):
        turned[-1] = oldest[0]
    return turned


def _chance(span_ms: int) -> int:
    """Choose a moment: in half of the cases any, in the others rather an early one.

    What an outage has left lies close together, and as it grows old, hardly any moment in all the time since meets it.
    """
    chance = random.random()  # noqa: S311 - fairness, no secret
    return int(span_ms * chance if random.getrandbits(1) else span_ms**chance)


def _work(found: Sequence[T], act: Callable[[T], bool], *, has_time: Callable[[], bool]) -> _Tally:
    """Act on one after the other, until all had their turn, time is up, or too many failed in a row."""
    tally = _Tally()
    failures = 0
    for each in found:
        may_go_on = failures < MAX_FAILURES_IN_A_ROW and has_time()
        is_done = False
        if may_go_on:
            with bound(payment_id=each.payment_id):
                try:
                    is_done = act(each)
                    failures = 0 if is_done else failures + 1
                except _PASSING as error:
                    failures += 1
                    log("sweep_failed", cause=type(error).__name__)
                except Exception as error:  # noqa: BLE001 - it is raised in the end; the others must not wait for it
                    tally.defect = error
                    log("sweep_met_defect", cause=type(error).__name__)
        if is_done:
            tally.done += 1
        else:
            tally.leave(each.since_ms)
    return tally


def _report(available: Services, events: _Tally, operations: _Tally) -> None:
    now_ms = _now_ms()
    metrics = available.metrics
    metrics.gauge(Metric.UNPUBLISHED_EVENTS, events.left)
    metrics.gauge(Metric.OLDEST_UNPUBLISHED_EVENT_AGE, events.age_s(now_ms))
    metrics.gauge(Metric.UNKNOWN, operations.left)
    metrics.gauge(Metric.OLDEST_UNKNOWN_AGE, operations.age_s(now_ms))
    metrics.flush()


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
