"""Lambda handlers that answer every failure with a 500, also one that comes after something has been done."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tercet.preflight.programs.found import Wrong
from tercet.preflight.programs.outline import Outline
from tercet.preflight.programs.reading import Program

RULE: Final = "program-catches-everything"

_INLINE_LIMIT: Final = 100_000
_SERVER_ERRORS: Final = range(500, 600)
_STATUS_KEYS: Final = frozenset({"statusCode", "status_code", "statuscode"})
_HANDLER: Final = re.compile(r"handler|lambda|process|main", re.IGNORECASE)
_DOES: Final = re.compile(
    r"^(?:put_item|update_item|delete_item|transact_write|put_events|send_message|publish|start_execution|put_object"
    r"|.{0,60}(?:charge|capture|payment|refund|transfer|withdraw|deposit|debit|credit|payout|settle).{0,60})$",
    re.IGNORECASE,
)
_IDEMPOTENT: Final = re.compile(r"idempot|attribute_not_exists|ConditionExpression", re.IGNORECASE)


def check(program: Program) -> Iterator[Wrong]:
    """Yield the handlers; none of a file that says anything about idempotency."""
    if _IDEMPOTENT.search(program.text):
        return
    for node in program.outline.nodes:
        if isinstance(node, ast.Try):
            yield from _in_try(program.outline, node)
        elif isinstance(node, ast.Constant) and (code := _inline(node)):
            # Code of a function that the program writes to a file: what is wrong with it is shown where it begins.
            for inner in code.nodes:
                for wrong in _in_try(code, inner) if isinstance(inner, ast.Try) else ():
                    yield replace(wrong, node=node)


def _inline(node: ast.Constant) -> Outline | None:
    text = node.value
    if not isinstance(text, str) or len(text) > _INLINE_LIMIT or "def " not in text or "except" not in text:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Outline(ast.parse(textwrap.dedent(text)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _in_try(outline: Outline, node: ast.Try) -> Iterator[Wrong]:
    function = _handler(outline, node)
    done = _done_in(node.body) if function else None
    for caught in node.handlers:
        if function and done and _catches_all(caught) and (answer := _answers_500(caught)):
            yield _wrong(caught, function.name, done, answer)


def _handler(outline: Outline, node: ast.AST) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """Return the function around, if it is called as Lambda calls a handler."""
    function = outline.scope(node).node
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    names = [one.arg.lstrip("_") for one in function.args.args]
    is_handler = len(names) == 2 and names[0] == "event" and names[1] in ("context", "ctx")
    return function if is_handler or (_HANDLER.search(function.name) and "event" in names[:1]) else None


def _done_in(body: list[ast.stmt]) -> str | None:
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", None) or getattr(node.func, "id", "")
                if isinstance(name, str) and _DOES.match(name[:200]):
                    return name
    return None


def _catches_all(caught: ast.ExceptHandler) -> bool:
    return caught.type is None or (
        isinstance(caught.type, ast.Name) and caught.type.id in ("Exception", "BaseException")
    )


def _answers_500(caught: ast.ExceptHandler) -> int | None:
    for statement in caught.body:
        for node in ast.walk(statement):
            if not isinstance(node, ast.Return) or not isinstance(node.value, ast.Dict | ast.Call):
                continue
            for key, value in _pairs(node.value):
                if key in _STATUS_KEYS and (status := _server_error(value)):
                    return status
            # Such as `return response(500, …)`.
            first = node.value.args[:1] if isinstance(node.value, ast.Call) else []
            if first and (status := _server_error(first[0])):
                return status
    return None


def _server_error(node: ast.expr) -> int | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, int) and node.value in _SERVER_ERRORS:
        return node.value
    return None


def _pairs(node: ast.Dict | ast.Call) -> Iterator[tuple[object, ast.expr]]:
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant):
                yield key.value, value
    else:
        for keyword in node.keywords:
            yield keyword.arg, keyword.value


def _wrong(caught: ast.ExceptHandler, function: str, done: str, answer: int) -> Wrong:
    return Wrong(
        RULE,
        caught,
        f"`{function}` answers every exception with {answer}, also one that comes after `{done}`: the caller takes it "
        "for not done and tries again, and it is done twice.",
        fix="Catch what is known to come before anything is done; keep an idempotency key with what is done, and let "
        "the rest be raised, so that it is retried and alarmed.",
        evidence={"function": function, "after": done, "answer": str(answer)},
    )
