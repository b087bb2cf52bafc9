"""What Terraform reports while it works, as types.

Terraform and OpenTofu print one JSON object per line when asked with ``-json``. Source: "Machine-Readable UI" in the
documentation of either. That page asks readers to ignore what they do not know and to refuse a newer major version.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tercet.errors import TerraformError

_SUPPORTED_UI_MAJOR = 1


@dataclass(frozen=True, slots=True)
class Event:
    """Base of everything that is handed to a callback."""


@dataclass(frozen=True, slots=True)
class Message(Event):
    """A line meant for people, such as "Initializing the backend..."."""

    text: str


@dataclass(frozen=True, slots=True)
class Unstructured(Event):
    """A line that is not JSON: what a crash or a wrapper script prints."""

    text: str


@dataclass(frozen=True, slots=True)
class Planned(Event):
    """A change that is going to be made. ``action`` is create, update, replace, delete, read, move or import."""

    address: str
    action: str

    @property
    def operations(self) -> int:
        """How many starts and completions the change will report: a replacement is a delete and a create."""
        return _OPERATIONS.get(self.action, 0)


_OPERATIONS: Mapping[str, int] = {"create": 1, "update": 1, "delete": 1, "read": 1, "replace": 2}


@dataclass(frozen=True, slots=True)
class Drifted(Event):
    """A resource that was changed behind Terraform's back."""

    address: str
    action: str


@dataclass(frozen=True, slots=True)
class Summary(Event):
    """Counts at the end of a plan (``operation="plan"``), an apply or a destroy."""

    operation: str
    add: int
    change: int
    destroy: int


@dataclass(frozen=True, slots=True)
class Outputs(Event):
    """The outputs' values; a sensitive output has none here."""

    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class RefreshStarted(Event):
    """The real state of a resource is being read."""

    address: str


@dataclass(frozen=True, slots=True)
class Refreshed(Event):
    """The real state of a resource was read."""

    address: str


@dataclass(frozen=True, slots=True)
class ResourceStarted(Event):
    """Work on a resource begins."""

    address: str
    action: str


@dataclass(frozen=True, slots=True)
class ResourceProgress(Event):
    """Work on a resource goes on; Terraform says so every ten seconds."""

    address: str
    action: str
    elapsed_s: float


@dataclass(frozen=True, slots=True)
class ResourceCompleted(Event):
    """Work on a resource is done."""

    address: str
    action: str
    elapsed_s: float
    resource_id: str


@dataclass(frozen=True, slots=True)
class ResourceErrored(Event):
    """Work on a resource failed; the reason follows as a `Diagnostic`."""

    address: str
    action: str
    elapsed_s: float


@dataclass(frozen=True, slots=True)
class Diagnostic(Event):
    """An error or a warning. ``file`` and ``line`` are of the configuration, where Terraform knows them."""

    severity: str
    summary: str
    detail: str = ""
    address: str | None = None
    file: str | None = None
    line: int | None = None

    @property
    def is_error(self) -> bool:
        """Whether this ends the command, as opposed to a warning."""
        return self.severity == "error"


@dataclass(frozen=True, slots=True)
class Heartbeat(Event):
    """Comes about once a second whether or not Terraform speaks, so that silence can be shown as work."""

    elapsed_s: float


@dataclass(frozen=True, slots=True)
class Stopping(Event):
    """Terraform was asked to stop and is finishing what it has begun; at most ``grace_s`` seconds are given."""

    reason: str
    grace_s: float


OnEvent = Callable[[Event], None]


def ignore(_event: Event) -> None:
    """Take no notice: the callback of a caller who wants only the result."""


def parse(line: str) -> Event | None:
    """Turn one line of output into an event.

    Parameters
    ----------
    line
        One line without its line feed.

    Returns
    -------
    Event or None
        None for an empty line, and for a message of a kind that nobody here needs or that is newer than this code.

    Raises
    ------
    TerraformError
        If the output declares a major version that is not known.
    """
    if not line.strip():
        return None
    try:
        message = json.loads(line)
    except ValueError:
        return Unstructured(line.rstrip())
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        return Unstructured(line.rstrip())
    reader = _READERS.get(message["type"])
    return reader(message) if reader else None


