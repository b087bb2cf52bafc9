"""Operations of Python on values that are placeholders until apply: they work on the placeholder, not on the value."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.programs.found import Look, Wrong
from tercet.preflight.programs.inference import Imported, Instance, Plain, Token
from tercet.preflight.programs.types import NUMBER, STR, ListOf

RULE: Final = "program-string-operation-on-token"

_METHODS: Final = {
    "replace": "Fn.replace(…)",
    "split": "Fn.split(…) and Fn.element(…)",
    "rsplit": "Fn.split(…) and Fn.element(…)",
    "partition": "Fn.split(…) and Fn.element(…)",
    "rpartition": "Fn.split(…) and Fn.element(…)",
    "splitlines": "Fn.split(…)",
    "upper": "Fn.upper(…)",
    "lower": "Fn.lower(…)",
    "casefold": "Fn.lower(…)",
    "title": "Fn.title(…)",
    "capitalize": "Fn.title(…)",
    "swapcase": "Fn.upper(…) or Fn.lower(…)",
    "strip": "Fn.trimspace(…) or Fn.trim(…)",
    "lstrip": "Fn.trimprefix(…)",
    "rstrip": "Fn.trimsuffix(…)",
    "removeprefix": "Fn.trimprefix(…)",
    "removesuffix": "Fn.trimsuffix(…)",
    "startswith": "Fn.startswith(…)",
    "endswith": "Fn.endswith(…)",
    "find": "Fn.strcontains(…)",
    "index": "Fn.strcontains(…)",
    "count": "a function of `Fn`",
    "translate": "Fn.replace(…)",
    "isdigit": "a function of `Fn`",
    "isalnum": "a function of `Fn`",
    "zfill": "Fn.format(…)",
    "ljust": "Fn.format(…)",
    "rjust": "Fn.format(…)",
}
_FUNCTIONS: Final = {
    "json.loads": "Fn.jsondecode(…)",
    "re.sub": "Fn.replace(…) with a pattern between slashes",
    "re.match": "Fn.regex(…)",
    "re.search": "Fn.regex(…)",
    "re.fullmatch": "Fn.regex(…)",
    "re.split": "Fn.split(…)",
    "re.findall": "Fn.regexall(…)",
    "urllib.parse.urlparse": "Fn.split(…) or Fn.replace(…)",
    "urllib.parse.urlsplit": "Fn.split(…) or Fn.replace(…)",
    "os.path.basename": "Fn.basename(…)",
    "os.path.dirname": "Fn.dirname(…)",
    "ipaddress.ip_network": "Fn.cidrsubnet(…)",
    "ipaddress.ip_address": "Fn.cidrhost(…)",
}
_RAISING: Final = {
    "json.loads": "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
    "int": "ValueError: invalid literal for int() with base 10: '${TfToken[TOKEN.<number>]}'",
    "float": "ValueError: could not convert string to float: '${TfToken[TOKEN.<number>]}'",
    "ipaddress.ip_network": "ValueError: '${TfToken[TOKEN.<number>]}' does not appear to be an IPv4 or IPv6 network",
    "ipaddress.ip_address": "ValueError: '${TfToken[TOKEN.<number>]}' does not appear to be an IPv4 or IPv6 address",
}
# These change the placeholder wherever it stands in a text: `${TfToken[…]}` is then no placeholder any more.
_BREAKING: Final = frozenset({"upper", "lower", "casefold", "title", "capitalize", "swapcase"})
_ARITHMETIC: Final = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod)
_ORDER: Final = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
_LIST_BUILTINS: Final = frozenset({"enumerate", "sorted", "reversed", "zip", "map"})
_LONGER_THAN_A_PLACEHOLDER: Final = 40
_RANGE_ERROR: Final = "TypeError: 'float' object cannot be interpreted as an integer"
_LIST_ERROR: Final = (
    "Error: Found an encoded list token string in a scalar string context. "
    "Use 'Fn.element(list, 0)' (not 'list[0]') to extract elements from token lists."
)


def check(look: Look) -> Iterator[Wrong]:
    """Yield the operations that see a placeholder."""
    for node in look.program.outline.nodes:
        match node:
            case ast.Call(func=ast.Attribute(attr=method, value=value)) if method in _METHODS:
                if _is_text(look, value):
                    yield _on_text(look, node, value, f".{method}()", _METHODS[method])
                elif method in _BREAKING and (inner := _token_inside(look, value)):
                    yield _on_text(look, node, inner, f".{method}()", _METHODS[method])
            case ast.Call(func=ast.Attribute(attr="join", value=separator), args=[joined]) if _is_list(look, joined):
                if look.inference.of(separator) == Plain("str"):
                    yield _on_list(look, node, joined, ".join()", "Fn.join(…)")
            case ast.Call(args=[_, *_]):
                yield from _function(look, node)
            case ast.Subscript(value=value, slice=index, ctx=ast.Load()):
                yield from _subscript(look, node, value, index)
            case ast.BinOp(left=left, op=operator, right=right) if isinstance(operator, _ARITHMETIC):
                yield from _arithmetic(look, node, left, right)
            case ast.Compare(left=left, ops=[operator], comparators=[right]) if not _is_asserted(look, node):
                yield from _comparison(look, node, left, operator, right)
            case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
                yield from _truth(look, test)
            case ast.BoolOp(values=values):
                for one in values[:-1]:
                    yield from _truth(look, one)
            case ast.Assign(targets=[ast.Tuple(elts=[_, _, *_] as targets)], value=value) if _is_list(look, value):
                if not any(isinstance(one, ast.Starred) for one in targets):
                    error = f"ValueError: not enough values to unpack (expected {len(targets)}, got 1)"
                    yield _on_list(look, node, value, "=", error=error)
            case ast.For(iter=iterated) | ast.comprehension(iter=iterated):
                yield from _loop(look, iterated)
            case _:
                pass


def _token(look: Look, node: ast.expr) -> Token | None:
    found = look.inference.of(node)
    return found if isinstance(found, Token) else None


def _is_text(look: Look, node: ast.expr) -> bool:
    found = _token(look, node)
    return found is not None and found.type == STR


def _is_number(look: Look, node: ast.expr) -> bool:
    found = _token(look, node)
    return found is not None and found.type == NUMBER


def _token_inside(look: Look, node: ast.expr) -> ast.expr | None:
    """Return what is known after apply in a text that is put together where it is used."""
    match node:
        case ast.JoinedStr(values=values):
            inner = [one.value for one in values if isinstance(one, ast.FormattedValue)]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            inner = [left, right]
        case _:
            return None
    return next((one for one in inner if _is_text(look, one)), None)


def _is_list(look: Look, node: ast.expr) -> bool:
    found = _token(look, node)
    return found is not None and isinstance(found.type, ListOf)


def _function(look: Look, node: ast.Call) -> Iterator[Wrong]:
    name = ""
    if isinstance(node.func, ast.Name) and look.program.outline.is_builtin(node.func):
        name = node.func.id
    elif isinstance(found := look.inference.of(node.func), Imported):
        name = found.name
    if name == "len" or name in _LIST_BUILTINS:
        yield from _builtin(look, node, name)
    elif name == "range":
        for one in node.args[:3]:
            if _is_number(look, one):
                yield _on_number(look, node, one, "range()", raises=_RANGE_ERROR)
                return
    elif name in ("int", "float") and _is_text(look, node.args[0]):
        yield _on_text(look, node, node.args[0], f"{name}()", "Token.as_number(…)", raises=_RAISING[name])
    elif name in _FUNCTIONS:
        for one in node.args[:3]:
            if _is_text(look, one):
                yield _on_text(look, node, one, f"{name}()", _FUNCTIONS[name], raises=_RAISING.get(name))
                return


def _builtin(look: Look, node: ast.Call, name: str) -> Iterator[Wrong]:
    for one in node.args[:4]:
        if name == "len" and _is_text(look, one):
            yield _on_text(look, node, one, "len()", "Fn.length_of(…)")
        elif name == "len" and _is_list(look, one):
            yield _on_list_length(look, node, one)
        elif name != "len" and _is_list(look, one) and not _is_looped_over(look, node):
            yield _on_list(look, node, one, f"{name}()")


def _is_looped_over(look: Look, node: ast.Call) -> bool:
    """Whether a loop is over the call: it is reported there."""
    parent = look.program.outline.parents.get(node)
    return isinstance(parent, ast.For | ast.comprehension) and parent.iter is node


def _subscript(look: Look, node: ast.Subscript, value: ast.expr, index: ast.expr) -> Iterator[Wrong]:
    if _is_text(look, value):
        yield _on_text(look, node, value, "[…]", "Fn.substr(…)")
    elif _is_list(look, value):
        # A slice from the start, `[:3]`, of a list that is passed on as a list is the whole list: no error, but wrong.
        number = look.source(index) if not isinstance(index, ast.Slice) else ""
        fix = f"Fn.element({look.source(value)}, {number})" if number else f"Fn.slice({look.source(value)}, …)"
        yield _on_list(look, node, value, "[…]", fix)


def _arithmetic(look: Look, node: ast.expr, left: ast.expr, right: ast.expr) -> Iterator[Wrong]:
    for one, other in ((left, right), (right, left)):
        if _is_number(look, one) and (_is_number(look, other) or look.inference.of(other) == Plain("number")):
            yield _on_number(look, node, one, "arithmetic")
            return


def _comparison(look: Look, node: ast.expr, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> Iterator[Wrong]:
    if isinstance(operator, _ORDER):
        for one, other in ((left, right), (right, left)):
            if _is_number(look, one) and (_is_number(look, other) or look.inference.of(other) == Plain("number")):
                yield _on_number(look, node, one, "a comparison")
                return
    if isinstance(operator, ast.Eq | ast.NotEq):
        for one, other in ((left, right), (right, left)):
            is_compared = look.inference.of(other) == Plain("str") or _is_text(look, other)
            if _is_text(look, one) and is_compared:
                yield _on_text(look, node, one, "==" if isinstance(operator, ast.Eq) else "!=", "Fn.conditional(…)")
                return
    elif isinstance(operator, ast.In | ast.NotIn):
        if _is_text(look, right):
            yield _on_text(look, node, right, "in", "Fn.strcontains(…)")
        elif _is_list(look, right):
            yield _on_list(look, node, right, "in", "Fn.contains(…)", severity=Severity.SILENT_OUTAGE, error=None)


def _is_asserted(look: Look, node: ast.AST) -> bool:
    """Whether a test of the program compares: that fails by itself."""
    parents = look.program.outline.parents
    while not isinstance(node, ast.stmt) and node in parents:
        node = parents[node]
    return isinstance(node, ast.Assert)


def _truth(look: Look, test: ast.expr) -> Iterator[Wrong]:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        test = test.operand
    found = _token(look, test)
    if isinstance(test, ast.Attribute) and test.attr == "boolean_value" and _is_variable(look, test.value):
        found = Token(STR, "TerraformVariable.boolean_value")
    if found is None or found.type not in (STR, NUMBER):
        return
    yield Wrong(
        RULE,
        test,
        f"`{look.source(test)}` is asked for its truth value. It is a placeholder until apply, so it is always true.",
        fix="Decide by what the program knows, or by `Fn.conditional(…)`.",
        evidence={"value": found.source, "operation": "if"},
        severity=Severity.ADVICE,
    )


def _is_variable(look: Look, node: ast.expr) -> bool:
    found = look.inference.of(node)
    return isinstance(found, Instance) and found.of.name == "TerraformVariable"


def _loop(look: Look, iterated: ast.expr) -> Iterator[Wrong]:
    values = [iterated]
    if isinstance(iterated, ast.Call) and isinstance(iterated.func, ast.Name):
        values = iterated.args[:4] if iterated.func.id in ("enumerate", "sorted", "reversed", "zip") else []
    for value in values:
        if _is_list(look, value):
            fix = "TerraformIterator.from_list(…) with `for_each`, or `TerraformCount`"
            yield _on_list(look, iterated, value, "for", fix)


def _on_text(
    look: Look, node: ast.expr, value: ast.expr, operation: str, fix: str, *, raises: str | None = None
) -> Wrong:
    found = _token(look, value)
    name = found.source if found else ""
    outcome = (
        "the program stops" if raises else "the value stays as it is or the placeholder breaks, and nobody says so"
    )
    return Wrong(
        RULE,
        node,
        f"`{operation}` works on `{look.source(value)}` ({name}), which is a placeholder until apply: {outcome}.",
        fix=f"Use {f'`{fix}`' if '`' not in fix else fix}, which Terraform computes when the value is known.",
        aws_error=raises,
        evidence={"value": name, "operation": operation},
        severity=Severity.APPLY_FAILS if raises else Severity.ADVICE if _is_often_harmless(node) else None,
    )


def _is_often_harmless(node: ast.expr) -> bool:
    """Whether nothing happens to the placeholder, and the value is probably right without."""
    match node:
        case ast.Call(func=ast.Attribute(attr="strip" | "lstrip" | "rstrip"), args=[]):
            return True
        case ast.Subscript(slice=ast.Slice(lower=None, upper=ast.Constant(value=int(upper)), step=None)):
            return upper >= _LONGER_THAN_A_PLACEHOLDER
        case _:
            return False


def _on_number(look: Look, node: ast.expr, value: ast.expr, operation: str, *, raises: str | None = None) -> Wrong:
    found = _token(look, value)
    name = found.source if found else ""
    outcome = "the program stops" if raises else "the result is that of the placeholder, and nobody says so"
    return Wrong(
        RULE,
        node,
        f"{f'`{operation}`' if raises else operation[:1].upper() + operation[1:]} works on `{look.source(value)}` "
        f"({name}), whose value until apply is a placeholder, a number below -10^288: {outcome}.",
        fix="Use `TerraformCount.of(…)`, which Terraform counts."
        if raises
        else "Let Terraform compute it, with `Op.add(…)` and its like.",
        aws_error=raises,
        evidence={"value": name, "operation": operation},
        severity=Severity.APPLY_FAILS if raises else None,
    )


def _on_list(
    look: Look,
    node: ast.expr | ast.stmt,
    value: ast.expr,
    operation: str,
    fix: str = "Fn.element(…)",
    *,
    severity: Severity = Severity.APPLY_FAILS,
    error: str | None = _LIST_ERROR,
) -> Wrong:
    found = _token(look, value)
    name = found.source if found else ""
    return Wrong(
        RULE,
        node,
        f"`{operation}` works on `{look.source(value)}` ({name}), a list that is known after apply: "
        "until then it holds one placeholder for all of it, not its elements.",
        fix=f"Use `{fix}`." if "`" not in fix else f"Use {fix}.",
        aws_error=error,
        evidence={"value": name, "operation": operation},
        severity=severity,
    )


def _on_list_length(look: Look, node: ast.expr, value: ast.expr) -> Wrong:
    found = _token(look, value)
    name = found.source if found else ""
    return Wrong(
        RULE,
        node,
        f"`len()` of `{look.source(value)}` ({name}) is 1, however long the list is: it is known after apply only.",
        fix="Use `Fn.length_of(…)`.",
        evidence={"value": name, "operation": "len()"},
    )
