"""Names that are used and never defined or imported; pyflakes finds them, the bindings say what to import."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from typing import Final

from pyflakes.checker import Checker  # type: ignore[import-untyped]
from pyflakes.messages import Message, UndefinedName  # type: ignore[import-untyped]

from tercet.preflight.findings import Edit, Severity
from tercet.preflight.programs.bindings import Bindings
from tercet.preflight.programs.found import Wrong
from tercet.preflight.programs.reading import Program

RULE: Final = "program-undefined-name"

# Builtins of later Pythons than this one may be, and what notebooks and gettext put there.
_BUILTINS: Final = (
    "PythonFinalizationError",
    "__annotate__",
    "__conditional_annotations__",
    "_",
    "get_ipython",
    "reveal_type",
)
_COMMENT_CHARACTERS: Final = 500
_NO_QA: Final = re.compile(
    r"#\s*(?:noqa(?!:)|noqa:[^#]{0,200}\bF821\b|type:\s*ignore|pyright:\s*ignore)", re.IGNORECASE
)


class Unreadable(Exception):  # noqa: N818 - never leaves this package
    """pyflakes cannot cope with a file."""


def check(program: Program, bindings: Bindings, *, is_of_app: bool) -> Iterator[Wrong]:
    """Yield each undefined name once per scope.

    Raises
    ------
    Unreadable
        pyflakes cannot cope with the file.
    """
    if _fills_its_names_itself(program):
        return
    seen: set[tuple[str, str]] = set()
    for message in _messages(program):
        if not isinstance(message, UndefinedName) or _NO_QA.search(program.line(message.lineno)[-_COMMENT_CHARACTERS:]):
            continue
        name = str(message.message_args[0])
        node = _node_at(program, message.lineno, message.col, name)
        if node is None or _is_never_evaluated(program, node):
            continue
        scope = program.outline.path(node)
        if (scope, name) not in seen:
            seen.add((scope, name))
            yield _wrong(program, bindings, node, name, is_of_app=is_of_app)
    # Libraries give such names to their modules from outside; the programs of an app do not.
    if "TYPE_CHECKING" not in program.text or not program.uses_bindings:
        return
    for node in _only_typed(program):
        scope = program.outline.path(node)
        if (scope, node.id) not in seen and not _NO_QA.search(program.line(node.lineno)[-_COMMENT_CHARACTERS:]):
            seen.add((scope, node.id))
            yield _typed_only(node, is_of_app=is_of_app)


def _only_typed(program: Program) -> Iterator[ast.Name]:
    """Yield the names that are imported for a type checker only and used when the program runs."""
    outline = program.outline
    for node in outline.nodes:
        if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load):
            continue
        if (
            outline.is_bound_once(node)
            and (binding := outline.binding(node)) is not None
            and isinstance(binding.node, ast.Import | ast.ImportFrom)
            and _is_for_checkers(program, binding.node)
            and not _is_decided_by_it(program, node)
            and not _is_never_evaluated(program, node)
            and not _is_deferred_type(program, node)
        ):
            yield node


def _is_for_checkers(program: Program, node: ast.AST) -> bool:
    """Whether something stands in ``if TYPE_CHECKING:``, and not in its ``else``."""
    parents = program.outline.parents
    while (parent := parents.get(node)) is not None:
        match parent:
            case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"), body=body):
                if node in body:
                    return True
            case _:
                pass
        node = parent
    return False


def _is_decided_by_it(program: Program, node: ast.AST) -> bool:
    """Whether any condition around speaks of ``TYPE_CHECKING``."""
    parents = program.outline.parents
    while (parent := parents.get(node)) is not None:
        tests = [parent.test] if isinstance(parent, ast.If | ast.IfExp) else []
        tests += parent.values if isinstance(parent, ast.BoolOp) else []
        if any("TYPE_CHECKING" in ast.unparse(test) for test in tests):
            return True
        node = parent
    return False


def _is_deferred_type(program: Program, node: ast.AST) -> bool:
    """Whether a name stands in a `type` statement or a bound, or where a handler waits for its failing."""
    parents = program.outline.parents
    while (parent := parents.get(node)) is not None:
        if isinstance(parent, ast.Try) or type(parent).__name__ in ("TypeAlias", "TypeVar"):
            return True
        node = parent
    return False


def _messages(program: Program) -> list[Message]:
    try:
        checker = Checker(program.tree, filename=program.file, builtins=_BUILTINS, withDoctest=False)
    except (ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError) as error:
        # It was written for what people write; a file that brings it down must not bring the check down.
        raise Unreadable(type(error).__name__) from error
    return sorted(checker.messages, key=lambda one: (one.lineno, one.col))


def _fills_its_names_itself(program: Program) -> bool:
    """Whether names may come from where nobody sees them."""
    for node in program.outline.nodes:
        match node:
            case ast.Call(func=ast.Name(id="exec" | "globals" | "vars")):
                return True
            case ast.Attribute(value=ast.Name(id="builtins"), ctx=ast.Store()):
                return True
            case _:
                pass
    return False


def _node_at(program: Program, line: int, column: int, name: str) -> ast.AST | None:
    """Find the name; None if it stands inside a string, as annotations may."""
    return program.names_at.get((line, column, name))


def _is_never_evaluated(program: Program, node: ast.AST) -> bool:
    """Whether the name stands in an annotation that Python does not evaluate."""
    parents = program.outline.parents
    while (parent := parents.get(node)) is not None:
        match parent:
            case ast.AnnAssign(annotation=annotation) if annotation is node:
                is_local = isinstance(program.outline.scope(parent).node, ast.FunctionDef | ast.AsyncFunctionDef)
                return is_local or program.postpones_annotations
            case ast.arg(annotation=annotation) if annotation is node:
                return program.postpones_annotations
            case ast.FunctionDef(returns=returns) | ast.AsyncFunctionDef(returns=returns) if returns is node:
                return program.postpones_annotations
            case _:
                node = parent
    return False


def _wrong(program: Program, bindings: Bindings, node: ast.AST, name: str, *, is_of_app: bool) -> Wrong:
    statement = _import_of(program, bindings, name) if program.uses_bindings else None
    if statement is None and name in sys.stdlib_module_names and not name.startswith("_"):
        statement = f"import {name}"
    stops = "the program stops before it writes anything" if is_of_app else "the program stops where it stands"
    return Wrong(
        RULE,
        node,
        f"`{name}` is used and never {'imported' if statement else 'defined or imported'}: {stops}.",
        fix=f"Add: {statement}" if statement else f"Import or define `{name}`.",
        aws_error=f"NameError: name '{name}' is not defined",
        evidence={"name": name},
        severity=None if is_of_app else Severity.SILENT_OUTAGE,
        edit=_edit(program, statement) if statement else None,
    )


def _typed_only(node: ast.Name, *, is_of_app: bool) -> Wrong:
    stops = "the program stops before it writes anything" if is_of_app else "the program stops where it stands"
    return Wrong(
        RULE,
        node,
        f"`{node.id}` is imported under `TYPE_CHECKING` only, which is false when the program runs, and used: {stops}.",
        fix=f"Import `{node.id}` outside of `if TYPE_CHECKING:`.",
        aws_error=f"NameError: name '{node.id}' is not defined",
        evidence={"name": node.id},
        severity=None if is_of_app else Severity.SILENT_OUTAGE,
    )


def _import_of(program: Program, bindings: Bindings, name: str) -> str | None:
    home = bindings.home_of(name, program.core, program.provider_packages)
    return f"from {home} import {name}" if home else None


def _edit(program: Program, statement: str) -> Edit | None:
    """Put the import above the first one, which stands where imports stand."""
    for node in program.tree.body:
        is_future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if isinstance(node, ast.Import | ast.ImportFrom) and not is_future:
            line = program.line(node.lineno)
            return Edit(program.file, node.lineno, line, f"{statement}\n{line}")
    return None
