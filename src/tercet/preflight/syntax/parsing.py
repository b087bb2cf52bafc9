"""Bytes of a file, or a fragment of text, to the nodes of tree-sitter's grammar of HCL."""

from __future__ import annotations

import functools
import re
from typing import Final

import tree_sitter
import tree_sitter_hcl
from tree_sitter import Node

from tercet.errors import PreflightError

MAX_BYTES: Final = 4 * 2**20
LARGE_BYTES: Final = 256 * 2**10
"""From here on, reading stops where it is not HCL: the parser would take long, and gigabytes, to make sense of it."""

NEWLINE: Final = b"\n"
_PIECE_BYTES: Final = 2**16
_EXPONENT: Final = re.compile(rb"(?<![\w.\"])(\d+)([eE][+-]?\d+)\b")


def decode(data: bytes, file: str) -> str:
    """Return the text of a file.

    Raises
    ------
    PreflightError
        It is larger than `MAX_BYTES`, not UTF-8, or holds a zero byte.
    """
    if len(data) > MAX_BYTES:
        raise PreflightError(
            f"{file} is larger than {MAX_BYTES >> 20} MiB: no HCL that a person keeps is. Was it meant?"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PreflightError(
            f"{file} is not UTF-8, as Terraform's files are: {error.reason} at byte {error.start}."
        ) from error
    if "\0" in text:
        raise PreflightError(f"{file} holds a zero byte: it is no Terraform file.")
    return text


def parse(text: str, file: str) -> Node:
    """Parse the text of a file into its nodes.

    Raises
    ------
    PreflightError
        It is not HCL.
    """
    data = text.encode("utf-8")
    read = _parse_whole if len(data) < LARGE_BYTES else _parse_large
    root = read(data)
    if isinstance(root, int) or root.has_error:
        plain = _plain_numbers(data)
        root = read(plain) if plain != data else root
    if isinstance(root, int):
        raise PreflightError(f"{file}:{data.count(NEWLINE, 0, root) + 1} is not HCL, here or shortly before.")
    return root


def parse_fragment(text: str) -> Node:
    """Parse a few lines into their nodes; what is not HCL is a node of type ``ERROR``."""
    return _parse_whole(text.encode("utf-8", "surrogatepass"))


def _parse_whole(data: bytes) -> Node:
    return tree_sitter.Parser(_language()).parse(data).root_node


def _parse_large(data: bytes) -> Node | int:
    """Parse as far as it is HCL: return the tree, or how far that was."""
    reached = 0

    def is_wrong(offset: int, has_error: bool) -> bool:
        nonlocal reached
        reached = offset
        return has_error

    def piece(offset: int, _: object) -> bytes:
        return data[offset : offset + _PIECE_BYTES]

    try:
        tree_sitter.Parser(_language()).parse(piece, progress_callback=is_wrong)
    except ValueError:
        return reached
    return _parse_whole(data)  # once more, from one piece: the text of each node would be put together out of pieces


def _plain_numbers(data: bytes) -> bytes:
    """Write ``2e3`` as ``2.0e3``, the only form of the exponent that the grammar knows."""
    return _EXPONENT.sub(rb"\1.0\2", data)


@functools.cache
def _language() -> tree_sitter.Language:
    return tree_sitter.Language(tree_sitter_hcl.language())
