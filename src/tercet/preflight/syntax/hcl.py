"""Reads HCL, and templates wherever they stand."""

from __future__ import annotations

import functools

from tercet.errors import PreflightError
from tercet.preflight.syntax import comments, parsing, templates
from tercet.preflight.syntax.nodes import NotHclError, start_of
from tercet.preflight.syntax.reader import Reader
from tercet.preflight.syntax.tree import Body, Expression, Literal, Opaque


def read(data: bytes, file: str) -> Body:
    """Read one file.

    Raises
    ------
    PreflightError
        It is not HCL, larger than `parsing.MAX_BYTES`, or nested deeper than `reader.MAX_DEPTH`.
    """
    text = parsing.decode(data, file)
    root = parsing.parse(text, file)
    try:
        for child in root.children:
            if child.type == "body":
                return Reader(file, comments.accepted(text)).body(child, 0)
            if child.type not in ("comment", ""):
                raise NotHclError(child, f"{start_of(child)} is not expected here")  # noqa: TRY301  (told with its line)
    except NotHclError as error:
        raise PreflightError(f"{file}:{error.line} is not HCL: {error}.") from error
    return Body()


@functools.lru_cache(maxsize=50_000)
def template(text: str) -> Expression:
    """Read a string of the JSON syntax, which is a template (``"${aws_vpc.main.id}"``).

    What is no template becomes `Opaque`: Terraform refuses it with a message of its own.
    """
    if "${" not in text and "%{" not in text:
        return Literal(text)
    # In a heredoc nothing has to be escaped; the newline that ends it is cut off again.
    if "\nEND_OF_TEMPLATE" in text:
        return Opaque("its text cannot be read")
    root = parsing.parse_fragment(f"x = <<END_OF_TEMPLATE\n{text}\nEND_OF_TEMPLATE\n")
    try:
        expression = Reader("", {}).body(root.children[0], 0).attributes["x"]
    except (NotHclError, KeyError, IndexError):
        return Opaque(f"{text[:60]!r} is not a template")
    return templates.without_last_newline(expression)


def expression(text: str) -> Expression:
    """Read one expression, such as ``aws_vpc.main`` in ``depends_on`` of the JSON syntax."""
    return template("${" + text + "}")
