"""What is asked of tree-sitter's nodes: their parts, their text, and where they stand."""

from __future__ import annotations

from tree_sitter import Node


class NotHclError(Exception):
    """The text is not HCL; `line` is where."""

    def __init__(self, node: Node, why: str) -> None:
        super().__init__(why)
        self.line = node.start_point[0] + 1


def parts_of(node: Node) -> list[Node]:
    """Return the children that are no comments."""
    return [child for child in node.children if child.type != "comment"]


def text_of(node: Node) -> str:
    """Return the text, as it stands."""
    return (node.text or b"").decode("utf-8", "surrogatepass")


def start_of(node: Node) -> str:
    """Return the beginning of the text, for a message."""
    text = (node.text or b"").decode("utf-8", "replace").splitlines() or [""]
    return repr(text[0][:40])


def pieces_of(node: Node, children: list[Node]) -> list[Node | str]:
    """Return the parts of a template and the white space between them, which the grammar passes over."""
    pieces: list[Node | str] = []
    data, start = node.text or b"", node.start_byte
    at = children[0].start_byte if children else start
    for child in children:
        if child.start_byte > at:
            pieces.append(data[at - start : child.start_byte - start].decode("utf-8", "surrogatepass"))
        pieces.append(child)
        at = child.end_byte
    return pieces
