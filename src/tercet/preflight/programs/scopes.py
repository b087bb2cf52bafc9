"""Constructs that are made in an object before the bindings know it: its class has not called ``super().__init__``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from tercet.preflight.programs.bindings import BindingClass
from tercet.preflight.programs.found import Look, Wrong
from tercet.preflight.programs.own import OwnClass, lineage, own_init

RULE: Final = "program-scope-not-initialised"
_DEFERRED: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def check(look: Look) -> Iterator[Wrong]:
    """Yield the first construct that each such class makes in itself."""
    for node in look.program.outline.nodes:
        if not isinstance(node, ast.ClassDef) or not (init := own_init(node)):
            continue
        base = list(lineage(OwnClass(node, look.inference)))[-1]
        if isinstance(base, BindingClass) and not base.is_struct and (made := _too_early(look, init)):
            yield _wrong(look, node, made, base)


def _too_early(look: Look, init: ast.FunctionDef) -> ast.Call | None:
    me = init.args.args[0].arg
    for statement in init.body:
        inner = list(_now(statement))
        # Whatever else gets the object, or calls something of it, may initialise it.
        made = [one for one in inner if _is_made_in(look, one, me)]
        scopes = {one.args[0] for one in made if isinstance(one, ast.Call)}
        if any(_may_initialise(one, me, scopes, look) for one in inner):
            return None
        if made:
            return made[0] if isinstance(made[0], ast.Call) else None
    return None


def _now(statement: ast.AST) -> Iterator[ast.AST]:
    """Yield what runs when the statement does."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _DEFERRED):
            waiting += reversed(list(ast.iter_child_nodes(node)))


def _is_made_in(look: Look, node: ast.AST, me: str) -> bool:
    if not isinstance(node, ast.Call) or not node.args:
        return False
    made = look.inference.of(node.func)
    if not isinstance(made, BindingClass) or made.signature is None or made.signature.positional[:1] != ("scope",):
        return False
    return isinstance(node.args[0], ast.Name) and node.args[0].id == me


def _may_initialise(node: ast.AST, me: str, scopes: set[ast.expr], look: Look) -> bool:
    match node:
        case ast.Attribute(attr="__init__") | ast.Name(id="super"):
            return True
        case ast.Name(id=name) if name == me and node not in scopes:
            parent = look.program.outline.parents.get(node)
            # To write an attribute initialises nothing; to read one may call a method.
            return not (isinstance(parent, ast.Attribute) and isinstance(parent.ctx, ast.Store))
        case _:
            return False


def _wrong(look: Look, node: ast.ClassDef, made: ast.Call, base: BindingClass) -> Wrong:
    return Wrong(
        RULE,
        made,
        f"`{node.name}` makes a `{look.source(made.func)}` in itself before it has called `super().__init__`: it is no "
        f"`{base.name}` yet, and the program stops before it writes anything.",
        fix="Call `super().__init__(scope, id)` first.",
        aws_error=f"TypeError: Don't know how to convert object to JSON: <__main__.{node.name} object at 0x…>",
        evidence={"class": node.name},
    )
