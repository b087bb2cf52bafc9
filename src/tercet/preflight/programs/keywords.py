"""The keywords of a call, those of ``**options`` too where it is seen what that holds."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from tercet.preflight.programs.found import Look
from tercet.preflight.programs.outline import Binding


@dataclass(frozen=True, slots=True)
class Keyword:
    """A keyword, and what in the program says it."""

    name: str
    node: ast.keyword | ast.expr


def keywords(look: Look, node: ast.Call) -> tuple[list[Keyword], bool]:
    """Return the keywords that are known, and whether those are all."""
    known: list[Keyword] = []
    are_all = True
    for keyword in node.keywords:
        if keyword.arg is not None:
            known.append(Keyword(keyword.arg, keyword))
        elif (held := _held(look, keyword.value)) is not None:
            known += held
        else:
            are_all = False
    return known, are_all


def _held(look: Look, node: ast.expr) -> list[Keyword] | None:
    match node:
        case ast.Dict():
            return _of_dict(node)
        case ast.Call(func=ast.Name(id="dict") as function, args=[], keywords=given):
            found = [Keyword(one.arg, one) for one in given if one.arg is not None]
            return found if look.program.outline.is_builtin(function) and len(found) == len(given) else None
        case ast.Name() if (binding := look.program.outline.binding(node)) is not None:
            is_constant = look.program.outline.is_bound_once(node) and _is_only_unpacked(
                look, look.program.outline.named(node.id)
            )
            return _of_binding(look, binding) if is_constant else None
        case ast.Attribute(value=ast.Name(id="self"), attr=name) if name not in look.app.given:
            attribute = look.program.outline.attribute(node)
            is_constant = attribute is not None and _is_only_unpacked(look, _attributes(look, name))
            return _of_binding(look, attribute) if is_constant and attribute else None
        case _:
            return None


def _of_binding(look: Look, binding: Binding) -> list[Keyword] | None:
    # Only what is written out there: a name of a name may be changed under the other.
    return _held(look, binding.value) if isinstance(binding.value, ast.Dict | ast.Call) else None


def _of_dict(node: ast.Dict) -> list[Keyword] | None:
    found: list[Keyword] = []
    for key in node.keys:
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            return None
        found.append(Keyword(key.value, key))
    return found


def _attributes(look: Look, name: str) -> list[ast.expr] | None:
    """Return every place that reads an attribute; None if another file does, too."""
    found = look.app.mentions(name)
    is_here = found is not None and all(program is look.program for program, _ in found)
    return [node for _, node in found] if found is not None and is_here else None


def _is_only_unpacked(look: Look, places: Sequence[ast.expr] | None) -> bool:
    """Whether nobody changes the dict, or hands it to somebody who may."""
    parents = look.program.outline.parents
    for node in places or ():
        match parents.get(node):
            case ast.keyword(arg=None):
                pass
            case ast.Subscript(ctx=ast.Load(), value=value) if value is node:
                pass
            case ast.Assign(targets=[target]) | ast.AnnAssign(target=target) if target is node:
                pass
            case _:
                return False
    return bool(places)
