"""What a command left that was killed in the middle of deploying.

Terraform works on when the command that started it is killed, so that what it makes is also recorded. But when it is
killed itself, resources may stand that its state does not know: the next run would fail on their names. Nothing of
value is in an embedded AWS, so such a session is discarded rather than repaired.
"""

from __future__ import annotations

import fcntl
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tercet.errors import LocalError

WAIT_LIMIT_S: Final = 600.0
"""How long an earlier Terraform may go on: several times what a whole deployment takes."""

_POLL_S: Final = 0.5


def wait_for_earlier_run(state: Path, say: Callable[[str], None]) -> None:
    """Wait until no Terraform works on a state any more.

    Raises
    ------
    LocalError
        One still does after :data:`WAIT_LIMIT_S` seconds.
    """
    deadline = time.monotonic() + WAIT_LIMIT_S
    told = False
    while _is_locked(state):
        if not told:
            say("waiting for the Terraform of an earlier command, which works on to its end")
            told = True
        if time.monotonic() > deadline:
            raise LocalError(
                f"A Terraform has worked on {state} for more than {WAIT_LIMIT_S:.0f} s. End it, then try again."
            )
        time.sleep(_POLL_S)


def was_cut_short(apply_log: Path) -> bool:
    """Tell whether the last apply ended without saying how.

    Parameters
    ----------
    apply_log
        What Terraform wrote, a JSON message in each line; need not exist.
    """
    try:
        lines = apply_log.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return False
    return not any(_tells_the_end(line) for line in lines)


def _tells_the_end(line: str) -> bool:
    """Whether a message is of those that Terraform keeps for its end: the outputs, or why it stopped.

    Source: "Machine-Readable UI", Terraform's documentation. Warnings come earlier.
    """
    try:
        message = json.loads(line)
    except ValueError:
        return False
    if not isinstance(message, dict):
        return False
    kind = message.get("type")
    return kind == "outputs" or (kind == "diagnostic" and message.get("@level") == "error")


def _is_locked(state: Path) -> bool:
    """Ask as Terraform itself does, by a POSIX lock, which ends with its holder."""
    try:
        with state.open("r+") as handle:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except (BlockingIOError, PermissionError):
        return True
    return False
