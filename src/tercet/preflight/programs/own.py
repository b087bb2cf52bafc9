"""The app's own classes and functions: what they return, and what their objects hold, as far as that is certain."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tercet.preflight.programs.bindings import BindingClass
from tercet.preflight.programs.outline import Binding

if TYPE_CHECKING:
    from tercet.preflight.programs.inference import Inference, Value

_CHAIN_LIMIT: Final = 10
# What decides otherwise about how an object is made.
_MAKERS: Final = frozenset({"__new__", "__call__", "__init_subclass__", "__class_getitem__"})
_PROPERTIES: Final = frozenset({"property", "cached_property", "functools.cached_property"})
_INNER: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(frozen=True, slots=True)
class OwnFunction:
    """A plain function of the app; of a method that is read from an object, the first argument is given already."""

    node: ast.FunctionDef
    home: Inference
    is_bound: bool = False


@dataclass(frozen=True, slots=True)
class OwnClass:
    """A class of the app."""

    node: ast.ClassDef
    home: Inference


@dataclass(frozen=True, slots=True)
class OwnInstance:
    """An object of exactly this class of the app."""

    of: OwnClass


@dataclass(frozen=True, slots=True)
class OwnModule:
    """A file of the app."""

    home: Inference


def lineage(start: OwnClass) -> Iterator[OwnClass | BindingClass | None]:
    """Yield a class and its single bases, up to one of the bindings or to Python's own; None where that is not seen."""
    one = start
    for _ in range(_CHAIN_LIMIT):
        node = one.node
        makes_otherwise = any(isinstance(inner, ast.FunctionDef) and inner.name in _MAKERS for inner in node.body)
        if node.decorator_list or node.keywords or len(node.bases) > 1 or makes_otherwise:
            break
        yield one
        if not node.bases:
            return
        match one.home.of(node.bases[0]):
            case BindingClass() as base if not base.is_interface and not base.is_enum:
                yield base
                return
            case OwnClass() as base:
                one = base
            case _:
                break
    yield None


def own_init(node: ast.ClassDef) -> ast.FunctionDef | None:
    """Return a class's own plain ``__init__``."""
    found = [one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"]
    return found[0] if len(found) == 1 and not found[0].decorator_list and found[0].args.args else None


def has_member(of: OwnClass, name: str) -> bool | None:
    """Whether the class or one of its bases makes an attribute; None if not all of them are seen."""
    for one in lineage(of):
        if one is None:
            return None
        if isinstance(one, BindingClass):
            if one.all_members is None:
                return None
            if name in one.all_members:
                return True
        elif name in _names_of(one):
            return True
    return hasattr(object, name)


def _names_of(of: OwnClass) -> frozenset[str]:
    scope = of.home.outline.scope(of.node)
    return frozenset(scope.bound) | frozenset(scope.attributes)


def member(of: OwnClass, name: str, depth: int) -> Value | None:
    """Return what an attribute of an object of exactly this class is."""
    found: list[tuple[OwnClass, Binding]] = []
    for one in lineage(of):
        if one is None:
            return None
        if isinstance(one, BindingClass):
            # What is not inherited from the bindings' own class is the app's, or nothing.
            return None if not found and name in (one.all_members or ()) else _only(found, depth)
        found += [(one, binding) for binding in _bindings_of(one, name)]
    return _only(found, depth)


def of_class(of: OwnClass, name: str) -> OwnFunction | None:
    """Return the function that a class itself offers under a name."""
    found = _bindings_of(of, name)
    node = found[0].node if len(found) == 1 else None
    if not isinstance(node, ast.FunctionDef):
        return None
    match _decorators(node):
        case []:
            return OwnFunction(node, of.home)
        case ["staticmethod"]:
            return OwnFunction(node, of.home)
        case ["classmethod"]:
            return OwnFunction(node, of.home, is_bound=True)
        case _:
            return None


def _bindings_of(of: OwnClass, name: str) -> list[Binding]:
    outline = of.home.outline
    scope = outline.scope(of.node)
    found = [*scope.bound.get(name, ()), *scope.attributes.get(name, ())]
    # `name: Type` in a class's body declares, and binds nothing.
    parents = [(one, outline.parents.get(one.node)) for one in found]
    return [one for one, around in parents if not (isinstance(around, ast.AnnAssign) and around.value is None)]


def _only(found: list[tuple[OwnClass, Binding]], depth: int) -> Value | None:
    if len(found) != 1:
        return None
    (of, binding) = found[0]
    if not isinstance(binding.node, ast.FunctionDef):
        value = of.home.of(binding.value, depth) if binding.value is not None else None
        # A function that stands in a class under another name is a method, or is not: that depends on where it stands.
        return None if isinstance(value, OwnFunction) else value
    match _decorators(binding.node):
        case []:
            return OwnFunction(binding.node, of.home, is_bound=True)
        case ["staticmethod"]:
            return OwnFunction(binding.node, of.home)
        case ["classmethod"]:
            return OwnFunction(binding.node, of.home, is_bound=True)
        case [name] if name in _PROPERTIES:
            return returned(OwnFunction(binding.node, of.home), depth)
        case _:
            return None


def _decorators(node: ast.FunctionDef) -> list[str]:
    return [ast.unparse(one) for one in node.decorator_list]


def returned(function: OwnFunction, depth: int) -> Value | None:
    """Return what a call of the function gives, if it is the same wherever the function ends."""
    inner = list(_of_this_function(function.node))
    values = [one.value for one in inner if isinstance(one, ast.Return)]
    if any(isinstance(one, ast.Yield | ast.YieldFrom) for one in inner) or not _always_returns(function.node.body):
        return None
    return the_same([function.home.of(one, depth) if one is not None else None for one in values])


def the_same(values: list[Value | None]) -> Value | None:
    """Return what all values are; None if they differ, or one is not known."""
    if not values or values[0] is None:
        return None
    return values[0] if all(one is not None and _kind(one) == _kind(values[0]) for one in values) else None


def _kind(value: Value) -> object:
    # Two placeholders of the same type are the same, whosever attributes they are.
    kind = getattr(value, "of", None) or getattr(value, "type", None)
    return (type(value), kind, getattr(value, "is_exact", True)) if kind is not None else value


def _of_this_function(node: ast.FunctionDef) -> Iterator[ast.AST]:
    waiting: list[ast.AST] = list(node.body)
    while waiting:
        one = waiting.pop()
        yield one
        if not isinstance(one, _INNER):
            waiting += ast.iter_child_nodes(one)


def _always_returns(body: list[ast.stmt]) -> bool:
    """Whether the last statement returns, or raises, so that the function gives no None by running out."""
    match body[-1] if body else None:
        case ast.Return() | ast.Raise():
            return True
        case ast.If(body=first, orelse=second):
            return _always_returns(first) and _always_returns(second)
        case ast.With(body=inner):
            return _always_returns(inner)
        case _:
            return False
