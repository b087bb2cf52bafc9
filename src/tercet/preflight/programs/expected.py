"""Failures that a program expects: where it stands in ``pytest.raises``, or in a ``try`` that waits for this error."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from tercet.preflight.programs.found import Wrong
from tercet.preflight.programs.outline import Outline

_EXPECTING: Final = frozenset({"raises", "suppress", "assertRaises", "assertRaisesRegex"})


def is_expected(outline: Outline, wrong: Wrong) -> bool:
    """Whether the program is ready for the error; a handler of everything is ready for none in particular."""
    error = (wrong.aws_error or "").partition(":")[0]
    node = wrong.node
    while (parent := outline.parents.get(node)) is not None:
        match parent:
            case ast.With(items=items) | ast.AsyncWith(items=items) if any(_waits(one.context_expr) for one in items):
                return True
            case ast.Try(body=body, handlers=handlers) if error and node in body:
                if any(error in _names(one.type) for one in handlers if one.type is not None):
                    return True
            case _:
                pass
        node = parent
    return False


def _waits(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in _EXPECTING
        case _:
            return False


def _names(node: ast.expr) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.Name):
            yield one.id
