"""Files of the module's own tree."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from tercet.preflight.evaluation.scope import Scope, unknown_from
from tercet.preflight.syntax import hcl
from tercet.preflight.syntax.tree import Expression
from tercet.preflight.values import Unknown, Value

MAX_FILE_BYTES: Final = 4 * 2**20


def read(name: str, arguments: list[Value], scope: Scope, evaluate: Callable[[Expression, Scope], Value]) -> Value:
    """Read a file of the module's own tree; one outside is not looked at."""
    folder: Path | None = getattr(scope.names, "folder", None)
    root: Path | None = getattr(scope.names, "tree", None)
    if folder is None or root is None or not isinstance(arguments[0], str):
        return unknown_from(f"{name}() of a file that is not at hand", *arguments)
    path = (folder / str(arguments[0])).resolve()
    if not path.is_relative_to(root.resolve()) or not path.is_file() or path.stat().st_size > MAX_FILE_BYTES:
        return unknown_from(f"{name}() of a file that is not at hand", *arguments)
    if name == "fileexists":
        return True
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        return unknown_from(f"{name}() of a file that cannot be read", *arguments)
    if not scope.budget.spend(text):
        return Unknown("the configuration takes too long to evaluate")
    if name == "file":
        return text
    return _template(text, arguments[1] if len(arguments) > 1 else {}, scope, evaluate)


def _template(text: str, names: Value, scope: Scope, evaluate: Callable[[Expression, Scope], Value]) -> Value:
    if not isinstance(names, dict):
        return unknown_from("templatefile() with names that are known only after apply", names)
    return evaluate(hcl.template(text), Scope(scope.names, scope.budget, dict(names)))
