"""Two constructs of one scope with the same id."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from tercet.preflight.programs.bindings import BindingClass
from tercet.preflight.programs.found import Look, Wrong
from tercet.preflight.programs.own import OwnClass, OwnFunction, lineage, own_init

RULE: Final = "program-duplicate-id"

_DEPTH_LIMIT: Final = 4
_MADE_LIMIT: Final = 200
# What a statement may stand in and still run exactly once when its function runs.
_CERTAIN: Final = (ast.Expr, ast.Assign, ast.AnnAssign, ast.Return, ast.With, ast.Call, ast.keyword, ast.List, ast.Dict)


def check(look: Look) -> Iterator[Wrong]:
    """Yield the second of two constructs that are both made whenever the function runs."""
    calls: dict[ast.AST, list[ast.Call]] = {}
    for node in look.program.outline.nodes:
        if not isinstance(node, ast.Call):
            continue
        named = _named(look, node)
        if named and (loop := _repeating(look, node)) is not None:
            yield _repeated(look, node, loop, *named)
        elif (function := _certainly_in(look, node)) is not None:
            calls.setdefault(function, []).append(node)
    reported: set[ast.Call] = set()
    for function in calls:
        seen: dict[tuple[str, str], Made] = {}
        for made in _made_in(look, calls, function, _DEPTH_LIMIT):
            first = seen.setdefault((made.scope, made.id_), made)
            if first is made or made.call in reported or _may_leave_between(function, first.at, made.at):
                continue
            reported.add(made.call)
            yield _wrong(look, made, first)


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A construct that is made whenever a function runs.

    Parameters
    ----------
    scope, id_
        The name of the scope, in the function, and the id.
    call
        The construct's own call.
    at
        The call in the function that leads to it: the same, or that of another function.
    """

    scope: str
    id_: str
    call: ast.Call
    at: ast.Call


def _made_in(look: Look, calls: dict[ast.AST, list[ast.Call]], function: ast.AST, depth: int) -> Iterator[Made]:
    for node in calls.get(function, ()):
        if named := _named(look, node):
            yield Made(*named, node, node)
        elif depth and (called := _runs(look, node)) and called.node in calls:
            for made in islice(_made_in(look, calls, called.node, depth - 1), _MADE_LIMIT):
                scope = _outside(look, called, node, made.scope)
                # What an earlier `return` may keep from being made is not certain.
                if scope and not _may_leave_between(called.node, called.node, made.at) and not made.id_.startswith("f"):
                    yield Made(scope, made.id_, made.call, node)


def _runs(look: Look, node: ast.Call) -> OwnFunction | None:
    """Return the app's function that a call runs; a generator runs later, or never."""
    called = look.inference.of(node.func)
    if not isinstance(called, OwnFunction):
        return None
    is_generator = any(isinstance(one, ast.Yield | ast.YieldFrom) for one in ast.walk(called.node))
    return None if is_generator else called


def _outside(look: Look, called: OwnFunction, node: ast.Call, scope: str) -> str | None:
    """Return what the caller calls the scope that a function knows by another name."""
    arguments = called.node.args
    names = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
    given: ast.expr | None = next((one.value for one in node.keywords if one.arg == scope), None)
    if called.is_bound and names[:1] == [scope] and isinstance(node.func, ast.Attribute):
        given = node.func.value
    elif scope in (places := names[called.is_bound :]) and places.index(scope) < len(node.args):
        given = node.args[places.index(scope)]
    return given.id if isinstance(given, ast.Name) and look.program.outline.is_bound_once(given) else None


def _named(look: Look, node: ast.Call) -> tuple[str, str] | None:
    """Return the scope's name and the id of a construct of the bindings."""
    match node.args:
        case [ast.Name(id=scope) as given, id_, *_] if (spelled := _spelled(look, id_)) is not None:
            pass
        case _:
            return None
    if not _takes_scope_and_id(look, node):
        return None
    # A name that is bound anew in between is another scope.
    return (scope, spelled) if look.program.outline.is_bound_once(given) else None


