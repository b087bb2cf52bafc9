"""Statements as text for a server that speaks MySQL's protocol, with their values in it.

Prepared statements would pin a connection of RDS Proxy ("Avoiding pinning an RDS Proxy", Amazon Aurora User Guide), and
take a round trip more. So does a text of more than 16 KB pin it, for as long as the connection lives: only a payment
with much metadata makes one.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Final

from tercet.payments.database import Statement, Value
from tercet.payments.errors import RefusedError

_TOKEN: Final = re.compile(
    r"""'[^']*' | "[^"]*" | `[^`]*` | --[^\n]* | /\*.*?\*/ | (?<![:\w]):([A-Za-z_]\w*)""", re.VERBOSE | re.DOTALL
)
"""What is left alone (quoted text, in which a doubled quote is two texts side by side, and comments), or a placeholder.
"""


def render(statement: Statement) -> str:
    """Put a statement's values into its text.

    Raises
    ------
    RefusedError
        The statement has no value for one of its placeholders, or one that no column can hold.
    """
    pieces, names = _compiled(statement.sql)
    try:
        values = [literal(statement.values[name]) for name in names]
    except KeyError as error:
        raise RefusedError(f"A statement was given no value for :{error.args[0]}.") from error
    rendered = [pieces[0]]
    for value, piece in zip(values, pieces[1:], strict=True):
        rendered += (value, piece)
    return "".join(rendered)


def literal(value: Value) -> str:
    r"""Write a value in SQL, in a form that means the same in every SQL mode.

    Whether ``\`` escapes depends on the mode (``NO_BACKSLASH_ESCAPES``), and through a proxy a client cannot know it:
    so a text that holds one is written in hexadecimal, as is one that holds NUL. All else may stand between quotes as
    it is, if quotes are doubled ("String Literals" and "Hexadecimal Literals", MySQL 8.0 Reference Manual).

    Raises
    ------
    RefusedError
        It is neither text, whole number nor ``None``, or a text that UTF-8 cannot express.
    """
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(int(value))
    if not isinstance(value, str):
        raise RefusedError(f"A value of type {type(value).__name__} was given for a column.")
    try:
        encoded = value.encode()
    except UnicodeEncodeError as error:
        raise RefusedError("A text was given for a column that is not Unicode: half of a surrogate pair.") from error
    if b"\\" in encoded or b"\0" in encoded:
        return f"_utf8mb4 X'{encoded.hex()}'"
    return "'" + value.replace("'", "''") + "'"


def join(statements: Sequence[str]) -> str:
    """Make one text of statements that are to be committed together; one alone commits itself."""
    if len(statements) == 1:
        return statements[0]
    return "; ".join(("BEGIN", *statements, "COMMIT"))


@functools.lru_cache(maxsize=512)
def _compiled(sql: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Take a text apart: the pieces around its placeholders, and the placeholders' names."""
    if "\\" in sql:
        raise RefusedError("A statement's own text holds a backslash, which is not read alike everywhere.")
    pieces, names, begin = [], [], 0
    for token in _TOKEN.finditer(sql):
        if token[1]:
            pieces.append(sql[begin : token.start()])
            names.append(token[1])
            begin = token.end()
    pieces.append(sql[begin:].rstrip())
    return tuple(pieces), tuple(names)
