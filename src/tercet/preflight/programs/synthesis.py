"""Apps that are never synthesized, and resources that stand in no stack: both are left out without a word."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Edit
from tercet.preflight.programs.apps import App
from tercet.preflight.programs.bindings import BindingClass
from tercet.preflight.programs.found import Look, Wrong
from tercet.preflight.programs.inference import Instance

NEVER: Final = "program-never-synthesized"
OUTSIDE: Final = "program-outside-of-stack"

# What makes Terraform's configuration of a stack otherwise, as tests do.
_OTHERWISE: Final = ("Testing", "to_terraform", "pytest", "unittest", "prepare_stack")


def check(look: Look) -> Iterator[Wrong]:
    """Yield the apps whose stacks are not written, and the resources that are in none."""
    can_be_told = not is_synthesized(look.app) and not any(look.app.speaks_of(name) for name in _OTHERWISE)
    for node in look.program.outline.nodes:
        match node:
            case ast.Assign(targets=[ast.Name() as target], value=ast.Call() as made) if can_be_told:
                if _is_app(look, made) and _is_only_a_scope(look, target):
                    yield _never(look, target)
            case ast.Call(args=[scope, *_]) if _is_app(look, scope):
                class_ = look.inference.of(node.func)
                if isinstance(class_, BindingClass) and class_.is_construct:
                    yield _outside(look, node, scope)
            case _:
                pass


def is_synthesized(app: App) -> bool:
    """Whether the program calls a `synth`, of whatever it may be."""
    found = app.mentions("synth")
    return found is None or any(
        isinstance(parent := program.outline.parents.get(node), ast.Call) and parent.func is node
        for program, node in found
    )


def _is_app(look: Look, node: ast.expr) -> bool:
    found = look.inference.of(node)
    return isinstance(found, Instance) and found.is_exact and found.of.name == "App"


def _is_only_a_scope(look: Look, target: ast.Name) -> bool:
    """Whether the app holds a stack, and nobody gets it who may synthesize it."""
    if not look.program.outline.is_bound_once(target):
        return False
    parents, is_used = look.program.outline.parents, False
    for program, node in look.app.mentions(target.id) or ():
        match program.outline.parents.get(node):
            case ast.Call(func=function, args=[first, *_]) if first is node and _is_class(look, program, function):
                is_used = True
            case ast.Attribute() as read if program is look.program and isinstance(parents.get(read), ast.Expr):
                # `app.synth`, and the parentheses are missing.
                continue
            case _:
                return False
    return is_used


def _is_class(look: Look, program: object, function: ast.expr) -> bool:
    if program is not look.program:
        return False
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name[:1].isupper()


def _never(look: Look, target: ast.Name) -> Wrong:
    return Wrong(
        NEVER,
        target,
        f"`{target.id}` holds stacks, and nothing calls its `synth`: the program ends well and writes nothing.",
        fix=f"End the program with `{target.id}.synth()`.",
        aws_error="ERROR: synthesis failed, because app was expected to call 'synth()', but didn't.",
        evidence={"app": target.id},
        edit=_edit(look, target),
    )


def _edit(look: Look, target: ast.Name) -> Edit | None:
    """End the file with the call, where the app is the file's own, or add the parentheses."""
    program = look.program
    call = f"{target.id}.synth()"
    for number, line in enumerate(program.lines, start=1):
        if line.strip() == call.removesuffix("()"):
            return Edit(program.file, number, line, f"{line.rstrip()}()")
    last = program.tree.body[-1]
    if look.program.outline.parents.get(target) not in program.tree.body or last.end_lineno is None:
        return None
    line = program.line(last.end_lineno)
    return Edit(program.file, last.end_lineno, line, f"{line}\n{call}")


def _outside(look: Look, node: ast.Call, scope: ast.expr) -> Wrong:
    return Wrong(
        OUTSIDE,
        node,
        f"`{look.source(node.func)}` is made in the app `{look.source(scope)}`, in no stack: "
        "synth writes stacks only, so it is left out, and nobody says so.",
        fix="Make it in a `TerraformStack`.",
        evidence={"scope": look.source(scope)},
    )
