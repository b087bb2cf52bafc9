"""Writes HCL in Terraform's JSON syntax, so that one example is asked in both."""

from __future__ import annotations

import json
from typing import Any

from tercet.preflight.syntax import hcl
from tercet.preflight.syntax.tree import (
    Attribute,
    BlockSyntax,
    Body,
    Call,
    Conditional,
    Expression,
    For,
    Index,
    Joined,
    Literal,
    Name,
    Object,
    Operation,
    Splat,
    Tuple,
)

_UNEXPRESSIVE = ("depends_on", "provider", "type")


def as_json(text: str) -> dict[str, Any]:
    """Write a configuration in the JSON syntax."""
    document: dict[str, Any] = {}
    for block in hcl.read(text.encode(), "main.tf").blocks:
        if not block.labels:
            document.setdefault(block.type, []).append(_body(block.body, block))
            continue
        inner = document.setdefault(block.type, {})
        for label in block.labels[:-1]:
            inner = inner.setdefault(label, {})
        last = block.labels[-1]
        inner[last] = (
            [*([inner[last]] if last in inner else []), _body(block.body, block)]
            if last in inner
            else _body(block.body, block)
        )
    return document


def _body(body: Body, block: BlockSyntax) -> dict[str, Any]:
    made: dict[str, Any] = {name: _argument(name, one, block) for name, one in body.attributes.items()}
    for inner in body.blocks:
        if inner.type == "dynamic":
            made.setdefault("dynamic", {}).setdefault(inner.labels[0], []).append(_dynamic(inner))
        elif inner.labels:
            made.setdefault(inner.type, {})[inner.labels[0]] = _body(inner.body, block)
        else:
            made.setdefault(inner.type, []).append(_body(inner.body, block))
    return made


def _dynamic(block: BlockSyntax) -> dict[str, Any]:
    made = {name: _value(one) for name, one in block.body.attributes.items() if name != "iterator"}
    if isinstance(iterator := block.body.attributes.get("iterator"), Name):
        made["iterator"] = iterator.name
    return {**made, "content": _body(block.body.blocks_of("content")[0].body, block)}


def _argument(name: str, expression: Expression, block: BlockSyntax) -> Any:
    if name == "depends_on" and isinstance(expression, Tuple):
        return [source(item) for item in expression.items]
    if (name == "provider" and block.type in ("resource", "data")) or (name == "type" and block.type == "variable"):
        return source(expression)
    if name == "providers" and isinstance(expression, Object):
        return {
            source(key) if not isinstance(key, Literal) else key.value: source(one) for key, one in expression.items
        }
    if name == "default" and block.type == "variable":
        return _plain(expression)
    return _value(expression)


def _plain(expression: Expression) -> Any:
    if isinstance(expression, Literal):
        return expression.value
    if isinstance(expression, Tuple):
        return [_plain(item) for item in expression.items]
    assert isinstance(expression, Object)
    return {_plain(key): _plain(one) for key, one in expression.items}


def _value(expression: Expression) -> Any:
    if isinstance(expression, Literal):
        return _escaped(expression.value) if isinstance(expression.value, str) else expression.value
    if isinstance(expression, Tuple):
        return [_value(item) for item in expression.items]
    if isinstance(expression, Object) and all(isinstance(key, Literal) for key, _ in expression.items):
        return {_value(key): _value(one) for key, one in expression.items}
    if isinstance(expression, Joined):
        return "".join(_escaped(p.value) if isinstance(p, Literal) else f"${{{source(p)}}}" for p in expression.parts)
    return f"${{{source(expression)}}}"


def _escaped(text: str) -> str:
    return text.replace("${", "$${").replace("%{", "%%{")


def source(expression: Expression) -> str:
    """Write an expression as HCL."""
    match expression:
        case Literal(value):
            return json.dumps(_escaped(value)) if isinstance(value, str) else json.dumps(value)
        case Name(name):
            return name
        case Attribute(value, name):
            return f"{source(value)}.{name}"
        case Index(value, key):
            return f"{source(value)}[{source(key)}]"
        case Splat(value, each):
            return f"{source(value)}[*]{source(each).removeprefix('*')}"
        case Call(function, arguments, spread):
            return f"{function}({', '.join(map(source, arguments))}{'...' if spread else ''})"
        case Operation(operator, (one,)):
            return f"{operator}({source(one)})"
        case Operation(operator, (left, right)):
            return f"({source(left)} {operator} {source(right)})"
        case Conditional(condition, yes, no):
            return f"({source(condition)} ? {source(yes)} : {source(no)})"
        case Tuple(items):
            return f"[{', '.join(map(source, items))}]"
        case Object(items):
            return "{" + ", ".join(f"({source(key)}) = {source(one)}" for key, one in items) + "}"
        case Joined(parts):
            return (
                '"'
                + "".join(
                    json.dumps(_escaped(p.value))[1:-1] if isinstance(p, Literal) else f"${{{source(p)}}}"
                    for p in parts
                )
                + '"'
            )
        case For():
            return _for(expression)
    raise AssertionError(f"{expression} is not written as JSON")


def _for(one: For) -> str:
    names = f"{one.key_name}, {one.value_name}" if one.key_name else one.value_name
    condition = f" if {source(one.condition)}" if one.condition is not None else ""
    inner = source(one.value) + ("..." if one.grouped else "")
    if one.key is None:
        return f"[for {names} in {source(one.collection)} : {inner}{condition}]"
    return f"{{for {names} in {source(one.collection)} : {source(one.key)} => {inner}{condition}}}"
