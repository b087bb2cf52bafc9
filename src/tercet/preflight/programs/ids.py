"""Two constructs of one scope with the same id."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from tercet.preflight.programs.bindings import BindingClass
from tercet.preflight.programs.found import Look, Wrong
from tercet.preflight.programs.own import OwnClass, lineage, own_init

RULE: Final = "program-duplicate-id"

# What a statement may stand in and still run exactly once when its function runs.
_CERTAIN: Final = (ast.Expr, ast.Assign, ast.AnnAssign, ast.Return, ast.With, ast.Call, ast.keyword, ast.List, ast.Dict)


def check(look: Look) -> Iterator[Wrong]:
    """Yield the second of two constructs that are both made whenever the function runs."""
    seen: dict[tuple[ast.AST, str, str], ast.Call] = {}
    for node in look.program.outline.nodes:
        if not isinstance(node, ast.Call) or not (named := _named(look, node)):
            continue
        if (loop := _repeating(look, node)) is not None:
            yield _repeated(look, node, loop, *named)
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
    if not _takes_scope_and_id(look, node):
        return None
    # A name that is bound anew in between is another scope.
    return (scope, id_) if look.program.outline.is_bound_once(given) else None


def _takes_scope_and_id(look: Look, node: ast.Call) -> bool:
    made = look.inference.of(node.func)
    if isinstance(made, BindingClass):
        return _is_named(made)
    # A class of the app that hands its first two arguments on.
    if not isinstance(made, OwnClass):
        return False
    for one in lineage(made):
        if one is None or isinstance(one, BindingClass):
            return one is not None and _is_named(one)
        if (init := own_init(one.node)) and not _hands_on(init):
            return False
    return False


def _is_named(made: BindingClass) -> bool:
    return made.signature is not None and made.signature.positional[:2] in (("scope", "id_"), ("scope", "id"))


def _hands_on(init: ast.FunctionDef) -> bool:
    if len(init.args.args) < 3:
        return False
    scope, id_ = (one.arg for one in init.args.args[1:3])
    stored = {one.id for one in ast.walk(init) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    for statement in init.body:
        match statement:
            case ast.Expr(
                value=ast.Call(
                    func=ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr="__init__"),
                    args=[ast.Name(id=first), ast.Name(id=second), *_],
                )
            ):
                return (first, second) == (scope, id_) and not stored & {scope, id_}
            case _:
                pass
    return False


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


def _repeating(look: Look, node: ast.Call) -> ast.expr | None:
    """Return what the loop right around goes over, if it makes the construct at least twice in the same scope."""
    parents, inner = look.program.outline.parents, node
    child: ast.AST = node
    while (parent := parents.get(child)) is not None:
        match parent:
            case ast.For(iter=iterated, body=body) if child in body:
                leaves = any(
                    isinstance(one, ast.Break | ast.Continue | ast.Return | ast.Raise) for one in ast.walk(parent)
                )
                return iterated if not leaves and _is_several(look, iterated) and _is_fixed(inner, parent) else None
            case ast.ListComp(elt=element, generators=[ast.comprehension(iter=iterated, ifs=[], target=target)]):
                is_fixed = element is child and not _binds(target, inner)
                return iterated if is_fixed and _is_several(look, iterated) else None
            case _ if not isinstance(parent, _CERTAIN):
                return None
            case _:
                child = parent
    return None


def _is_several(look: Look, iterated: ast.expr) -> bool:
    """Whether a loop certainly runs twice."""
    match iterated:
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return sum(not isinstance(one, ast.Starred) for one in elements) > 1
        case ast.Call(func=ast.Name(id="range") as function, args=[ast.Constant(value=int(count))]):
            return count > 1 and look.program.outline.is_builtin(function)
        case ast.Call(func=ast.Name(id="enumerate") as function, args=[inner, *_]):
            return look.program.outline.is_builtin(function) and _is_several(look, inner)
        case _:
            return False


def _is_fixed(node: ast.Call, loop: ast.For) -> bool:
    """Whether the scope's name is the same thing in every run."""
    scope = node.args[0]
    stored = {one.id for one in ast.walk(loop) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    return isinstance(scope, ast.Name) and scope.id not in stored


def _binds(target: ast.expr, node: ast.Call) -> bool:
    scope = node.args[0]
    names = {one.id for one in ast.walk(target) if isinstance(one, ast.Name)}
    return isinstance(scope, ast.Name) and scope.id in names


def _repeated(look: Look, node: ast.Call, loop: ast.expr, scope: str, id_: str) -> Wrong:
    return Wrong(
        RULE,
        node,
        f"`{look.source(node.func)}` is made in `{scope}` with the id `{id_}` for each of `{look.source(loop)}`: "
        "the second time the id is taken, and the program stops before it writes anything.",
        fix='Make what the loop goes over a part of the id, as in `f"…-{name}"`.',
        aws_error=f"RuntimeError: There is already a Construct with name '{id_}' in <class> [<id>]",
        evidence={"id": id_[:100]},
    )


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
