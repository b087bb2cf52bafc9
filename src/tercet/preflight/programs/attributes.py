"""Attributes that the bindings' objects do not have, and indices on what is no Python list."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from tercet.preflight.programs.bindings import BindingClass, Module, nearest
from tercet.preflight.programs.found import Look, Wrong
from tercet.preflight.programs.inference import Instance

RULE: Final = "program-unknown-attribute"
# Folders of the core package that hold no generated module.
_OF_ANY_MODULE: Final = frozenset({"testing", "jsii"})
# What Python gives to every class, and to every enumeration.
_OF_ANY_CLASS: Final = frozenset({"mro", "name", "value"})


def check(look: Look) -> Iterator[Wrong]:
    """Yield the attributes and indices at which Python will stop."""
    own = look.own_names
    for node in look.program.outline.nodes:
        match node:
            case ast.Attribute(value=value, attr=name, ctx=ast.Load()) if name not in own and name[:1] != "_":
                if (of := _class_of(look, value)) and not _has(look, of, name):
                    yield _unknown(look, node, of)
                elif (module := _module(look, value, name)) is not None:
                    yield _unknown_of_module(look, node, module)
                elif (of := _named_class(look, value)) and not _has(look, of, name) and name not in _OF_ANY_CLASS:
                    yield _unknown_of_class(look, node, of)
            case ast.Subscript(value=value, ctx=ast.Load()):
                if (of := _class_of(look, value)) and not _is_indexed(look, value, of):
                    yield _no_list(look, node, of)
            case _:
                pass


def _class_of(look: Look, node: ast.expr) -> BindingClass | None:
    found = look.inference.of(node)
    return found.of if isinstance(found, Instance) and found.is_exact else None


def _named_class(look: Look, node: ast.expr) -> BindingClass | None:
    found = look.inference.of(node)
    return found if isinstance(found, BindingClass) and not found.is_interface else None


def _module(look: Look, value: ast.expr, name: str) -> Module | None:
    """Return the module that lacks the name; the package of a provider is no such module, since its parts are many."""
    found = look.inference.of(value)
    if not isinstance(found, Module) or not found.is_generated or found.exports(name):
        return None
    is_of_provider = "provider" in found.package
    if (is_of_provider and not found.name) or look.bindings.module(f"{found.dotted}.{name}"):
        return None
    return None if look.older.knows_name(found.dotted, name) or name in _OF_ANY_MODULE else found


def _unknown_of_module(look: Look, node: ast.Attribute, module: Module) -> Wrong:
    meant = nearest(node.attr, [one for one in module.class_names if not one.startswith("_")])
    return Wrong(
        RULE,
        node,
        f"`{look.source(node)}` is read, and the module has no `{node.attr}`: "
        "the program stops before it writes anything.",
        fix=f"Did you mean `{meant}`?" if meant else "Look the name up in the module.",
        aws_error=f"AttributeError: module '{look.source(node.value)}' has no attribute '{node.attr}'",
        evidence={"module": module.dotted, "attribute": node.attr},
    )


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


def _unknown_of_class(look: Look, node: ast.Attribute, of: BindingClass) -> Wrong:
    known = sorted(of.all_members or ())
    meant = nearest(_snake(node.attr), [one for one in known if not one.startswith("_")])
    said = f"type object '{of.name}' has no attribute '{node.attr}'"
    return Wrong(
        RULE,
        node,
        f"`{look.source(node)}` is read, and `{of.name}` has no `{node.attr}`: "
        "the program stops before it writes anything.",
        fix=f"Did you mean `{meant}`?" if meant else f"Use what `{of.name}` has.",
        aws_error=f"AttributeError: {node.attr if of.is_enum else said}",
        evidence={"class": of.name, "attribute": node.attr},
    )


def _snake(name: str) -> str:
    return name if name.isupper() else "".join(f"_{one.lower()}" if one.isupper() else one for one in name[:200])


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
