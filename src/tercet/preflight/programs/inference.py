"""What an expression of a program is, as far as that is certain: a literal, an instance of a binding, a token."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Final

from tercet.preflight.programs.bindings import BindingClass, Bindings, Module, is_bindings
from tercet.preflight.programs.outline import Outline
from tercet.preflight.programs.types import ANYTHING, STR, AnyOf, ListOf, MapOf, Ref, Scalar, Type, without_none

_DEPTH_LIMIT: Final = 12
_STRINGS: Final = {"json.dumps": "str", "textwrap.dedent": "str"}
_CONSTRUCTORS: Final = {"str": "str", "int": "number", "float": "number", "bool": "bool", "len": "number"}


@dataclass(frozen=True, slots=True)
class Plain:
    """A value of Python's own: `kind` is ``str``, ``number``, ``bool`` or ``none``."""

    kind: str


@dataclass(frozen=True, slots=True, eq=False)
class Collection:
    """A list, tuple, set or dict that is written out, or comes of a comprehension."""

    kind: str
    node: ast.expr


@dataclass(frozen=True, slots=True)
class Instance:
    """An object of a class of the bindings; unless it was made in the file, it may be of a class derived from it."""

    of: BindingClass
    is_exact: bool = True


@dataclass(frozen=True, slots=True)
class Token:
    """A placeholder for what is known after apply; `source` says whose attribute it is."""

    type: Type
    source: str


@dataclass(frozen=True, slots=True)
class Imported:
    """A module, or something in it, of which only the dotted name is known."""

    name: str


Value = Plain | Collection | Instance | Token | Imported | BindingClass | Module


