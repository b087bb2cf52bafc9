"""What stands in a list or dict of the program: what all that is ever put into it is, if nobody else gets it."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from tercet.preflight.programs.bindings import BindingClass
from tercet.preflight.programs.own import the_same

if TYPE_CHECKING:
    from tercet.preflight.programs.inference import Inference, Value

_READERS: Final = frozenset({"enumerate", "zip", "len", "sorted", "reversed", "list", "tuple", "print", "range"})
_READING_METHODS: Final = frozenset({"index", "count", "copy", "values", "items", "keys"})


def of_subscript(home: Inference, node: ast.Subscript, depth: int) -> Value | None:
    """Return what ``things[0]`` or ``things["name"]`` is."""
    return None if isinstance(node.slice, ast.Slice) else _element(home, node.value, depth)


def of_loop(home: Inference, target: ast.AST, depth: int) -> Value | None:
    """Return what a name is that a loop gives its value."""
    parents = home.outline.parents
    around = parents.get(target)
    place: int | None = None
    if isinstance(around, ast.Tuple) and isinstance(target, ast.Name):
        place = around.elts.index(target)
        target, around = around, parents.get(around)
    if not isinstance(around, ast.For | ast.comprehension) or around.target is not target:
        return None
    match around.iter, place:
        case ast.Call(func=ast.Name(id="enumerate"), args=[things, *_]), 1:
            return _element(home, things, depth, of_list=True)
        case ast.Call(func=ast.Name(id="zip"), args=[*all_things]), int(index) if index < len(all_things):
            return _element(home, all_things[index], depth, of_list=True)
        case (ast.Call(func=ast.Attribute(value=things, attr="values"), args=[]), None) | (
            ast.Call(func=ast.Attribute(value=things, attr="items"), args=[]),
            1,
        ):
            return _element(home, things, depth, of_list=False)
        case things, None:
            return _element(home, things, depth, of_list=True)
        case _:
            return None


def _element(home: Inference, node: ast.expr, depth: int, *, of_list: bool | None = None) -> Value | None:
    if depth == 0:
        return None
    places: list[tuple[Inference, ast.expr]]
    match node:
        case ast.List(elts=elements) if of_list is not False:
            return _all(home, elements, depth)
        case ast.ListComp(elt=element) if of_list is not False:
            return home.of(element, depth)
        case ast.Dict(values=values, keys=keys) if not of_list and None not in keys:
            return _all(home, values, depth)
        case ast.Name() if home.outline.is_bound_once(node):
            binding = home.outline.binding(node)
            places = [(home, one) for one in home.outline.named(node.id) or ()]
        case ast.Attribute(value=ast.Name(id="self"), attr=name) if name not in home.app.given:
            binding = home.outline.attribute(node)
            places = [(home.beside(by), one) for by, one in home.app.mentions(name) or ()]
        case _:
            return None
    held = binding.value if binding else None
    is_list = isinstance(held, ast.List | ast.ListComp)
    if held is None or not (is_list or isinstance(held, ast.Dict)) or of_list not in (None, is_list):
        return None
    added = _added(places)
    if added is None or not places:
        return None
    is_empty = not (held.elts if isinstance(held, ast.List) else held.values if isinstance(held, ast.Dict) else [held])
    first = [] if is_empty else [_element(home, held, depth - 1)]
    return the_same([*first, *(by.of(one, depth - 1) for by, one in added)])


def _all(home: Inference, nodes: list[ast.expr], depth: int) -> Value | None:
    return the_same([home.of(one, depth - 1) for one in nodes])


def _added(places: Iterable[tuple[Inference, ast.expr]]) -> list[tuple[Inference, ast.expr]] | None:
    """Return what is put into it later; None if somebody gets it who may put in anything."""
    found: list[tuple[Inference, ast.expr]] = []
    for by, node in places:
        parents = by.outline.parents
        parent = parents.get(node)
        match parent, parents.get(parent) if parent else None:
            case ast.Attribute(attr="append"), ast.Call(args=[one], func=called) if called is parent:
                found.append((by, one))
            case ast.Subscript(ctx=ast.Store()), ast.Assign(value=one):
                found.append((by, one))
            case ast.Attribute(attr=name), ast.Call(func=called) if called is parent and name in _READING_METHODS:
                pass
            case (ast.Subscript(ctx=ast.Load(), value=read), _) if read is node:
                pass
            case (ast.For(iter=read) | ast.comprehension(iter=read), _) if read is node:
                pass
            case (ast.Assign(targets=[target]) | ast.AnnAssign(target=target), _) if target is node:
                pass
            case (ast.Call() as call, _) if _only_reads(by, call):
                pass
            case (ast.keyword(), ast.Call() as call) if _only_reads(by, call):
                pass
            case _:
                return None
    return found


def _only_reads(by: Inference, call: ast.Call) -> bool:
    if isinstance(call.func, ast.Name) and by.outline.is_builtin(call.func):
        return call.func.id in _READERS
    return isinstance(by.of(call.func), BindingClass)
