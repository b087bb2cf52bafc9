"""Ids made of what is known after apply: the id of a construct is needed at synth."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from tercet.preflight.programs.bindings import BindingClass
from tercet.preflight.programs.found import Look, Wrong
from tercet.preflight.programs.inference import Token
from tercet.preflight.programs.types import STR

RULE: Final = "program-token-as-id"


def check(look: Look) -> Iterator[Wrong]:
    """Yield the constructs whose id holds a placeholder."""
    for node in look.program.outline.nodes:
        match node:
            case ast.Call(args=[_, id_, *_]) if token := _token_in(look, id_):
                made = look.inference.of(node.func)
                if isinstance(made, BindingClass) and made.is_named:
                    yield _wrong(look, node, id_, token)
            case _:
                pass


def _token_in(look: Look, node: ast.expr) -> Token | None:
    match node:
        case ast.JoinedStr(values=values):
            parts = [one.value for one in values if isinstance(one, ast.FormattedValue)]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            parts = [left, right]
        case _:
            parts = [node]
    found = (look.inference.of(one) for one in parts)
    return next((one for one in found if isinstance(one, Token) and one.type == STR), None)


def _wrong(look: Look, node: ast.Call, id_: ast.expr, token: Token) -> Wrong:
    return Wrong(
        RULE,
        id_,
        f"The id of this `{look.source(node.func)}` holds {token.source}, which is known after apply: "
        "the program stops before it writes anything.",
        fix="Make the id of what the program knows, such as the name that it gave to the other resource.",
        aws_error="RuntimeError: You cannot use a token (e.g., a reference to an attribute) as the id of a construct.",
        evidence={"value": token.source, "id": look.source(id_)},
    )
