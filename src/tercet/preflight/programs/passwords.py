"""Passwords that stand in the code, as a literal or as the default of a look-up."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.programs.bindings import BindingClass
from tercet.preflight.programs.found import Look, Wrong
from tercet.preflight.programs.inference import Imported

RULE: Final = "program-password-in-code"

_ARGUMENTS: Final = frozenset(
    {
        "master_password",
        "password",
        "secret_string",
        "auth_token",
        "master_user_password",
        "admin_user_password",
        "default_user_password",
        "secret_key",
        "client_secret",
        "password_wo",
        "master_password_wo",
        "secret_string_wo",
    }
)
# `password_length` and `password_parameter` are no passwords.
_KEY: Final = re.compile(r"(?:pass(?:word|wd|phrase)|pwd)(?:[_-]?(?:dev|test|qa|staging|prod|default))?", re.IGNORECASE)
_NOT_ITSELF: Final = re.compile(r"^(?:arn:|/|\$\{|\{\{|alias/|https?://|ssm:|secretsmanager:)")
_DEPTH_LIMIT: Final = 5
_NAME_LIMIT: Final = 200
_HIDDEN: Final = "(a literal)"


def check(look: Look) -> Iterator[Wrong]:
    """Yield the passwords; their text is not repeated."""
    for node in look.program.outline.nodes:
        if not isinstance(node, ast.Call):
            continue
        made = look.inference.of(node.func)
        if isinstance(made, BindingClass):
            yield from _arguments(look, node, made)
        elif isinstance(node.func, ast.Attribute | ast.Name):
            yield from _default(look, node)


def _arguments(look: Look, node: ast.Call, made: BindingClass) -> Iterator[Wrong]:
    for keyword in node.keywords:
        if keyword.arg == "secret_string" and _is_replaced_later(node):
            continue
        if keyword.arg in _ARGUMENTS and (where := _literal(look, keyword.value, _DEPTH_LIMIT)):
            yield _in_code(keyword, where, f"`{keyword.arg}` of `{made.name}`", f"{made.name}.{keyword.arg}")
    if made.name == "TerraformVariable":
        named = node.args[1] if len(node.args) > 1 else None
        default = next((one.value for one in node.keywords if one.arg == "default"), None)
        is_named = isinstance(named, ast.Constant) and isinstance(named.value, str) and _is_password(named.value)
        if named is not None and is_named and default is not None and _literal(look, default, _DEPTH_LIMIT):
            yield _in_code(
                node, default, f"the default of the variable {look.source(named)}", "TerraformVariable.default"
            )


def _is_replaced_later(node: ast.Call) -> bool:
    """Whether Terraform leaves a secret alone once it is there: then a placeholder stands in the code."""
    for keyword in node.keywords:
        if keyword.arg == "lifecycle":
            return any(
                isinstance(one, ast.Constant) and one.value == "secret_string" for one in ast.walk(keyword.value)
            )
    return False


def _default(look: Look, node: ast.Call) -> Iterator[Wrong]:
    """``os.environ.get("DB_PASSWORD", "…")`` and its like."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    found = look.inference.of(node.func)
    is_lookup = name in ("get", "getenv", "setdefault", "try_get_context") or found == Imported("os.getenv")
    match node.args:
        case [ast.Constant(value=str(key)), given, *_] if is_lookup and _is_password(key):
            pass
        case [ast.Constant(value=str(key))] if is_lookup and _is_password(key):
            given = next((one.value for one in node.keywords if one.arg == "default"), ast.Constant(None))
        case _:
            return
    if _literal(look, given, _DEPTH_LIMIT):
        yield _in_code(node, given, f"the default of `{key}`", f"default of {key}")


def _is_password(name: str) -> bool:
    return len(name) <= _NAME_LIMIT and any(found.end() == len(name) for found in _KEY.finditer(name))


def _literal(look: Look, node: ast.expr, depth: int) -> ast.expr | None:
    """Return the literal that a password comes from."""
    if depth == 0:
        return None
    match node:
        case ast.Constant(value=str(text)):
            return node if text.strip() and not _NOT_ITSELF.match(text) and not _is_document(text) else None
        case ast.Name():
            binding = look.program.outline.binding(node)
            return _literal(look, binding.value, depth - 1) if binding and binding.value is not None else None
        case ast.BoolOp(op=ast.Or(), values=[*_, last]):
            return _literal(look, last, depth - 1)
        case ast.Call(args=[ast.Dict(keys=keys, values=values), *_]) if look.inference.of(node.func) == Imported(
            "json.dumps"
        ):
            for key, value in zip(keys[:50], values[:50], strict=False):
                is_password = isinstance(key, ast.Constant) and isinstance(key.value, str) and _is_password(key.value)
                if is_password and (found := _literal(look, value, depth - 1)):
                    return found
            return None
        case _:
            return None


def _is_document(text: str) -> bool:
    """Whether a secret is a JSON document, in which no password needs to stand."""
    return text.lstrip().startswith(("{", "[")) and not _KEY.search(text[:10_000])


def _in_code(node: ast.AST, where: ast.expr, what: str, evidence: str) -> Wrong:
    return Wrong(
        RULE,
        where if hasattr(where, "lineno") else node,
        f"A password stands in the code, as {what}: whoever reads the repository or Terraform's state has it.",
        fix="Let AWS make it (`manage_master_user_password=True`), or read it from Secrets Manager or an environment "
        "variable that has no default.",
        evidence={"argument": evidence, "value": _HIDDEN},
    )
