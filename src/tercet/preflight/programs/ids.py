"""Two constructs of one scope with the same id."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from tercet.preflight.programs.bindings import BindingClass
from tercet.preflight.programs.found import Look, Wrong

RULE: Final = "program-duplicate-id"

# What a statement may stand in and still run exactly once when its function runs.
_CERTAIN: Final = (ast.Expr, ast.Assign, ast.AnnAssign, ast.Return, ast.With, ast.Call, ast.keyword, ast.List, ast.Dict)


def check(look: Look) -> Iterator[Wrong]:
    """Yield the second of two constructs that are both made whenever the function runs."""
    seen: dict[tuple[ast.AST, str, str], ast.Call] = {}
    for node in look.program.outline.nodes:
        if not isinstance(node, ast.Call) or not (named := _named(look, node)):
            continue
        function = _certainly_in(look, node)
        if function is None:
            continue
        first = seen.setdefault((function, *named), node)
        if first is not node and not _may_leave_between(look, first, node):
            yield _wrong(look, node, first, *named)


def _named(look: Look, node: ast.Call) -> tuple[str, str] | None:
    """Return the scope's name and the id of a construct of the bindings."""
    match node.args:
        case [ast.Name(id=scope) as given, ast.Constant(value=str(id_)), *_]:
            pass
        case _:
            return None
    made = look.inference.of(node.func)
    if not isinstance(made, BindingClass) or made.signature is None:
        return None
    if made.signature.positional[:2] not in (("scope", "id_"), ("scope", "id")):
        return None
    # A name that is bound anew in between is another scope.
    return (scope, id_) if look.program.outline.is_bound_once(given) else None


def _certainly_in(look: Look, node: ast.AST) -> ast.AST | None:
    """Return the function around, if nothing decides whether the call is made, or how often."""
    parents = look.program.outline.parents
    while (parent := parents.get(node)) is not None:
        if isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module):
            return parent
        if not isinstance(parent, _CERTAIN):
            return None
        node = parent
    return None


def _may_leave_between(look: Look, first: ast.Call, second: ast.Call) -> bool:
    """Whether the function may end after the first of two calls."""
    return any(
        isinstance(node, ast.Return | ast.Raise) and first.lineno <= node.lineno < second.lineno
        for node in look.program.outline.nodes
    )


def _wrong(look: Look, node: ast.Call, first: ast.Call, scope: str, id_: str) -> Wrong:
    return Wrong(
        RULE,
        node,
        f"`{look.source(node.func)}` is made in `{scope}` with the id `{id_}`, which the "
        f"`{look.source(first.func)}` of line {first.lineno} has already: the program stops before it writes anything.",
        fix="Give it an id of its own.",
        aws_error=f"RuntimeError: There is already a Construct with name '{id_}' in <class> [<id>]",
        evidence={"id": id_[:100]},
    )
