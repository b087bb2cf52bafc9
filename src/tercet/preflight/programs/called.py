"""What a call calls, where that is certain: a class or method of the bindings, or a class or function of the app."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from tercet.preflight.programs.bindings import BindingClass
from tercet.preflight.programs.found import Look
from tercet.preflight.programs.inference import Instance
from tercet.preflight.programs.outline import Outline
from tercet.preflight.programs.own import OwnClass, OwnFunction, lineage, own_init
from tercet.preflight.programs.signatures import Signature, signature_of


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
        The class of the bindings; None for what is the app's own.
    is_method
        Whether it is a method or function rather than a class.
    is_bound
        Whether Python counts one argument more than the call says: `self`.
    """

    name: str
    qualified: str
    signature: Signature
    of: BindingClass | None
    is_method: bool = False
    is_bound: bool = True


def called(look: Look, node: ast.Call) -> Called | None:
    """Return what a call calls; None if that is not certain."""
    made = look.inference.of(node.func)
    if isinstance(made, BindingClass):
        if made.is_enum or made.is_interface or (signature := made.signature) is None:
            return None
        return Called(made.name, f"{made.name}.__init__", signature, made)
    if isinstance(made, OwnClass):
        return _local(made)
    if isinstance(made, OwnFunction):
        return _function(made)
    if isinstance(node.func, ast.Attribute):
        return _super(look, node.func) or _method(look, node.func)
    return None


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


def _local(made: OwnClass) -> Called | None:
    for one in lineage(made):
        if one is None:
            return None
        if isinstance(one, BindingClass):
            signature = one.signature
            return Called(made.node.name, f"{one.name}.__init__", signature, None) if signature else None
        if init := own_init(one.node):
            return Called(made.node.name, f"{one.node.name}.__init__", signature_of(init.args), None)
    return None


def _function(function: OwnFunction) -> Called:
    node = function.node
    around = function.home.outline.parents.get(node)
    name = f"{around.name}.{node.name}" if isinstance(around, ast.ClassDef) else node.name
    signature = signature_of(node.args, first=int(function.is_bound))
    return Called(node.name, name, signature, None, is_method=True, is_bound=function.is_bound)


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
    _, *bases = lineage(OwnClass(around, look.inference))
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
