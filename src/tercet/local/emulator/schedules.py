"""Fires schedules with a rate while the emulator runs: EventBridge Scheduler's and EventBridge rules'.

Plain moto stores schedules and never fires them. Rates count from the start of the schedule, or from its creation; the
first firing of a schedule of EventBridge Scheduler is at its creation ("Schedule types on EventBridge Scheduler"), that
of a rule one period later. ``cron`` and ``at`` expressions, time zones, flexible windows and retry policies are not
served: nothing in an embedded deployment lives long enough to need them.
"""

from __future__ import annotations

import json
import logging
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from moto.events.models import events_backends
from moto.scheduler.models import scheduler_backends

from tercet.local.emulator.delivery import SERVICES, deliver

TICK_S: Final = 1.0
_STOP_TIMEOUT_S: Final = 5.0
_RATE: Final = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_UNIT_S: Final = {"minute": 60, "hour": 3_600, "day": 86_400}
_LOGGER: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class Due:
    """Something that fires every so often."""

    key: str
    period_s: int
    first_s: float
    fire: Callable[[float], None]


class Ticker:
    """Looks every :data:`TICK_S` for what is due, in one thread, until :meth:`close`.

    Parameters
    ----------
    now
        The time in seconds since the epoch; replaced in tests.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._fired: dict[str, float] = {}

    def tick(self) -> None:
        """Fire everything that is due, each at most once: missed periods are not made up for."""
        now = self._now()
        everything = {due.key: due for due in _everything()}
        self._fired = {key: at for key, at in self._fired.items() if key in everything}
        for due in everything.values():
            periods = int((now - due.first_s) // due.period_s)
            scheduled = due.first_s + periods * due.period_s
            if periods < 0 or self._fired.get(due.key, -1.0) >= scheduled:
                continue
            self._fired[due.key] = scheduled
            try:
                due.fire(scheduled)
            except Exception:
                _LOGGER.exception("Schedule %s could not be delivered", due.key)


def rate_s(expression: str) -> int | None:
    """Return the period of a ``rate(...)`` expression in seconds, or ``None`` for another kind of expression."""
    match = _RATE.fullmatch(expression.strip())
    return int(match[1]) * _UNIT_S[match[2]] if match else None


@contextmanager
def running() -> Iterator[None]:
    """Fire schedules until the context is left."""
    stop = threading.Event()
    ticker = Ticker()

    def work() -> None:
        while not stop.wait(TICK_S):
            ticker.tick()

    thread = threading.Thread(target=work, name="schedules", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(_STOP_TIMEOUT_S)


def _everything() -> Iterator[Due]:
    for _, _, scheduler in list(scheduler_backends.iter_backends()):
        for group in list(scheduler.schedule_groups.values()):
            for schedule in list(group.schedules.values()):
                yield from _schedule(schedule)
    for _, _, events in list(events_backends.iter_backends()):
        for bus in list(events.event_buses.values()):
            for rule in list(bus.rules.values()):
                yield from _rule(rule)


def _schedule(schedule: Any) -> Iterator[Due]:
    period_s = rate_s(schedule.schedule_expression)
    target = schedule.target
    if period_s is None or schedule.state != "ENABLED" or target["Arn"].split(":")[2] not in SERVICES:
        return

    def fire(scheduled: float) -> None:
        values = {
            "schedule-arn": schedule.arn,
            "scheduled-time": _timestamp(scheduled),
            "execution-id": str(uuid.uuid4()),
            "attempt-number": "1",
        }
        text = target.get("Input", "{}")
        for name, value in values.items():
            text = text.replace(f"<aws.scheduler.{name}>", value)
        deliver(target["Arn"], text, group_id=target.get("SqsParameters", {}).get("MessageGroupId"))

    # A changed schedule is a new one: its rate counts anew.
    first_s = float(schedule.start_date or schedule.last_modified_date)
    yield Due(f"{schedule.arn}@{first_s}", period_s, first_s, fire)


def _rule(rule: Any) -> Iterator[Due]:
    period_s = rate_s(rule.scheduled_expression or "")
    if period_s is None or rule.state != "ENABLED":
        return
    created_s = vars(rule).setdefault("_tercet_seen_s", time.time())

    def fire(scheduled: float) -> None:
        event = {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": rule.account_id,
            "time": _timestamp(scheduled),
            "region": rule.region_name,
            "resources": [rule.arn],
            "detail": {},
        }
        for target in rule.targets:
            deliver(target["Arn"], target.get("Input") or json.dumps(event))

    yield Due(rule.arn, period_s, created_s + period_s, fire)


def _timestamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
