"""Passwords that stand in the code, as a literal or as a default: of a look-up, a parameter, a field."""

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
_ITEMS_LIMIT: Final = 200
_TEST: Final = re.compile(r"(?:^|[\\/])(?:tests?[\\/]|test_|conftest)|_test\.py$")
_HIDDEN: Final = "(a literal)"


def check(look: Look) -> Iterator[Wrong]:
    """Yield the passwords, each once; their text is not repeated."""
    seen: set[ast.AST] = set()
    for wrong in (*_in_calls(look), *_in_definitions(look)):
        if wrong.node not in seen:
            seen.add(wrong.node)
            yield wrong


def _in_calls(look: Look) -> Iterator[Wrong]:
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

    yield from _held(look, node, made)


def _held(look: Look, node: ast.Call, made: BindingClass) -> Iterator[Wrong]:
    """Look where a password is no argument of its own: a function's environment, a SecureString."""
    given = {keyword.arg: keyword.value for keyword in node.keywords}
    match given:
        case {"variables": ast.Dict(keys=keys, values=values)} if made.name == "LambdaFunctionEnvironment":
            for key, value in zip(keys[:_ITEMS_LIMIT], values[:_ITEMS_LIMIT], strict=False):
                name = key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""
                if _is_password(name) and (where := _literal(look, value, _DEPTH_LIMIT)):
                    yield _in_code(value, where, f"the function's variable `{name}`", f"environment.{name}")
        case {"type": ast.Constant(value="SecureString"), "value": value} if made.name == "SsmParameter":
            is_password = _is_password(_text_of(given.get("name")).rpartition("/")[2])
            if is_password and not _is_replaced_later(node) and (where := _literal(look, value, _DEPTH_LIMIT)):
                yield _in_code(value, where, "`value` of a SecureString", "SsmParameter.value")
        case _:
            pass


def _text_of(node: ast.expr | None) -> str:
    """Return a name as far as it is written out."""
    parts = node.values[:_ITEMS_LIMIT] if isinstance(node, ast.JoinedStr) else [node]
    return "".join(one.value for one in parts if isinstance(one, ast.Constant) and isinstance(one.value, str))


def _in_definitions(look: Look) -> Iterator[Wrong]:
    """``def __init__(…, db_password="…")``, and fields of classes that are called so."""
    if _TEST.search(look.program.relative):
        return
    for node in look.program.outline.nodes:
        match node:
            case ast.arg(arg=name) if _is_password(name):
                given = _default_of(look, node)
            case ast.ClassDef():
                yield from _fields(look, node)
                continue
            case _:
                continue
        if given is not None and (where := _literal(look, given, _DEPTH_LIMIT)):
            yield _in_code(node, where, f"the default of `{name}`", f"default of {name}")


def _fields(look: Look, node: ast.ClassDef) -> Iterator[Wrong]:
    for one in node.body:
        match one:
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as given) if _is_password(name):
                if where := _literal(look, given, _DEPTH_LIMIT):
                    yield _in_code(one, where, f"the default of `{name}`", f"default of {name}")
            case _:
                pass


def _default_of(look: Look, argument: ast.arg) -> ast.expr | None:
    """Return the default of a parameter."""
    arguments = look.program.outline.parents.get(argument)
    if not isinstance(arguments, ast.arguments):
        return None
    for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=False):
        if one is argument:
            return default
    positional = [*arguments.posonlyargs, *arguments.args]
    for one, default in zip(reversed(positional), reversed(arguments.defaults), strict=False):
        if one is argument:
            return default
    return None


def _is_replaced_later(node: ast.Call) -> bool:
    """Whether Terraform leaves a secret alone once it is there: then a placeholder stands in the code."""
    for keyword in node.keywords:
        if keyword.arg == "lifecycle":
            return any(
                isinstance(one, ast.Constant) and one.value in ("secret_string", "value", "all")
                for one in ast.walk(keyword.value)
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
            given = binding.value if binding else None
            if binding and isinstance(binding.node, ast.arg):
                given = _default_of(look, binding.node)
            return _literal(look, given, depth - 1) if given is not None else None
        case ast.Attribute(value=ast.Name(id="self")):
            binding = look.program.outline.attribute(node)
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
