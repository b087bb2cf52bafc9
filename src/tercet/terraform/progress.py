"""Show what Terraform is doing: a live bar on a terminal, a line now and then anywhere else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Column

from tercet.terraform.events import (
    Diagnostic,
    Event,
    Message,
    OnEvent,
    Planned,
    Refreshed,
    RefreshStarted,
    ResourceCompleted,
    ResourceErrored,
    ResourceStarted,
    Stopping,
)
from tercet.terraform.failure import describe

_LINE_EVERY_S = 5.0
_LINE_EVERY_SHARE = 0.1
_EXPECTED = ("Incomplete lock file information for providers",)  # follows from installing from a mirror; no harm in it


@dataclass(slots=True)
class Tally:
    """How far a command has come, counted from its events."""

    planned: dict[str, int] = field(default_factory=dict)
    done: int = 0
    failed: int = 0
    refreshed: int = 0
    active: dict[str, float] = field(default_factory=dict)
    message: str = ""

    def count(self, event: Event, now: float) -> None:
        """Take one event into account; ``now`` is in seconds of any steady clock."""
        match event:
            case Planned():
                # By address, because an apply repeats what the plan before it has announced.
                self.planned[event.address] = event.operations
            case ResourceStarted() | RefreshStarted():
                self.active[event.address] = now
            case ResourceCompleted():
                # A plan reads data sources too, which are no part of the changes.
                self.done += event.action != "read" or event.address in self.planned
                self.active.pop(event.address, None)
            case ResourceErrored():
                self.failed += 1
                self.active.pop(event.address, None)
            case Refreshed():
                self.refreshed += 1
                self.active.pop(event.address, None)
            case Message():
                # Such as "Installing hashicorp/aws v5.100.0..."; those without dots report an end or explain at length.
                first, _, _ = event.text.partition("\n")
                self.message = first if first.endswith("...") else ""
            case _:
                pass

    @property
    def total(self) -> int:
        """How many operations there are; never fewer than have been done."""
        return max(sum(self.planned.values()), self.done)

    @property
    def applying(self) -> bool:
        """Whether changes are being made, as opposed to planned."""
        return bool(self.done or self.failed)

    def now_working_on(self, now: float) -> str:
        """Name what has been worked on longest, since that is what is being waited for, and count the rest."""
        if not self.active:
            return f"{self.refreshed} resources read" if self.refreshed and not self.applying else self.message
        address, began = min(self.active.items(), key=lambda item: item[1])
        more = len(self.active) - 1
        return f"{address} ({now - began:.0f}s)" + (f" and {more} more" if more else "")


@contextmanager
def progress(
    label: str, console: Console | None = None, *, clock: Callable[[], float] = time.monotonic
) -> Iterator[OnEvent]:
    """Show one command's progress.

    On a terminal a bar with counts, the resource that is waited for and the time; elsewhere one line for every tenth of
    the work and otherwise at most one in five seconds. Warnings and errors are printed as they come.

    Parameters
    ----------
    label
        What is being done, such as "deploying".
    console
        Where to show it; standard error by default, so that standard output stays for results.
    clock
        A steady clock, in seconds.

    Yields
    ------
    OnEvent
        The callback to hand to `tercet.terraform.Terraform`.
    """
    console = console or Console(stderr=True, highlight=False)
    if console.is_terminal:
        began = clock()
        with _bar(console) as bar:
            live = _Live(label, bar, clock)
            yield live.take
        console.print(f"{label} [{clock() - began:.0f}s]  {live.outcome}", markup=False)
    else:
        lines = _Lines(label, console, clock)
        yield lines.take
        lines.finish()


def _bar(console: Console) -> Progress:
    """Make a bar whose last column, what is worked on, gives way when the terminal is narrow."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", table_column=Column(no_wrap=True)),
        BarColumn(bar_width=16),
        MofNCompleteColumn(table_column=Column(no_wrap=True)),
        TimeElapsedColumn(table_column=Column(no_wrap=True)),
        TextColumn("{task.fields[working_on]}", table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis")),
        console=console,
        expand=True,
        transient=True,
    )


class _Live:
    """Moves a bar on a terminal."""

    def __init__(self, label: str, live: Progress, clock: Callable[[], float]) -> None:
        self._label = label
        self._live = live
        self._clock = clock
        self._tally = Tally()
        self._task: TaskID = live.add_task(escape(label), total=None, working_on="")

    def take(self, event: Event) -> None:
        now = self._clock()
        self._tally.count(event, now)
        if notice := _notice(event):
            self._live.console.print(notice, markup=False, soft_wrap=True)
        self._live.update(
            self._task,
            total=self._tally.total or None,
            completed=self._tally.done,
            working_on=escape(self._tally.now_working_on(now)),
        )

    @property
    def outcome(self) -> str:
        """What was counted: changes made, or planned."""
        tally = self._tally
        if tally.applying:
            return f"{tally.done}/{tally.total}"
        return f"{tally.total} changes" if tally.total else ""


class _Lines:
    """Prints a line now and then, for logs."""

    def __init__(self, label: str, console: Console, clock: Callable[[], float]) -> None:
        self._label = label
        self._console = console
        self._clock = clock
        self._tally = Tally()
        self._began = self._last = clock()
        self._next_done = 0.0
        self._printed = ""

    def take(self, event: Event) -> None:
        now = self._clock()
        self._tally.count(event, now)
        if notice := _notice(event):
            self._print(notice)
        step = self._tally.applying and self._tally.done >= self._next_done
        if step or now - self._last >= _LINE_EVERY_S:
            self._line(now)

    def finish(self) -> None:
        """Print how it ended, unless the last line says just that."""
        self._line(self._clock())

    def _line(self, now: float) -> None:
        self._last = now
        self._next_done = self._tally.done + max(1.0, self._tally.total * _LINE_EVERY_SHARE)
        parts = [f"{self._label} [{now - self._began:.0f}s]"]
        if self._tally.applying:
            parts.append(f"{self._tally.done}/{self._tally.total}")
        elif self._tally.total:
            parts.append(f"{len(self._tally.planned)} changes")
        if self._tally.failed:
            parts.append(f"{self._tally.failed} failed")
        if working_on := self._tally.now_working_on(now):
            parts.append(working_on)
        text = "  ".join(parts)
        if text != self._printed:
            self._printed = text
            self._print(text)

    def _print(self, text: str) -> None:
        self._console.print(text, markup=False, soft_wrap=True)


def _notice(event: Event) -> str:
    match event:
        case Diagnostic() if event.summary not in _EXPECTED:
            return f"{event.severity}: {describe(event)}"
        case Stopping():
            return (
                f"stopping ({event.reason}): Terraform finishes what it has begun, for at most {event.grace_s:.0f} s; "
                "interrupt once more to cut that short"
            )
        case _:
            return ""
