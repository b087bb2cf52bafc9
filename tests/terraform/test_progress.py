from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from rich.console import Console

from tercet.terraform import (
    Diagnostic,
    Event,
    Heartbeat,
    Message,
    Planned,
    Refreshed,
    RefreshStarted,
    ResourceCompleted,
    ResourceErrored,
    ResourceStarted,
    Stopping,
    progress,
)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


Show = Callable[..., list[str]]


@pytest.fixture
def show() -> Show:
    """Send events to a log and give its lines; a number lets that many seconds pass."""

    def run(*events: Event | float) -> list[str]:
        clock, text = Clock(), io.StringIO()
        with progress("deploying", Console(file=text, width=80, force_terminal=False), clock=clock) as on_event:
            for event in events:
                if isinstance(event, Event):
                    on_event(event)
                else:
                    clock.now += event
        return text.getvalue().splitlines()

    return run


def apply_of(count: int, seconds_each: float) -> list[Event | float]:
    steps: list[Event | float] = [Planned(f"a.b[{i}]", "create") for i in range(count)]
    for i in range(count):
        steps += [ResourceStarted(f"a.b[{i}]", "create"), seconds_each]
        steps += [ResourceCompleted(f"a.b[{i}]", "create", seconds_each, "id")]
    return steps


def test_a_thousand_resources_make_a_dozen_lines_in_a_log(show: Show) -> None:
    lines = show(*apply_of(1000, 0.001))
    assert 10 <= len(lines) <= 13
    assert lines[-1].split()[2] == "1000/1000"


def test_slow_work_makes_a_line_in_five_seconds(show: Show) -> None:
    beats = [step for _ in range(60) for step in (1.0, Heartbeat(0))]
    lines = show(Planned("aws_rds_cluster.main", "create"), ResourceStarted("aws_rds_cluster.main", "create"), *beats)
    assert 11 <= len(lines) <= 14
    assert "aws_rds_cluster.main (30s)" in "\n".join(lines)


def test_planning_is_not_shown_as_a_share(show: Show) -> None:
    lines = show(RefreshStarted("a.b"), Refreshed("a.b"), 6.0, Heartbeat(6), Planned("a.b", "update"))
    assert lines == ["deploying [6s]  1 resources read", "deploying [6s]  1 changes  1 resources read"]


def test_a_long_preparation_says_what_it_is_at(show: Show) -> None:
    lines = show(Message("Installing hashicorp/aws v5.100.0..."), 6.0, Heartbeat(6), Message("Done!\nYou may now ..."))
    assert lines == ["deploying [6s]  Installing hashicorp/aws v5.100.0...", "deploying [6s]"]


def test_the_longest_running_is_named_and_the_rest_counted(show: Show) -> None:
    lines = show(ResourceStarted("a.slow", "create"), 3.0, ResourceStarted("a.new", "create"), 3.0, Heartbeat(6))
    assert "a.slow (6s) and 1 more" in lines[-1]


def test_planned_twice_counts_once_and_failures_are_shown(show: Show) -> None:
    lines = show(
        Planned("a.b", "create"),
        Planned("a.b", "create"),
        Planned("a.c", "replace"),
        ResourceStarted("a.b", "create"),
        ResourceCompleted("a.b", "create", 1, "id"),
        ResourceErrored("a.c", "delete", 1),
    )
    assert lines[-1] == "deploying [0s]  1/3  1 failed"


def test_data_sources_read_while_planning_are_no_progress_of_the_changes(show: Show) -> None:
    lines = show(ResourceStarted("data.a.b", "read"), ResourceCompleted("data.a.b", "read", 1, ""), 6.0, Heartbeat(6))
    assert "1/1" not in "\n".join(lines)


def test_warnings_errors_and_a_stop_are_printed_whole(show: Show) -> None:
    long = "word " * 40
    lines = show(Diagnostic("warning", "Deprecated", long, 'a.b["x"]'), Stopping("SIGINT", 120))
    assert lines[0] == f'warning: Deprecated (a.b["x"]): {long.strip()}'
    assert "stopping (SIGINT)" in lines[1]


def test_a_terminal_shows_the_count_and_what_is_waited_for() -> None:
    text = io.StringIO()
    console = Console(file=text, width=200, force_terminal=True, color_system=None)
    with progress("deploying", console) as on_event:
        for event in (Planned('a.b["[bold]"]', "create"), Planned("a.c", "create")):
            on_event(event)
        on_event(ResourceStarted("a.c", "create"))
        on_event(ResourceCompleted("a.c", "create", 1, "id"))
        on_event(ResourceStarted('a.b["[bold]"]', "create"))
    assert "1/2" in text.getvalue()
    assert 'a.b["[bold]"] (0s)' in text.getvalue()  # an address is text, not markup
