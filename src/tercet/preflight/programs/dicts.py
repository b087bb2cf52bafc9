"""Dicts in place of structs: what the bindings make of them depends on where they stand.

Passed for a struct itself, a dict becomes one, and its keys are the struct's arguments in Python. In a list it is
handed to node as it is: there its keys are JavaScript's (``hashKey``), what is missing stops the program, and any other
key, ``hash_key`` among them, is left out without a word.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.programs.bindings import BindingClass, nearest
from tercet.preflight.programs.found import Look, Wrong
from tercet.preflight.programs.inference import Collection
from tercet.preflight.programs.signatures import parse_type
from tercet.preflight.programs.types import ListOf, Ref, Type, without_none

RULE: Final = "program-dict-for-struct"
_ELEMENTS_LIMIT: Final = 200
_MAPPING: Final = re.compile(r"name_mapping=\{(.{0,100000}?)\}", re.DOTALL)
_PAIR: Final = re.compile(r'"(\w+)": "(\w+)"')


def check(look: Look) -> Iterator[Wrong]:
    """Yield the keys that are refused, missing or left out."""
    for node in look.program.outline.nodes:
        made = look.inference.of(node.func) if isinstance(node, ast.Call) else None
        if not isinstance(node, ast.Call) or not isinstance(made, BindingClass) or not made.signature:
            continue
        for keyword in node.keywords:
            if keyword.arg in made.signature.keywords and not look.older.has_otherwise(made, keyword.arg or ""):
                wanted = parse_type(made.signature.keywords[keyword.arg or ""])
                yield from _argument(look, made, f"`{keyword.arg}` of `{made.name}`", wanted, keyword.value)


def _argument(look: Look, made: BindingClass, name: str, wanted: Type, node: ast.expr) -> Iterator[Wrong]:
    found = look.inference.of(node)
    if not isinstance(found, Collection):
        return
    if found.kind == "dict" and (struct := _only_struct(made, wanted)):
        yield from _converted(look, name, struct, found.node, is_complete=found.node is node)
    lists = [one for one in without_none(wanted) if isinstance(one, ListOf)]
    struct = _only_struct(made, lists[0].of) if len(lists) == 1 and found.kind == "list" else None
    if struct is None:
        return
    for element in getattr(found.node, "elts", [])[:_ELEMENTS_LIMIT]:
        inner = look.inference.of(element)
        if isinstance(inner, Collection) and inner.kind == "dict":
            yield from _handed_on(look, name, struct, inner.node, is_complete=inner.node is element)


def _only_struct(made: BindingClass, wanted: Type) -> BindingClass | None:
    refs = [one for one in without_none(wanted) if isinstance(one, Ref)]
    found = [made.module.bindings.referred(made.module, one.package, one.name) for one in refs]
    structs = [one for one in found if one and one.is_struct]
    return structs[0] if len(structs) == 1 else None


def _keys(node: ast.expr) -> list[tuple[str, ast.expr]] | None:
    """Return the keys of a dict; None unless all of them are written out."""
    keys: list[tuple[str, ast.expr]] = []
    for key in node.keys if isinstance(node, ast.Dict) else [None]:
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            return None
        keys.append((key.value, key))
    return keys


def _converted(look: Look, name: str, struct: BindingClass, node: ast.expr, *, is_complete: bool) -> Iterator[Wrong]:
    keys, signature = _keys(node), struct.signature
    if keys is None or signature is None:
        return
    for key, at in keys:
        if key not in signature.keywords and not look.older.has_otherwise(struct, key):
            meant = nearest(_snake(key), list(signature.keywords))
            yield Wrong(
                RULE,
                at,
                f"{name} is given a dict with the key `{key}`, which `{struct.name}` does not have: "
                "the program stops before it writes anything.",
                fix=f"Did you mean `{meant}`?" if meant else f"Pass a `{struct.name}`, whose arguments are typed.",
                aws_error=f"TypeError: {struct.name}.__init__() got an unexpected keyword argument '{key}'",
                evidence={"struct": struct.name, "key": key},
                severity=Severity.APPLY_FAILS,
            )
    absent = [one for one in signature.required if one not in dict(keys) and not look.older.has_otherwise(struct, one)]
    if absent and is_complete:
        yield _missing(node, name, struct, absent, f"TypeError: {struct.name}.__init__() missing")


def _handed_on(look: Look, name: str, struct: BindingClass, node: ast.expr, *, is_complete: bool) -> Iterator[Wrong]:
    keys, signature = _keys(node), struct.signature
    mapping = _mapping(struct)
    if keys is None or signature is None or set(mapping) != set(signature.keywords):
        return
    read = set(mapping.values())
    required = [one for one in signature.required if not look.older.has_otherwise(struct, one)]
    absent = [mapping[one] for one in required if mapping[one] not in dict(keys)]
    if absent and is_complete:
        yield _missing(node, name, struct, absent, "RuntimeError: … Unable to deserialize value as …")
        return
    for key, at in keys:
        if key not in read and not look.older.has_otherwise(struct, _snake(key)):
            wants = f", but JavaScript's `{mapping[key]}`" if key in mapping else ""
            yield Wrong(
                RULE,
                at,
                f"{name} is given a dict in a list, in which `{key}` is no key that node reads{wants}: "
                "it is left out of the configuration, and nobody says so.",
                fix=f"Pass a `{struct.name}`, whose arguments are checked.",
                evidence={"struct": struct.name, "key": key},
            )


def _missing(node: ast.expr, name: str, struct: BindingClass, absent: list[str], error: str) -> Wrong:
    named = " and ".join(f"`{one}`" for one in absent)
    return Wrong(
        RULE,
        node,
        f"{name} is given a dict without {named}, which `{struct.name}` needs: "
        "the program stops before it writes anything.",
        fix=f"Pass a `{struct.name}`, whose arguments are checked.",
        aws_error=error,
        evidence={"struct": struct.name, "key": ", ".join(absent)},
        severity=Severity.APPLY_FAILS,
    )


def _mapping(struct: BindingClass) -> dict[str, str]:
    """Python's names of a struct's arguments → JavaScript's."""
    found = _MAPPING.search(struct.decorator)
    return dict(_PAIR.findall(found[1])) if found else {}


def _snake(name: str) -> str:
    return "".join(f"_{one.lower()}" if one.isupper() else one for one in name[:200]).lstrip("_")
