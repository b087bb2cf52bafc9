"""The text of templates: what is written between interpolations and directives, and what it means."""

from __future__ import annotations

import re
from typing import Final

from tree_sitter import Node

from tercet.preflight.syntax.nodes import pieces_of, text_of
from tercet.preflight.syntax.tree import Expression, Joined, Literal

_ESCAPE: Final = re.compile(r'\\(?:([nrt"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))')
_ESCAPED: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def with_texts(pieces: list[Node | str]) -> list[Node | str]:
    """Return the pieces of a template with its text as strings, each as long as it can be."""
    merged: list[Node | str] = []
    for piece in pieces:
        one = text_of(piece) if not isinstance(piece, str) and piece.type == "template_literal" else piece
        if isinstance(one, str) and merged and isinstance(merged[-1], str):
            merged[-1] += one
        else:
            merged.append(one)
    return merged


def lines(text: str) -> list[str]:
    """Split the text of a heredoc into its lines, newlines included: a ``~`` strips in the line next to it alone."""
    *lines, last = (line + "\n" for line in text.split("\n"))
    return [*lines, last[:-1]] if last != "\n" or not lines else lines


def strips(piece: Node | str) -> tuple[bool, bool]:
    """Tell whether a ``~`` in an interpolation or directive strips the text before it, and the text behind it."""
    if isinstance(piece, str) or not piece.children:
        return False, False
    if piece.type == "template_directive":
        inside = piece.children[0]
        return strips(inside.children[0])[0], strips(inside.children[-1])[1]
    marks = [child.type == "strip_marker" for child in piece.children]
    return (marks[1], marks[-2]) if len(marks) > 2 else (False, False)


def heredoc_pieces(node: Node, mark: Node, inside: list[Node]) -> list[Node | str]:
    """Return the parts of a heredoc: from the line after its mark to the end of the line before the mark returns."""
    pieces = pieces_of(node, [mark, *inside])[1:-1]
    if pieces and isinstance(pieces[0], str):
        pieces[0] = pieces[0].partition("\n")[2]
    if pieces and isinstance(pieces[-1], str):
        before, newline, _indent = pieces[-1].rpartition("\n")
        pieces[-1] = before + newline
    return [piece for piece in pieces if piece != ""]


def quoted(node: Node) -> str:
    """Return the text of a quoted string that is no template."""
    found = (part if isinstance(part, str) else text_of(part) for part in pieces_of(node, node.children)[1:-1])
    return "".join(map(unescaped, found))


def unescaped(text: str) -> str:
    """Return what stands in quotes as it is meant."""

    def one(match: re.Match[str]) -> str:
        short, four, eight = match.groups()
        if short:
            return _ESCAPED[short]
        number = int(four or eight, 16)
        return chr(number) if number < 0x110000 else "\ufffd"

    return unescaped_heredoc(_ESCAPE.sub(one, text) if "\\" in text else text)


def unescaped_heredoc(text: str) -> str:
    """Return what stands in a heredoc as it is meant: only ``${`` and ``%{`` are escaped there."""
    return text.replace("$${", "${").replace("%%{", "%{")


def collapsed(joined: Joined) -> Expression:
    """Join neighbouring texts; what is one text and nothing else is a literal."""
    parts: list[Expression] = []
    for part in joined.parts:
        last = parts[-1] if parts else None
        if (
            isinstance(part, Literal)
            and isinstance(part.value, str)
            and isinstance(last, Literal)
            and isinstance(last.value, str)
        ):
            parts[-1] = Literal(last.value + part.value)
        else:
            parts.append(part)
    return parts[0] if len(parts) == 1 and isinstance(parts[0], Literal) else Joined(tuple(parts))


def unindented(joined: Joined) -> Joined:
    """Take the smallest indentation away from every line, as ``<<-`` does."""
    text = "".join(
        part.value if isinstance(part, Literal) and isinstance(part.value, str) else "x" for part in joined.parts
    )
    indents = [len(line) - len(line.lstrip(" ")) for line in text.split("\n") if line.strip()]
    cut = re.compile(rf"^ {{0,{min(indents, default=0)}}}", re.MULTILINE)
    parts: list[Expression] = []
    fresh = True
    for part in joined.parts:
        if isinstance(part, Literal) and isinstance(part.value, str):
            # The first line of a part that follows an interpolation goes on in a line that was begun before it.
            head, newline, tail = part.value.partition("\n")
            part_text = (cut.sub("", head) if fresh else head) + newline + cut.sub("", tail)
            parts.append(Literal(part_text))
        else:
            parts.append(part)
        fresh = False
    return Joined(tuple(parts))


def without_last_newline(read: Expression) -> Expression:
    """Take the newline away that ends a heredoc."""
    if isinstance(read, Literal):
        return Literal(read.value[:-1])
    if isinstance(read, Joined):
        *parts, last = read.parts
        if isinstance(last, Literal) and isinstance(last.value, str):
            if len(last.value) > 1:
                parts.append(Literal(last.value[:-1]))
        else:
            parts.append(last)
        return parts[0] if len(parts) == 1 else Joined(tuple(parts))
    return read
