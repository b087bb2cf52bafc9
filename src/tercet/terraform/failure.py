"""Errors that carry what Terraform said, and the words in which they are shown."""

from __future__ import annotations

import signal
from collections.abc import Sequence

from tercet.errors import TerraformError
from tercet.terraform.events import Diagnostic

_LONGEST_DETAIL = 700


class TerraformCommandError(TerraformError):
    """Terraform ended with an error.

    Parameters
    ----------
    message
        The sentence to show.
    diagnostics
        Every error Terraform reported, in its order; empty if it died before it could report.
    """

    def __init__(self, message: str, diagnostics: Sequence[Diagnostic] = ()) -> None:
        super().__init__(message)
        self.diagnostics = tuple(diagnostics)


class TerraformInterruptedError(TerraformError):
    """The user, or the system, asked for an end, and Terraform has stopped.

    Parameters
    ----------
    message
        The sentence to show.
    signal_number
        The signal that asked for it; a shell expects the exit code 128 plus this number.
    """

    def __init__(self, message: str, signal_number: int) -> None:
        super().__init__(message)
        self.signal_number = signal_number


def describe(diagnostic: Diagnostic) -> str:
    """Put one diagnostic into a line: summary, resource, place, detail."""
    place = ", ".join(
        part
        for part in (
            diagnostic.address,
            f"{diagnostic.file}:{diagnostic.line}" if diagnostic.file and diagnostic.line else diagnostic.file,
        )
        if part
    )
    detail = " ".join(diagnostic.detail.split())
    if len(detail) > _LONGEST_DETAIL:
        detail = detail[:_LONGEST_DETAIL] + " …"
    summary = " ".join(diagnostic.summary.split())
    head = f"{summary} ({place})" if place else summary
    return f"{head}: {detail}" if detail and detail != summary else head


def describe_first(errors: Sequence[Diagnostic]) -> str:
    """Put the most telling of several errors into a line, and say how many more there are.

    That is the first one with a place in the configuration or at a resource, since newer versions introduce the errors
    of ``init`` by one that only says that there are errors.
    """
    telling = next((error for error in errors if error.address or error.file), errors[0])
    more = len(errors) - 1
    suffix = f" ({more} more error{'s' if more > 1 else ''} came with it.)" if more else ""
    return describe(telling).rstrip(".") + "." + suffix


def signal_name(number: int) -> str:
    """Name a signal, such as SIGKILL for 9."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