class Inference:
    """Tells what the expressions of one file are."""

    def __init__(self, outline: Outline, bindings: Bindings) -> None:
        self._outline = outline
        self._bindings = bindings
        self._known: dict[ast.expr, Value | None] = {}

    def of(self, node: ast.expr, depth: int = _DEPTH_LIMIT) -> Value | None:
        """Return what an expression is; None if that is not certain."""
        if depth == 0:
            return None
        if node not in self._known:
            # Met again while it is being found out: it depends on itself.
            self._known[node] = None
            self._known[node] = self._find(node, depth - 1)
        return self._known[node]

    def _find(self, node: ast.expr, depth: int) -> Value | None:
        match node:
            case ast.Constant(value=value):
                return _constant(value)
            case ast.JoinedStr(values=[ast.FormattedValue(value=inner, conversion=-1, format_spec=None)]):
                found = self.of(inner, depth)
                return found if isinstance(found, Token) and found.type == STR else Plain("str")
            case ast.JoinedStr():
                return Plain("str")
            case ast.List() | ast.Tuple() | ast.Set() | ast.Dict():
                return Collection(type(node).__name__.lower(), node)
            case ast.ListComp():
                return Collection("list", node)
            case ast.BinOp(left=left, op=ast.Add() | ast.Mod()):
                return self._text(left, depth)
            case ast.Name():
                return self._name(node, depth)
            case ast.Attribute():
                return self._attribute(node, depth)
            case ast.Call():
                return self._call(node, depth)
            case _:
                return None

    def _text(self, left: ast.expr, depth: int) -> Value | None:
        found = self.of(left, depth)
        is_text = found == Plain("str") or (isinstance(found, Token) and found.type == STR)
        return Plain("str") if is_text else None

    def _name(self, node: ast.Name, depth: int) -> Value | None:
        binding = self._outline.binding(node)
        if binding is None:
            return self._of_star(node) if self._outline.stars and self._outline.is_builtin(node) else None
        if binding.imported:
            return self.imported(binding.imported)
        if binding.value is not None:
            return self.of(binding.value, depth)
        if binding.annotation is not None:
            annotated = self.of(binding.annotation, depth)
            if isinstance(annotated, BindingClass) and not annotated.is_enum:
                return Instance(annotated, is_exact=False)
        return None

    def _of_star(self, node: ast.Name) -> Value | None:
        """Return what ``from … import *`` gave a name, if all such imports are of the bindings."""
        modules = [self.imported(one) if one else None for one in self._outline.stars]
        if not all(isinstance(one, Module) for one in modules):
            return None
        found = [one.find(node.id) for one in modules if isinstance(one, Module)]
        return next((one for one in reversed(found) if one), None)

    def imported(self, dotted: str) -> Value | None:
        """Return what stands behind a dotted name that is imported."""
        if not is_bindings(dotted.partition(".")[0]):
            return Imported(dotted)
        if module := self._bindings.module(dotted):
            return module
        parent, _, name = dotted.rpartition(".")
        found = self._bindings.module(parent) if parent else None
        return found.find(name) if found else None

    def _attribute(self, node: ast.Attribute, depth: int) -> Value | None:
        if isinstance(node.value, ast.Name) and node.value.id == "self":
            binding = self._outline.attribute(node)
            return self.of(binding.value, depth) if binding and binding.value is not None else None
        base = self.of(node.value, depth)
        match base:
            case Imported(name=name):
                return Imported(f"{name}.{node.attr}")
            case Module():
                return self._bindings.module(f"{base.dotted}.{node.attr}") or base.find(node.attr)
            case Instance(of=owner):
                return self._property(owner, node)
            case _:
                return None

    def _property(self, owner: BindingClass, node: ast.Attribute) -> Value | None:
        type_ = owner.property_type(node.attr)
        if type_ is None:
            return None
        is_token = owner.has_tokens and not node.attr.endswith("_input")
        if owner.module.package == "cdktn" or owner.module.package == "cdktf":
            is_token = owner.name == "TerraformVariable" and node.attr in ("string_value", "list_value", "number_value")
        return self._typed(owner, type_, f"{owner.name}.{node.attr}", is_token=is_token)

    def _typed(self, owner: BindingClass, type_: Type, source: str, *, is_token: bool) -> Value | None:
        match without_none(type_):
            case [Scalar(kind="str" | "number") | ListOf(of=Scalar(kind="str")) | MapOf() as plain] if is_token:
                return Token(plain, source)
            case [Scalar(kind=kind)]:
                return Plain(kind)
            case [Ref(package=package, name=name)]:
                found = self._bindings.referred(owner.module, package, name)
                return Instance(found) if found and not found.is_enum and not found.is_interface else None
            case _:
                return None

    def _call(self, node: ast.Call, depth: int) -> Value | None:
        if isinstance(node.func, ast.Name) and self._outline.is_builtin(node.func):
            return self._builtin(node, node.func.id, depth)
        if isinstance(node.func, ast.Attribute) and (found := self._method(node.func, depth)):
            return found
        match self.of(node.func, depth):
            case BindingClass() as made if not made.is_enum and not made.is_interface:
                return Instance(made)
            case Imported(name=name) if name in _STRINGS:
                return Plain(_STRINGS[name])
            case _:
                return None

    def _builtin(self, node: ast.Call, name: str, depth: int) -> Value | None:
        if name == "str" and len(node.args) == 1:
            found = self.of(node.args[0], depth)
            if isinstance(found, Token) and found.type == STR:
                return found
        return Plain(_CONSTRUCTORS[name]) if name in _CONSTRUCTORS else None

    def _method(self, function: ast.Attribute, depth: int) -> Value | None:
        match self.of(function.value, depth):
            case Plain(kind="str") if function.attr in ("format", "join", "replace", "lower", "upper", "strip"):
                return Plain("str")
            case BindingClass(name="Fn") as functions:
                type_ = functions.returned(function.attr)
                return self._typed(functions, type_ or ANYTHING, f"Fn.{function.attr}()", is_token=True)
            case Instance(of=owner) if function.attr == "get" or function.attr in ("get_string", "get_list"):
                type_ = owner.returned(function.attr)
                return self._typed(owner, type_ or AnyOf(()), f"{owner.name}.{function.attr}()", is_token=True)
            case _:
                return None


def _constant(value: object) -> Value | None:
    if value is None:
        return Plain("none")
    if isinstance(value, bool):
        return Plain("bool")
    if isinstance(value, int | float):
        return Plain("number")
    return Plain("str") if isinstance(value, str) else None
