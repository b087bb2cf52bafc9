"""Imports of names that another file of the app does not have: a class of another spelling, one that was moved."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tercet.preflight.programs.bindings import nearest
from tercet.preflight.programs.found import Look, Wrong
from tercet.preflight.programs.imports import is_guarded
from tercet.preflight.programs.reading import Program

RULE: Final = "program-unknown-import"


def check(look: Look) -> Iterator[Wrong]:
    """Yield the names that the file, which is there, does not have."""
    for node in look.program.outline.nodes:
        if not isinstance(node, ast.ImportFrom) or is_guarded(look, node):
            continue
        file = look.app.find(look.program, node.module or "", node.level)
        if file is None or file is look.program or _makes_up_names(file):
            continue
        for alias in node.names:
            if alias.name != "*" and alias.name[:2] != "__" and not _has(look, file, node, alias.name):
                yield _missing(node, file, alias.name)


def _has(look: Look, file: Program, node: ast.ImportFrom, name: str) -> bool:
    if name in file.outline.scope(file.tree).bound:
        return True
    dotted = f"{node.module}.{name}" if node.module else name
    if look.app.find(look.program, dotted, node.level):
        return True
    # A part of the package that is no Python, or was not read.
    folder = Path(file.file).parent
    return file.file.endswith("__init__.py") and any(folder.glob(f"{name}*"))


def _makes_up_names(file: Program) -> bool:
    """Whether names may come from where nobody sees them."""
    if file.outline.stars or "__getattr__" in file.outline.scope(file.tree).bound:
        return True
    return any(
        isinstance(node, ast.Name) and node.id in ("globals", "exec", "setattr", "vars", "locals")
        for node in file.outline.nodes
    )


def _missing(node: ast.ImportFrom, file: Program, name: str) -> Wrong:
    module = f"{'.' * node.level}{node.module or ''}"
    meant = nearest(name, [one for one in file.outline.scope(file.tree).bound if not one.startswith("__")])
    return Wrong(
        RULE,
        node,
        f"`{name}` is imported from `{module}`, and `{file.relative}` has no such name: "
        "the program stops before it writes anything.",
        fix=f"Did you mean `{meant}`?"
        if meant
        else f"Define `{name}` in `{file.relative}`, or import it from where it is.",
        aws_error=f"ImportError: cannot import name '{name}' from '{module.lstrip('.')}'",
        evidence={"import": f"{module}.{name}"},
    )
