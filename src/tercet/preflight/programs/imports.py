"""Imports of modules and names that the bindings do not have."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tercet.preflight.findings import Edit
from tercet.preflight.programs.bindings import Module, is_bindings, nearest
from tercet.preflight.programs.found import Look, Wrong

RULE = "program-unknown-import"


def check(look: Look) -> Iterator[Wrong]:
    """Yield the imports that will fail."""
    for node in look.program.outline.nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if _is_missing(look, alias.name) and not is_guarded(look, node):
                    yield _missing_module(look, node, alias.name, "")
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level and not is_guarded(look, node):
            yield from _names(look, node, node.module)


def _is_missing(look: Look, dotted: str) -> bool:
    top, *rest = dotted.split(".")
    if not is_bindings(top) or not rest or not look.bindings.package(top):
        return False
    if len(rest) > 1 or rest[0].startswith("_") or look.bindings.module(dotted):
        return False
    found = look.bindings.package(top)
    # A package holds more than generated modules: helpers for tests, compiled parts.
    if found and ((found[1] / rest[0]).exists() or (found[1] / f"{rest[0]}.py").exists()):
        return False
    return not look.older.knows_name(dotted, "")


def is_guarded(look: Look, node: ast.AST) -> bool:
    """Whether the program is ready for the import to fail, or never makes it."""
    parents = look.program.outline.parents
    while (parent := parents.get(node)) is not None:
        if isinstance(parent, ast.Try) and any(one is node for one in parent.body):
            return True
        if isinstance(parent, ast.If):
            return True
        node = parent
    return False


def _names(look: Look, node: ast.ImportFrom, dotted: str) -> Iterator[Wrong]:
    if _is_missing(look, dotted):
        yield _missing_module(look, node, dotted, node.names[0].name)
        return
    module = look.bindings.module(dotted)
    if module is None or not is_bindings(dotted.partition(".")[0]):
        return
    for alias in node.names:
        name = alias.name
        if look.older.lacks_name(module.package, name):
            yield _only_newer(node, dotted, name)
        elif not (
            name == "*"
            or module.exports(name)
            or look.bindings.module(f"{dotted}.{name}")
            or look.older.knows_name(f"{dotted}.{name}", "")
            or look.older.knows_name(dotted, name)
        ):
            yield _missing_name(look, node, dotted, module, name)


def _missing_module(look: Look, node: ast.stmt, dotted: str, name: str) -> Wrong:
    package, _, last = dotted.partition(".")
    meant = look.bindings.home_of(name, look.program.core, (package,)) if name and name != "*" else None
    close = nearest(last, look.bindings.module_names(package))
    home = meant or (f"{package}.{close}" if close else None)
    return Wrong(
        RULE,
        node,
        f"`{dotted}` is imported, and the bindings have no such module: the program stops before it writes anything.",
        fix=f"Import from `{home}`." if home else f"Look the module up in the folder of `{package}`.",
        aws_error=f"ModuleNotFoundError: No module named '{dotted}'",
        evidence={"import": dotted},
    )


def _missing_name(look: Look, node: ast.ImportFrom, dotted: str, module: Module, name: str) -> Wrong:
    home = look.bindings.home_of(name, look.program.core, look.program.provider_packages)
    close = nearest(name, [one for one in module.class_names if not one.startswith("_")])
    if module.find(f"{name}A"):
        # The plain name belongs to a block of another resource.
        home, close = None, f"{name}A"
    if not home and not close and not module.name:
        # `from cdktf_cdktf_provider_aws import s3_buckets`: what is named is a module.
        close = nearest(name, look.bindings.module_names(dotted))
    fix = f"Write `from {home} import {name}`." if home else ""
    if not home and close:
        fix = f"Did you mean `{close}`? Write `from {dotted} import {close}`."
    return Wrong(
        RULE,
        node,
        f"`{name}` is imported from `{dotted}`, which has no such name: the program stops before it writes anything.",
        fix=fix or f"Look the name up in `{dotted}`.",
        aws_error=f"ImportError: cannot import name '{name}' from '{dotted}'",
        evidence={"import": f"{dotted}.{name}"},
        edit=_renamed(look, node, name, close) if close == f"{name}A" else None,
    )


def _renamed(look: Look, node: ast.ImportFrom, name: str, meant: str) -> Edit | None:
    """Import what was meant under the name that the program uses."""
    alias = next(one for one in node.names if one.name == name)
    line = look.program.line(alias.lineno)
    # A line that says the name twice is left to somebody who reads it.
    if len(re.findall(rf"\b{name}\b", line)) != 1:
        return None
    new = meant if alias.asname else f"{meant} as {name}"
    return Edit(look.program.file, alias.lineno, line, re.sub(rf"\b{name}\b", new, line))


def _only_newer(node: ast.stmt, dotted: str, name: str) -> Wrong:
    return Wrong(
        RULE,
        node,
        f"`{name}` is imported from `{dotted}`: CDK Terrain has it, CDKTF never had and is archived.",
        fix="Replace `cdktf` by `cdktn`, CDK Terrain's package, throughout the app.",
        aws_error=f"ImportError: cannot import name '{name}' from '{dotted}'",
        evidence={"import": f"{dotted}.{name}"},
    )
