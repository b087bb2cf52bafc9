"""Stacks that use a provider and have none, and stacks that configure one twice."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from tercet.preflight.programs.bindings import BindingClass, Module
from tercet.preflight.programs.found import Look, Wrong
from tercet.preflight.programs.inference import Imported, Inference, Instance
from tercet.preflight.programs.own import OwnClass, OwnFunction, OwnInstance, lineage
from tercet.preflight.programs.synthesis import is_synthesized

MISSING: Final = "program-stack-without-provider"

_LOOPS: Final = (ast.For, ast.With, ast.Expr, ast.Assign, ast.AnnAssign, ast.Return, ast.Call, ast.keyword, ast.List)


def check(look: Look) -> Iterator[Wrong]:
    """Yield the first resource of each stack for whose provider nothing is configured."""
    if not is_synthesized(look.app) or look.app.speaks_of("skip_validation") or look.app.speaks_of("Testing"):
        return
    for node in look.program.outline.nodes:
        if isinstance(node, ast.ClassDef) and node.name not in look.app.bases:
            stack = OwnClass(node, look.inference)
            own = _classes(stack)
            if own and _is_made(look, stack) and (first := _first_resource(look, own)):
                package = first[1].module.package
                if not _may_be_configured(look, own, package):
                    yield _missing(node, first, package)


def _classes(of: OwnClass) -> list[OwnClass]:
    """Return the app's classes that make up a stack; none if it is no stack, or is one of somebody else's."""
    *own, base = lineage(of)
    is_stack = isinstance(base, BindingClass) and base.name == "TerraformStack"
    return [one for one in own if isinstance(one, OwnClass)] if is_stack else []


def _is_made(look: Look, of: OwnClass) -> bool:
    for program, node in look.app.mentions(of.node.name) or ():
        parent = program.outline.parents.get(node)
        if isinstance(parent, ast.Call) and parent.func is node:
            return True
    return False


def _first_resource(look: Look, own: list[OwnClass]) -> tuple[ast.Call, BindingClass] | None:
    for node in ast.walk(own[0].node):
        match node:
            case ast.Call(func=function, args=[ast.Name(id="self"), *_]) if _is_certain(look, node):
                made = look.inference.of(function)
                if isinstance(made, BindingClass) and made.is_construct and "provider" in made.module.package:
                    return node, made
            case _:
                pass
    return None


def _is_certain(look: Look, node: ast.AST) -> bool:
    """Whether the call is made whenever its function runs, and the function is one that surely does."""
    parents = look.program.outline.parents
    while (parent := parents.get(node)) is not None:
        if isinstance(parent, ast.FunctionDef):
            return parent.name == "__init__" or bool(look.app.mentions(parent.name))
        if not isinstance(parent, _LOOPS):
            return False
        node = parent
    return False


def _may_be_configured(look: Look, own: list[OwnClass], package: str) -> bool:
    """Whether anything that is seen may make the provider in this stack, or anything unseen gets the stack."""
    names = {one.node.name for one in own}
    for by in look.app_inferences():
        for node in by.outline.nodes:
            if not isinstance(node, ast.Call):
                continue
            made = by.of(node.func)
            if isinstance(made, BindingClass) and made.is_provider:
                if made.module.package == package and not _is_of_another_stack(by, node, names):
                    return True
            elif _is_unseen(by, node, made) and any(_is_scope(by, one) for one in _given(node)):
                return True
    return False


def _is_of_another_stack(by: Inference, node: ast.Call, names: set[str]) -> bool:
    match node.args:
        case [ast.Name(id="self"), *_]:
            around = by.class_around(node)
            return around is not None and around.node.name not in names and bool(_classes(around))
        case _:
            return False


def _is_unseen(by: Inference, node: ast.Call, made: object) -> bool:
    """Whether nobody knows what the call does."""
    if isinstance(made, BindingClass | Module | OwnClass | OwnFunction):
        return False
    if isinstance(node.func, ast.Name) and by.outline.is_builtin(node.func):
        return False
    if isinstance(node.func, ast.Attribute):
        # A method of the bindings makes nothing of its own accord.
        return not isinstance(by.of(node.func.value), BindingClass | Instance) and not _is_super(node.func)
    return made is None or isinstance(made, Imported)


def _is_super(function: ast.Attribute) -> bool:
    return isinstance(function.value, ast.Call) and isinstance(function.value.func, ast.Name)


def _given(node: ast.Call) -> list[ast.expr]:
    return [*node.args, *(one.value for one in node.keywords)]


def _is_scope(by: Inference, node: ast.expr) -> bool:
    if isinstance(node, ast.Name) and node.id == "self":
        return True
    return isinstance(by.of(node), OwnInstance)


def _missing(node: ast.ClassDef, first: tuple[ast.Call, BindingClass], package: str) -> Wrong:
    call, made = first
    name = package.rpartition("_")[2]
    provider = f"{name.capitalize()}Provider"
    return Wrong(
        MISSING,
        call,
        f"`{node.name}` makes a `{made.name}` and has no `{provider}` in it; "
        "that of another stack does not count: the program stops before it writes anything.",
        fix=f'Make one in the stack: `{provider}(self, "{name}", …)`.',
        aws_error="RuntimeError: Error: Validation failed with the following errors: [<id>] Found resources without a "
        f"matching provider construct. … for the following providers: {name}",
        evidence={"class": node.name, "provider": name},
    )
