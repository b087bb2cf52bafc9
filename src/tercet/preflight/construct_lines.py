"""Where in a Python program its constructs were made.

CDK Terrain keeps no trace of that: what its metadata calls a stack trace would be of JavaScript. So the one function of
jsii through which every construct is made is watched, from the first call of `record` on.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, Final, NamedTuple

_BINDINGS: Final = ("jsii", "constructs", "cdktn", "cdktf", "cdktn_", "cdktf_")
_DEEPEST: Final = 200


class _Made(NamedTuple):
    scope: Any
    id: str
    file: str
    line: int


_made: dict[str, _Made] = {}
"""By jsii's reference. It holds on to constructs, which jsii never lets go either."""

_watchers: list[Callable[[Any], None]] = []


def record() -> None:
    """Note the line of each construct that is made from now on. Safe to repeat."""
    import jsii

    if getattr(jsii.create, "is_recorded", False):
        return
    create = jsii.create

    @functools.wraps(create)
    def recorded(klass: type, made: Any, args: list[Any] | None = None) -> Any:
        reference = create(klass, made, args)
        if args and len(args) > 1 and hasattr(args[0], "__jsii_ref__") and isinstance(args[1], str):
            _made[reference.ref] = _Made(args[0], args[1], *_place(sys._getframe(1)))
            for watcher in _watchers:
                watcher(made)
        return reference

    recorded.is_recorded = True  # type: ignore[attr-defined]
    jsii.create = recorded  # type: ignore[assignment]


def watch(watcher: Callable[[Any], None]) -> None:
    """Have `watcher` called with each construct that is made from now on."""
    record()
    _watchers.append(watcher)


def lines() -> dict[str, tuple[str, int]]:
    """Return the file and line of each construct that was recorded, by its path (``shop/network/nat``)."""
    paths: dict[str, str] = {}
    found = {}
    # A construct is made after the one it is in: the path before its own is always there.
    for reference, made in _made.items():
        scope = made.scope.__jsii_ref__.ref
        if scope not in paths:
            paths[scope] = made.scope.node.path
        own = made.id.replace("/", "--")  # as constructs does
        path = f"{paths[scope]}/{own}" if paths[scope] else own
        paths[reference] = path
        found[path] = (made.file, made.line)
    return found


def _place(frame: FrameType | None) -> tuple[str, int]:
    """Return the innermost line that is the program's own, not the bindings'."""
    for _ in range(_DEEPEST):
        if frame is None:
            break
        if not _is_of_bindings(frame):
            return _relative(frame.f_code.co_filename), frame.f_lineno
        frame = frame.f_back
    return "", 0


def _is_of_bindings(frame: FrameType) -> bool:
    package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
    if package in _BINDINGS or package.startswith(_BINDINGS[-2:]):
        return True
    # Bindings that were generated into the project itself are in a package of the user's naming; all import this.
    return "publication" in frame.f_globals and "jsii" in frame.f_globals


@functools.lru_cache(maxsize=1024)
def _relative(file: str) -> str:
    try:
        return str(Path(file).relative_to(Path.cwd()))
    except (ValueError, OSError):
        return file
