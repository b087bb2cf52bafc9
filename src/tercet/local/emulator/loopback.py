"""Nothing leaves the machine: while an emulator runs, its process can connect to loopback addresses only.

moto itself sends HTTP in a few places (HTTP subscriptions of SNS, for one), and a client made without an endpoint would
find the real AWS. A forgotten case must fail, not reach anybody's account, so the interpreter's audit hook refuses the
connection itself.
"""

from __future__ import annotations

import ipaddress
import sys
from typing import Any, Final

from tercet.errors import LocalError

_LOOPBACK_NAMES: Final = frozenset({"localhost"})


def require(host: str) -> None:
    """Raise :class:`~tercet.errors.LocalError` if ``host`` is not a loopback address."""
    if not _is_loopback(host):
        raise LocalError(
            f"The embedded AWS cannot listen on {host!r}: it accepts any credentials, so it serves loopback addresses "
            "only. Use 127.0.0.1."
        )


class Guard:
    """Refuses, while it is raised, every connection of this process to another machine."""

    def __init__(self) -> None:
        self._raised = 0
        self._hooked = False

    def up(self) -> None:
        """Start refusing; calls nest."""
        if not self._hooked:
            sys.addaudithook(self._audit)  # an audit hook can never be removed, hence the counter
            self._hooked = True
        self._raised += 1

    def down(self) -> None:
        """Undo one :meth:`up`."""
        self._raised = max(0, self._raised - 1)

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event != "socket.connect" or not self._raised:
            return
        address = arguments[1]
        if isinstance(address, tuple) and address and not _is_loopback(str(address[0])):
            raise ConnectionRefusedError(f"The embedded AWS does not connect to {address[0]}: only to this machine.")


def _is_loopback(host: str) -> bool:
    if host in _LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


GUARD: Final = Guard()