def _spelled(look: Look, node: ast.expr) -> str | None:
    """Return an id that is the same whenever it is spelled the same; an f-string as it is written, with its `f`."""
    match node:
        case ast.Constant(value=str(text)):
            return repr(text)
        case ast.JoinedStr(values=values):
            inner = [one.value for one in values if isinstance(one, ast.FormattedValue)]
            is_fixed = all(isinstance(one, ast.Name) and look.program.outline.is_bound_once(one) for one in inner)
            return ast.unparse(node) if is_fixed else None
        case _:
            return None


def _takes_scope_and_id(look: Look, node: ast.Call) -> bool:
    made = look.inference.of(node.func)
    if isinstance(made, BindingClass):
        return made.is_named
    # A class of the app that hands its first two arguments on.
    if not isinstance(made, OwnClass):
        return False
    for one in lineage(made):
        if one is None or isinstance(one, BindingClass):
            return one is not None and one.is_named
        if (init := own_init(one.node)) and not _hands_on(init):
            return False
    return False


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
        case ast.Name() as name if (binding := look.program.outline.binding(name)) and binding.value is not None:
            is_written_out = isinstance(binding.value, ast.List | ast.Tuple) and look.program.outline.is_bound_once(
                name
            )
            return is_written_out and _is_several(look, binding.value)
        case ast.Call(func=ast.Name(id="enumerate") as function, args=[inner, *_]):
            return look.program.outline.is_builtin(function) and _is_several(look, inner)
        case _:
            return False


def _is_fixed(node: ast.Call, loop: ast.For) -> bool:
    """Whether the scope's name, and what the id is made of, are the same thing in every run."""
    stored = {one.id for one in ast.walk(loop) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    return isinstance(node.args[0], ast.Name) and not _named_in(node) & stored


def _named_in(node: ast.Call) -> set[str]:
    return {inner.id for one in node.args[:2] for inner in ast.walk(one) if isinstance(inner, ast.Name)}


def _binds(target: ast.expr, node: ast.Call) -> bool:
    return bool({one.id for one in ast.walk(target) if isinstance(one, ast.Name)} & _named_in(node))


def _repeated(look: Look, node: ast.Call, loop: ast.expr, scope: str, id_: str) -> Wrong:
    return Wrong(
        RULE,
        node,
        f"`{look.source(node.func)}` is made in `{scope}` with the id {_shown(id_)} for each of `{look.source(loop)}`: "
        "the second time the id is taken, and the program stops before it writes anything.",
        fix='Make what the loop goes over a part of the id, as in `f"…-{name}"`.',
        aws_error=f"RuntimeError: There is already a Construct with name {_shown(id_)} in <class> [<id>]",
        evidence={"id": id_.strip("\"'")[:100]},
    )


def _may_leave_between(function: ast.AST, first: ast.AST, second: ast.Call) -> bool:
    """Whether the function may end after the first of two places."""
    start = getattr(first, "lineno", 0)
    return any(
        isinstance(node, ast.Return | ast.Raise) and start <= node.lineno < second.lineno for node in ast.walk(function)
    )


def _wrong(look: Look, made: Made, first: Made) -> Wrong:
    name = look.source(made.call.func)
    other = f"the `{look.source(first.call.func)}` of line {first.call.lineno}"
    taken = f"which {other} has already" if made.call is not first.call else f"and line {first.at.lineno} has made it"
    return Wrong(
        RULE,
        made.at,
        f"`{name}` is made in `{made.scope}` with the id {_shown(made.id_)}, {taken}: "
        "the program stops before it writes anything.",
        fix="Give it an id of its own.",
        aws_error=f"RuntimeError: There is already a Construct with name {_shown(made.id_)} in <class> [<id>]",
        evidence={"id": made.id_.strip("\"'")[:100]},
    )


def _shown(id_: str) -> str:
    return id_.replace("`", "")[:100]
