"""Attributes that objects of the app's own classes lack: a method of another name, a resource that is kept nowhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from tercet.preflight.programs.bindings import BindingClass, nearest
from tercet.preflight.programs.found import Look, Wrong
from tercet.preflight.programs.own import OwnClass, OwnInstance, has_member, lineage

RULE: Final = "program-unknown-attribute"
_OF_ANY_OBJECT: Final = frozenset(dir(object))


def check(look: Look) -> Iterator[Wrong]:
    """Yield the attributes that nothing in the app ever gives to the object."""
    given = look.app.attributes
    if given is None:
        return
    for node in look.program.outline.nodes:
        match node:
            case ast.Attribute(attr=name, ctx=ast.Load()) if name not in given and name[:2] != "__":
                of = _class_of(look, node)
                if of and has_member(of, name) is False and not _answers_any(of):
                    yield _unknown(look, node, of)
            case _:
                pass


def _class_of(look: Look, node: ast.Attribute) -> OwnClass | None:
    if isinstance(node.value, ast.Name) and node.value.id == "self":
        of = look.inference.self_of(node)
        return of if of and _is_made(look, of) else None
    found = look.inference.of(node.value)
    return found.of if isinstance(found, OwnInstance) else None


def _is_made(look: Look, of: OwnClass) -> bool:
    """Whether somebody makes an object of the class itself: else a class that is not seen may be derived from it."""
    for program, node in look.app.mentions(of.node.name) or ():
        parent = program.outline.parents.get(node)
        if isinstance(parent, ast.Call) and parent.func is node:
            return True
    return False


def _answers_any(of: OwnClass) -> bool:
    """Whether a class makes up its attributes when it is asked."""
    names = {"__getattr__", "__getattribute__"}
    return any(
        isinstance(inner, ast.FunctionDef) and inner.name in names
        for one in lineage(of)
        if isinstance(one, OwnClass)
        for inner in one.node.body
    )


def _known(of: OwnClass) -> list[str]:
    names: list[str] = []
    for one in lineage(of):
        if isinstance(one, OwnClass):
            scope = one.home.outline.scope(one.node)
            names += [*scope.attributes, *scope.bound]
        elif isinstance(one, BindingClass):
            names += sorted(one.all_members or ())
    return [name for name in dict.fromkeys(names) if name not in _OF_ANY_OBJECT]


def _unknown(look: Look, node: ast.Attribute, of: OwnClass) -> Wrong:
    meant = nearest(node.attr, _known(of))
    return Wrong(
        RULE,
        node,
        f"`{look.source(node)}` is read, and nothing gives a `{of.node.name}` a `{node.attr}`: "
        "the program stops before it writes anything.",
        fix=f"Did you mean `{meant}`?" if meant else f"Keep it in `{of.node.name}` as `self.{node.attr} = …`.",
        aws_error=f"AttributeError: '{of.node.name}' object has no attribute '{node.attr}'",
        evidence={"class": of.node.name, "attribute": node.attr},
    )
