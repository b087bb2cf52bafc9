"""Two configurations of a provider in one stack without an alias: Terraform cannot tell them apart."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from tercet.preflight.programs.bindings import BindingClass
from tercet.preflight.programs.found import Look, Wrong
from tercet.preflight.programs.keywords import keywords

RULE: Final = "program-provider-twice"

_CERTAIN: Final = (ast.Expr, ast.Assign, ast.AnnAssign, ast.With)


def check(look: Look) -> Iterator[Wrong]:
    """Yield the second of two that the same function makes in the same scope, whatever happens."""
    if "alias" in look.own_names or look.app.speaks_of('"alias"'):
        # It may be given later: `west.alias = …`, `west.add_override("alias", …)`.
        return
    seen: dict[tuple[ast.AST, str, str], ast.Call] = {}
    for node in look.program.outline.nodes:
        match node:
            case ast.Call(args=[ast.Name(id=scope) as given, *_]) if look.program.outline.is_bound_once(given):
                made = look.inference.of(node.func)
                if not isinstance(made, BindingClass) or not made.is_provider:
                    continue
                if (function := _certainly_in(look, node)) is None:
                    continue
                known, are_all = keywords(look, node)
                if not are_all or any(one.name == "alias" for one in known):
                    continue
                first = seen.setdefault((function, scope, made.module.dotted), node)
                if first is not node:
                    yield _wrong(look, node, first, scope)
            case _:
                pass


def _certainly_in(look: Look, node: ast.AST) -> ast.AST | None:
    parents = look.program.outline.parents
    while (parent := parents.get(node)) is not None:
        if isinstance(parent, ast.FunctionDef | ast.Module):
            is_left_early = any(isinstance(one, ast.Return | ast.Raise) for one in ast.walk(parent))
            return None if is_left_early and not isinstance(parent, ast.Module) else parent
        if not isinstance(parent, _CERTAIN):
            return None
        node = parent
    return None


def _wrong(look: Look, node: ast.Call, first: ast.Call, scope: str) -> Wrong:
    name = look.source(node.func)
    return Wrong(
        RULE,
        node,
        f"`{name}` is made in `{scope}` without an alias, as that of line {first.lineno} is: Terraform cannot tell "
        "which one a resource means, and refuses both.",
        fix="Give this one an `alias`, and pass it to its resources as `provider=…`.",
        aws_error="Error: Duplicate provider configuration: A default (non-aliased) provider configuration was already "
        'given. If multiple configurations are required, set the "alias" argument for alternative configurations.',
        evidence={"scope": scope, "class": name},
    )