def parse_diagnostic(raw: Mapping[str, Any]) -> Diagnostic:
    """Read the object that Terraform uses for diagnostics both in event streams and in ``validate -json``."""
    source = raw.get("range") or {}
    return Diagnostic(
        severity=str(raw.get("severity", "error")),
        summary=str(raw.get("summary", "")),
        detail=str(raw.get("detail", "")),
        address=raw.get("address"),
        file=source.get("filename"),
        line=(source.get("start") or {}).get("line"),
    )


def _version(message: Mapping[str, Any]) -> None:
    major = str(message.get("ui", "1")).partition(".")[0]
    if major.isdecimal() and int(major) > _SUPPORTED_UI_MAJOR:
        raise TerraformError(
            f"Terraform reports its progress in format {message['ui']}, and this version of tercet knows format "
            f"{_SUPPORTED_UI_MAJOR}: use an older Terraform (name it in TERCET_TERRAFORM) or a newer tercet."
        )


def _message(message: Mapping[str, Any]) -> Message:
    return Message(str(message.get("@message", "")))


def _address(part: Mapping[str, Any]) -> str:
    return str((part.get("resource") or {}).get("addr", "?"))


def _planned(message: Mapping[str, Any]) -> Planned:
    change = message.get("change") or {}
    return Planned(_address(change), str(change.get("action", "")))


def _drifted(message: Mapping[str, Any]) -> Drifted:
    change = message.get("change") or {}
    return Drifted(_address(change), str(change.get("action", "")))


def _summary(message: Mapping[str, Any]) -> Summary:
    counts = message.get("changes") or {}
    return Summary(
        operation=str(counts.get("operation", "")),
        add=int(counts.get("add", 0)),
        change=int(counts.get("change", 0)),
        destroy=int(counts.get("remove", 0)),
    )


def _outputs(message: Mapping[str, Any]) -> Outputs:
    outputs = message.get("outputs") or {}
    return Outputs({name: output["value"] for name, output in outputs.items() if "value" in output})


def _hook(message: Mapping[str, Any]) -> tuple[str, str, float]:
    hook = message.get("hook") or {}
    return _address(hook), str(hook.get("action", "")), float(hook.get("elapsed_seconds", 0))


def _started(message: Mapping[str, Any]) -> ResourceStarted:
    address, action, _ = _hook(message)
    return ResourceStarted(address, action)


def _progressed(message: Mapping[str, Any]) -> ResourceProgress:
    return ResourceProgress(*_hook(message))


def _completed(message: Mapping[str, Any]) -> ResourceCompleted:
    return ResourceCompleted(*_hook(message), resource_id=str((message.get("hook") or {}).get("id_value", "")))


def _errored(message: Mapping[str, Any]) -> ResourceErrored:
    return ResourceErrored(*_hook(message))


def _refresh_started(message: Mapping[str, Any]) -> RefreshStarted:
    return RefreshStarted(_address(message.get("hook") or {}))


def _refreshed(message: Mapping[str, Any]) -> Refreshed:
    return Refreshed(_address(message.get("hook") or {}))


def _diagnostic(message: Mapping[str, Any]) -> Diagnostic:
    return parse_diagnostic(message.get("diagnostic") or {})


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Event | None]] = {
    "version": _version,
    "log": _message,
    "init_output": _message,
    "state_lock_acquire": _message,
    "planned_change": _planned,
    "resource_drift": _drifted,
    "change_summary": _summary,
    "outputs": _outputs,
    "refresh_start": _refresh_started,
    "refresh_complete": _refreshed,
    "apply_start": _started,
    "apply_progress": _progressed,
    "apply_complete": _completed,
    "apply_errored": _errored,
    "diagnostic": _diagnostic,
}
