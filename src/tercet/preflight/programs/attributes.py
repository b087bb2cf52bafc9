"""Attributes that the bindings' objects do not have, and indices on what is no Python list."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from tercet.preflight.programs.bindings import BindingClass, nearest
from tercet.preflight.programs.found import Look, Wrong
from tercet.preflight.programs.inference import Instance

RULE: Final = "program-unknown-attribute"


def check(look: Look) -> Iterator[Wrong]:
    """Yield the attributes and indices at which Python will stop."""
    own = _own_names(look)
    for node in look.program.outline.nodes:
        match node:
            case ast.Attribute(value=value, attr=name, ctx=ast.Load()) if name not in own and name[:1] != "_":
                if (of := _class_of(look, value)) and not _has(look, of, name):
                    yield _unknown(look, node, of)
            case ast.Subscript(value=value, ctx=ast.Load()):
                if (of := _class_of(look, value)) and not _is_indexed(look, value, of):
                    yield _no_list(look, node, of)
            case _:
                pass


def _own_names(look: Look) -> frozenset[str]:
    """Names that the program itself gives to objects, or asks for before it uses them."""
    names: set[str] = set()
    for node in look.program.outline.nodes:
        match node:
            case ast.Attribute(attr=name, ctx=ast.Store() | ast.Del()):
                names.add(name)
            case ast.Call(
                func=ast.Name(id="hasattr" | "getattr" | "setattr"), args=[_, ast.Constant(value=str(name)), *_]
            ):
                names.add(name)
            case _:
                pass
    return frozenset(names)


def _class_of(look: Look, node: ast.expr) -> BindingClass | None:
    found = look.inference.of(node)
    return found.of if isinstance(found, Instance) and found.is_exact else None


def _has(look: Look, of: BindingClass, name: str) -> bool:
    members = of.all_members
    return members is None or name in members or look.older.had_attribute(of, name)


def _is_indexed(look: Look, value: ast.expr, of: BindingClass) -> bool:
    members = of.all_members
    if members is None or "__getitem__" in members:
        return True
    owner = _class_of(look, value.value) if isinstance(value, ast.Attribute) else None
    return owner is not None and look.older.had_attribute(owner, value.attr if isinstance(value, ast.Attribute) else "")


def _unknown(look: Look, node: ast.Attribute, of: BindingClass) -> Wrong:
    known = sorted(of.properties) + sorted((of.all_members or frozenset()) - set(of.properties))
    meant = nearest(node.attr, [one for one in known if not one.startswith(("_", "reset_", "put_"))])
    return Wrong(
        RULE,
        node,
        f"`{look.source(node)}` is read, and a `{of.name}` has no `{node.attr}`: "
        "the program stops before it writes anything.",
        fix=f"Did you mean `{meant}`?" if meant else f"Use an attribute that `{of.name}` has, such as `id` or `arn`.",
        aws_error=f"AttributeError: '{of.name}' object has no attribute '{node.attr}'",
        evidence={"class": of.name, "attribute": node.attr},
    )


def _no_list(look: Look, node: ast.Subscript, of: BindingClass) -> Wrong:
    index = look.source(node.slice)
    is_list = "get" in (of.all_members or ())
    return Wrong(
        RULE,
        node,
        f"`{look.source(node)}` takes an element by index, and a `{of.name}` is no Python list: "
        "the program stops before it writes anything.",
        fix=f"Write `{look.source(node.value)}.get({index})`." if is_list else "Read its attributes by name.",
        aws_error=f"TypeError: '{of.name}' object is not subscriptable",
        evidence={"class": of.name, "index": index},
    )
