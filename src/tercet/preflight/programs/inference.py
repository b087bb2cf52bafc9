"""What an expression of a program is, as far as that is certain: a literal, an instance of a binding, a token."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Final

from tercet.preflight.programs import elements
from tercet.preflight.programs.apps import App
from tercet.preflight.programs.bindings import BindingClass, Bindings, Module, is_bindings
from tercet.preflight.programs.outline import Binding
from tercet.preflight.programs.own import OwnClass, OwnFunction, OwnInstance, OwnModule, member, of_class, returned
from tercet.preflight.programs.reading import Program
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


Own = OwnFunction | OwnClass | OwnInstance | OwnModule
Value = Plain | Collection | Instance | Token | Imported | BindingClass | Module | Own


class Inferences:
    """Tells what the expressions of an app's files are."""

    def __init__(self, app: App, bindings: Bindings) -> None:
        self.app = app
        self.bindings = bindings
        self._known: dict[Program, Inference] = {}

    def of(self, program: Program) -> Inference:
        """Return what tells it of one file."""
        if program not in self._known:
            self._known[program] = Inference(program, self)
        return self._known[program]


class Inference:
    """Tells what the expressions of one file are."""

    def __init__(self, program: Program, all_of_app: Inferences) -> None:
        self._program = program
        self.outline = program.outline
        self.app = all_of_app.app
        self.beside = all_of_app.of
        self._bindings = all_of_app.bindings
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
            case ast.Subscript():
                return elements.of_subscript(self, node, depth)
            case _:
                return None

    def _text(self, left: ast.expr, depth: int) -> Value | None:
        found = self.of(left, depth)
        is_text = found == Plain("str") or (isinstance(found, Token) and found.type == STR)
        return Plain("str") if is_text else None

    def _name(self, node: ast.Name, depth: int) -> Value | None:
        binding = self.outline.binding(node)
        if binding is None:
            return self._of_star(node) if self.outline.stars and self.outline.is_builtin(node) else None
        return self._bound(binding, node.id, depth)

    def _bound(self, binding: Binding, name: str, depth: int) -> Value | None:
        if binding.value is not None:
            return self.of(binding.value, depth)
        match binding.node:
            case ast.ImportFrom(level=level) as statement if level:
                original = next((one.name for one in statement.names if (one.asname or one.name) == name), name)
                return self._of_package(statement.module or "", original, level)
            case ast.Import() | ast.ImportFrom():
                return self.imported(binding.imported) if binding.imported else None
            case ast.FunctionDef(decorator_list=[]) as function if name not in self.app.given:
                return OwnFunction(function, self)
            case ast.ClassDef() as class_:
                return OwnClass(class_, self)
            case ast.arg() as argument:
                return self._argument(argument, depth)
            case ast.Name() as target:
                return elements.of_loop(self, target, depth)
            case _:
                return None

    def _argument(self, node: ast.arg, depth: int) -> Value | None:
        # Imported here: who finds the callers asks what they pass.
        from tercet.preflight.programs import callers

        if found := callers.argument(self, node, depth):
            return found
        annotated = self.of(node.annotation, depth) if node.annotation is not None else None
        if isinstance(annotated, BindingClass) and not annotated.is_enum:
            return Instance(annotated, is_exact=False)
        is_derived_from = isinstance(annotated, OwnClass) and annotated.node.name in self.app.bases
        return OwnInstance(annotated) if isinstance(annotated, OwnClass) and not is_derived_from else None

    def exported(self, name: str) -> Value | None:
        """Return what another file gets that imports the name from this one."""
        found = self.outline.scope(self.outline.tree).bound.get(name, [])
        return self._bound(found[0], name, _DEPTH_LIMIT) if len(found) == 1 else None

    def _of_package(self, dotted: str, name: str, level: int = 0) -> Value | None:
        """Return what a name of a module of the app's is: a module in it, or what stands there."""
        if inner := self.app.find(self._program, f"{dotted}.{name}" if dotted else name, level):
            return OwnModule(self.beside(inner))
        module = self.app.find(self._program, dotted, level)
        return self.beside(module).exported(name) if module and module is not self._program else None

    def _of_star(self, node: ast.Name) -> Value | None:
        """Return what ``from … import *`` gave a name, if all such imports are of the bindings."""
        modules = [self.imported(one) if one else None for one in self.outline.stars]
        if not all(isinstance(one, Module) for one in modules):
            return None
        found = [one.find(node.id) for one in modules if isinstance(one, Module)]
        return next((one for one in reversed(found) if one), None)

    def imported(self, dotted: str) -> Value | None:
        """Return what stands behind a dotted name that is imported."""
        if not is_bindings(dotted.partition(".")[0]):
            parent, _, name = dotted.rpartition(".")
            return self._of_package(parent, name) or Imported(dotted)
        if module := self._bindings.module(dotted):
            return module
        parent, _, name = dotted.rpartition(".")
        found = self._bindings.module(parent) if parent else None
        return found.find(name) if found else None

    def _attribute(self, node: ast.Attribute, depth: int) -> Value | None:
        if isinstance(node.value, ast.Name) and node.value.id == "self":
            binding = self.outline.attribute(node)
            if binding and binding.value is not None:
                return self.of(binding.value, depth)
            own = self.self_of(node)
            return self._member(own, node.attr, depth) if own else None
        base = self.of(node.value, depth)
        match base:
            case Imported(name=name):
                return self.imported(f"{name}.{node.attr}")
            case OwnModule(home=home):
                return home.exported(node.attr)
            case OwnClass():
                return of_class(base, node.attr) if node.attr not in self.app.given else None
            case OwnInstance(of=own):
                return self._member(own, node.attr, depth)
            case Module():
                return self._bindings.module(f"{base.dotted}.{node.attr}") or base.find(node.attr)
            case Instance(of=owner):
                return self._property(owner, node)
            case _:
                return None

    def self_of(self, node: ast.AST) -> OwnClass | None:
        """Return the class that ``self`` is an object of: the one around, unless another is derived from it."""
        around = self.class_around(node)
        return around if around and around.node.name not in self.app.bases else None

    def class_around(self, node: ast.AST) -> OwnClass | None:
        """Return the class in whose method, with its ``self``, a node stands."""
        scope = self.outline.scope(node)
        while scope.parent and not isinstance(scope.parent.node, ast.ClassDef):
            scope = scope.parent
        around = scope.parent.node if scope.parent else None
        if not isinstance(around, ast.ClassDef) or not isinstance(scope.node, ast.FunctionDef):
            return None
        first = scope.node.args.args[:1]
        is_self = bool(first) and first[0].arg == "self" and len(scope.bound.get("self", ())) == 1
        return OwnClass(around, self) if is_self else None

    def _member(self, of: OwnClass, name: str, depth: int) -> Value | None:
        return member(of, name, depth) if name not in self.app.given else None

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
        if isinstance(node.func, ast.Name) and self.outline.is_builtin(node.func):
            return self._builtin(node, node.func.id, depth)
        if isinstance(node.func, ast.Attribute) and (found := self._method(node.func, depth)):
            return found
        match self.of(node.func, depth):
            case BindingClass() as made if not made.is_enum and not made.is_interface:
                return Instance(made)
            case OwnClass() as made:
                return OwnInstance(made)
            case OwnFunction() as function:
                return returned(function, depth)
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
