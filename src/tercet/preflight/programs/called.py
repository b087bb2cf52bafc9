"""What a call calls, where that is certain: a class or method of the bindings, or a class of the program itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tercet.preflight.programs.bindings import BindingClass
from tercet.preflight.programs.found import Look
from tercet.preflight.programs.inference import Instance
from tercet.preflight.programs.outline import Outline
from tercet.preflight.programs.signatures import Signature, signature_of

_CHAIN_LIMIT: Final = 10
# What decides otherwise about how an object is made.
_MAKERS: Final = frozenset({"__new__", "__call__", "__init_subclass__", "__class_getitem__"})


@dataclass(frozen=True, slots=True)
class Called:
    """What is called.

    Parameters
    ----------
    name
        As the program writes it: ``Vpc``, ``Fn.join``.
    qualified
        As Python names it in an error.
    signature
        What it takes.
    of
        The class of the bindings; None for a class of the program.
    is_method
        Whether it is a method rather than a class.
    """

    name: str
    qualified: str
    signature: Signature
    of: BindingClass | None
    is_method: bool = False


def called(look: Look, node: ast.Call) -> Called | None:
    """Return what a call calls; None if that is not certain."""
    made = look.inference.of(node.func)
    if isinstance(made, BindingClass):
        if made.is_enum or made.is_interface or (signature := made.signature) is None:
            return None
        return Called(made.name, f"{made.name}.__init__", signature, made)
    if isinstance(node.func, ast.Attribute):
        return _super(look, node.func) or _method(look, node.func)
    return _local(look, node.func) if isinstance(node.func, ast.Name) else None


def _method(look: Look, function: ast.Attribute) -> Called | None:
    owner = look.inference.of(function.value)
    name = function.attr
    if name.startswith("_") or name in look.own_names:
        return None
    if isinstance(owner, Instance) and owner.is_exact:
        of, is_on_class = owner.of, False
    elif isinstance(owner, BindingClass) and not owner.is_interface:
        of, is_on_class = owner, True
    else:
        return None
    found = of.method(name)
    if found is None or (is_on_class and not found[1].is_of_class):
        return None
    return Called(f"{of.name}.{name}", f"{found[0].name}.{name}", found[1].signature, of, is_method=True)


def _local(look: Look, function: ast.Name) -> Called | None:
    binding = look.program.outline.binding(function)
    if binding is None or not isinstance(binding.node, ast.ClassDef):
        return None
    for one in lineage(look, binding.node):
        if one is None:
            return None
        if isinstance(one, BindingClass):
            signature = one.signature
            return Called(binding.node.name, f"{one.name}.__init__", signature, None) if signature else None
        if init := own_init(one):
            return Called(binding.node.name, f"{one.name}.__init__", signature_of(init.args), None)
    return None


def _super(look: Look, function: ast.Attribute) -> Called | None:
    """Return the ``__init__`` of the bindings that ``super().__init__`` means."""
    match function:
        case ast.Attribute(value=ast.Call(func=ast.Name(id="super"), args=[], keywords=[]), attr="__init__"):
            pass
        case _:
            return None
    init = look.program.outline.scope(function).node
    around = look.program.outline.parents.get(init)
    if not isinstance(around, ast.ClassDef) or init is not own_init(around):
        return None
    _, *bases = lineage(look, around)
    base = bases[0] if bases else None
    if not isinstance(base, BindingClass) or _has_siblings(look.program.outline, around.name):
        return None
    return Called(base.name, f"{base.name}.__init__", base.signature, base) if base.signature else None


def _has_siblings(outline: Outline, name: str) -> bool:
    """Whether a class is one of several bases of another, so that ``super()`` may be any of those."""
    return any(
        isinstance(node, ast.ClassDef)
        and len(node.bases) > 1
        and any(isinstance(base, ast.Name) and base.id == name for base in node.bases)
        for node in outline.nodes
    )


def lineage(look: Look, node: ast.ClassDef) -> Iterator[ast.ClassDef | BindingClass | None]:
    """Yield a class of the program and its single bases up to one of the bindings; None where it cannot be followed."""
    for _ in range(_CHAIN_LIMIT):
        makes_otherwise = any(isinstance(one, ast.FunctionDef) and one.name in _MAKERS for one in node.body)
        if node.decorator_list or node.keywords or len(node.bases) != 1 or makes_otherwise:
            break
        yield node
        base = look.inference.of(node.bases[0])
        if isinstance(base, BindingClass) and not base.is_interface and not base.is_enum:
            yield base
            return
        binding = look.program.outline.binding(node.bases[0]) if isinstance(node.bases[0], ast.Name) else None
        if binding is None or not isinstance(binding.node, ast.ClassDef):
            break
        node = binding.node
    yield None


def own_init(node: ast.ClassDef) -> ast.FunctionDef | None:
    """Return a class's own plain ``__init__``."""
    found = [one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"]
    return found[0] if len(found) == 1 and not found[0].decorator_list and found[0].args.args else None
