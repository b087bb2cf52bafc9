"""Reads the signatures, annotations and class headers that stand in generated bindings."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tercet.preflight.programs.types import ANYTHING, BOOL, NOTHING, NUMBER, STR, AnyOf, ListOf, MapOf, Ref, Type

_ALIAS: Final = re.compile(r"_(\w+)_[0-9a-f]{8}")
_INIT: Final = re.compile(r"\n    def __init__\((.{0,200000}?)\n?(?:    )?\) -> None:\n", re.DOTALL)
_METHOD: Final = (
    r"\n((?:    @[^\n]{0,300}\n)*)    def %s\((.{0,200000}?)\n?(?:    )?\) -> [^\n]{1,20000}:\n"
    r"        (?:'''|\"\"\"|if |return )"
)
_HEADER: Final = re.compile(r"class \w+(?:\((.{0,4000}?)\))?:\n", re.DOTALL)
_SCALARS: Final = {
    "builtins.str": STR,
    "builtins.bool": BOOL,
    "builtins.int": NUMBER,
    "builtins.float": NUMBER,
    "jsii.Number": NUMBER,
    "str": STR,
}
_DEPTH_LIMIT: Final = 12


@dataclass(frozen=True, slots=True)
class Signature:
    """What an ``__init__`` takes, `self` left out.

    Parameters
    ----------
    positional
        Names of what may be passed by place.
    keywords
        All names → annotation.
    required
        Names without a default.
    is_variadic
        Whether it takes any number of positional arguments.
    takes_any_keyword
        Whether it takes any keyword.
    """

    positional: tuple[str, ...]
    keywords: dict[str, str]
    required: tuple[str, ...]
    is_variadic: bool
    takes_any_keyword: bool


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a class.

    Parameters
    ----------
    signature
        What it takes, its first argument left out.
    is_of_class
        Whether it is called on the class.
    """

    signature: Signature
    is_of_class: bool


def parse_method(text: str, name: str) -> Method | None:
    """Read a method of a class's source; None of a property, and of what cannot be read."""
    found = re.search(_METHOD % re.escape(name), text, re.DOTALL)
    if not found or "property" in found[1] or ".setter" in found[1]:
        return None
    try:
        statement = ast.parse(f"def method({found[2]}\n): pass").body[0]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not isinstance(statement, ast.FunctionDef) or "staticmethod" in found[1]:
        return None
    return Method(signature_of(statement.args), "classmethod" in found[1])


def parse_signature(text: str) -> Signature | None:
    """Read the ``__init__`` of a class's source."""
    found = _INIT.search(text)
    if not found:
        return None
    try:
        statement = ast.parse(f"def __init__({found[1]}\n): pass").body[0]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return signature_of(statement.args) if isinstance(statement, ast.FunctionDef) else None


def signature_of(arguments: ast.arguments, first: int = 1) -> Signature:
    """Return what a function with these arguments takes, those before `first` left out, as `self` of a method is."""
    positional = [*arguments.posonlyargs, *arguments.args][first:]
    required = [one.arg for one in positional[: len(positional) - len(arguments.defaults)]]
    required += [
        one.arg for one, given in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if given is None
    ]
    annotations = {
        one.arg: ast.unparse(one.annotation) if one.annotation else "typing.Any"
        for one in [*positional, *arguments.kwonlyargs]
    }
    return Signature(
        positional=tuple(one.arg for one in positional),
        keywords=annotations,
        required=tuple(required),
        is_variadic=arguments.vararg is not None,
        takes_any_keyword=arguments.kwarg is not None,
    )


def parse_header(text: str) -> tuple[tuple[str, str], ...] | None:
    """Read the base classes of a class as (package, name)."""
    found = _HEADER.match(text)
    if not found:
        return None
    try:
        call = ast.parse(f"f({found[1] or ''})", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not isinstance(call, ast.Call):
        return None
    bases = [_reference(ast.unparse(base)) for base in call.args]
    return tuple((base.package, base.name) for base in bases if base.package not in ("enum", "typing_extensions"))


@lru_cache(maxsize=4096)
def parse_type(annotation: str) -> Type:
    """Read an annotation."""
    try:
        return _type(ast.parse(annotation.strip(), mode="eval").body, _DEPTH_LIMIT)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ANYTHING


def _type(node: ast.expr, depth: int) -> Type:
    if depth == 0:
        return ANYTHING
    if isinstance(node, ast.Constant):
        return _named(node.value) if isinstance(node.value, str) else NOTHING if node.value is None else ANYTHING
    if isinstance(node, ast.Name | ast.Attribute):
        return _named(ast.unparse(node))
    if isinstance(node, ast.Subscript):
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return _generic(ast.unparse(node.value), [_type(one, depth - 1) for one in inner])
    return ANYTHING


def _generic(name: str, inner: list[Type]) -> Type:
    match name.removeprefix("typing."):
        case "Optional":
            return AnyOf((*inner, NOTHING))
        case "Union":
            return AnyOf(tuple(inner))
        case "Sequence" | "List":
            return ListOf(inner[0])
        case "Mapping" | "Dict":
            return MapOf(inner[-1])
        case _:
            return ANYTHING


def _named(name: str) -> Type:
    if name in _SCALARS:
        return _SCALARS[name]
    if name == "None":
        return NOTHING
    reference = _reference(name)
    # Anything of typing, datetime or jsii itself: nothing that the rules decide about.
    return ANYTHING if reference.package in ("typing", "datetime", "jsii", "builtins") else reference


def _reference(name: str) -> Ref:
    package, _, last = name.rpartition(".")
    alias = _ALIAS.fullmatch(package)
    return Ref(alias[1] if alias else package, last)
