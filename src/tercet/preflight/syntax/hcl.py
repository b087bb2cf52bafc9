"""Reads HCL, by tree-sitter's grammar of it, and templates wherever they stand."""

from __future__ import annotations

import functools
import re
from typing import Any, Final

import tree_sitter
import tree_sitter_hcl
from tree_sitter import Node

from tercet.errors import PreflightError
from tercet.preflight.findings import Source
from tercet.preflight.syntax import comments
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
    Opaque,
    Operation,
    Splat,
    Tuple,
)

MAX_BYTES: Final = 4 * 2**20
LARGE_BYTES: Final = 256 * 2**10
"""From here on, reading stops where it is not HCL: the parser would take long, and gigabytes, to make sense of it."""
MAX_DEPTH: Final = 100
"""Levels of nesting: a program of ours recurses once a level, and nobody nests deeper."""

NEWLINE: Final = b"\n"
_PIECE_BYTES: Final = 2**16
_EXPONENT: Final = re.compile(rb"(?<![\w.\"])(\d+)([eE][+-]?\d+)\b")
_OPERATORS: Final = frozenset(("+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "&&", "||"))
_ESCAPE: Final = re.compile(r'\\(?:([nrt"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))')
_ESCAPED: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


@functools.cache
def _language() -> tree_sitter.Language:
    return tree_sitter.Language(tree_sitter_hcl.language())


class _NotHclError(Exception):
    """The text is not HCL; `node` is where."""

    def __init__(self, node: Node, why: str) -> None:
        super().__init__(why)
        self.line = node.start_point[0] + 1


def read(data: bytes, file: str) -> Body:
    """Read one file.

    Raises
    ------
    PreflightError
        It is not HCL, larger than `MAX_BYTES`, or nested deeper than `MAX_DEPTH`.
    """
    text = _decoded(data, file)
    root = _root(text.encode("utf-8"), file)
    try:
        for child in root.children:
            if child.type == "body":
                return _Reader(file, comments.accepted(text)).body(child, 0)
            if child.type not in ("comment", ""):
                raise _NotHclError(child, f"{_start(child)} is not expected here")  # noqa: TRY301  (told with its line)
    except _NotHclError as error:
        raise PreflightError(f"{file}:{error.line} is not HCL: {error}.") from error
    return Body()


def parse(data: bytes, file: str) -> Node:
    """Parse one file into the nodes of its text, for who changes the text.

    Raises
    ------
    PreflightError
        It is not HCL, or larger than `MAX_BYTES`.
    """
    return _root(_decoded(data, file).encode("utf-8"), file)


def _decoded(data: bytes, file: str) -> str:
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
    root = _parse(f"x = <<END_OF_TEMPLATE\n{text}\nEND_OF_TEMPLATE\n".encode("utf-8", "surrogatepass"))
    try:
        expression = _Reader("", {}).body(root.children[0], 0).attributes["x"]
    except (_NotHclError, KeyError, IndexError):
        return Opaque(f"{text[:60]!r} is not a template")
    return _without_last_newline(expression)


def expression(text: str) -> Expression:
    """Read one expression, such as ``aws_vpc.main`` in ``depends_on`` of the JSON syntax."""
    return template("${" + text + "}")


def _without_last_newline(read: Expression) -> Expression:
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


def _parse(data: bytes) -> Node:
    return tree_sitter.Parser(_language()).parse(data).root_node


def _root(data: bytes, file: str) -> Node:
    read = _parse if len(data) < LARGE_BYTES else _parse_large
    root = read(data)
    if isinstance(root, int) or root.has_error:
        plain = _plain_numbers(data)
        root = read(plain) if plain != data else root
    if isinstance(root, int):
        raise PreflightError(f"{file}:{data.count(NEWLINE, 0, root) + 1} is not HCL, here or shortly before.")
    return root


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
    return _parse(data)  # once more, from one piece: the text of each node would be put together out of pieces


def _plain_numbers(data: bytes) -> bytes:
    """Write ``2e3`` as ``2.0e3``, the only form of the exponent that the grammar knows."""
    return _EXPONENT.sub(rb"\1.0\2", data)


def _start(node: Node) -> str:
    text = (node.text or b"").decode("utf-8", "replace").splitlines() or [""]
    return repr(text[0][:40])


class _Reader:
    """Turns tree-sitter's nodes into our tree."""

    def __init__(self, file: str, accepted: dict[int, list[dict[str, Any]]]) -> None:
        self.file = file
        self.accepted = accepted

    def body(self, node: Node, depth: int) -> Body:
        body = Body()
        for child in node.children:
            if child.type == "attribute":
                self._attribute(body, child, depth)
            elif child.type == "block":
                body.blocks.append(self._block(child, depth + 1))
            elif child.type != "comment":
                raise _NotHclError(child, f"{_start(child)} is neither an argument nor a block")
        return body

    def _attribute(self, body: Body, node: Node, depth: int) -> None:
        parts = _parts(node)
        if len(parts) != 3 or parts[0].type != "identifier" or node.has_error:
            raise _NotHclError(node, f"{_start(node)} is no argument")
        name = _text(parts[0])
        if name in body.attributes:
            raise _NotHclError(node, f"the argument {name!r} stands here twice")
        body.attributes[name] = self.read(parts[2], depth + 1)

    def _block(self, node: Node, depth: int) -> BlockSyntax:
        if depth > MAX_DEPTH:
            raise _NotHclError(node, f"it is nested deeper than {MAX_DEPTH} levels")
        kind, labels, body = "", [], Body()
        for child in node.children:
            if child.type == "identifier" and not kind:
                kind = _text(child)
            elif child.type == "identifier":
                labels.append(_text(child))
            elif child.type == "string_lit":
                labels.append(_quoted(child))
            elif child.type == "body":
                body = self.body(child, depth)
            elif child.type == "ERROR" or child.is_missing:
                raise _NotHclError(child, f"the block {kind!r} is not complete")
        line = node.start_point[0] + 1
        lines = [self.accepted.get(line - 1, []), self.accepted.get(line, [])]
        accepted = [entry for entries in lines for entry in entries]
        comment = {"preflight": accepted} if accepted else {}
        return BlockSyntax(kind, tuple(labels), body, Source(self.file, line), comment)

    def read(self, node: Node, depth: int) -> Expression:
        if depth > MAX_DEPTH:
            raise _NotHclError(node, f"it is nested deeper than {MAX_DEPTH} levels")
        if node.is_error or node.is_missing:
            raise _NotHclError(node, f"{_start(node)} is no expression")
        method = getattr(self, f"_read_{node.type}", None)
        if method is None:
            raise _NotHclError(node, f"{_start(node)} is not expected in an expression")
        read: Expression = method(node, depth + 1)
        return read

    def _read_expression(self, node: Node, depth: int) -> Expression:
        parts = _parts(node)
        if parts and parts[0].type == "(":
            if len(parts) < 3:
                raise _NotHclError(node, "a parenthesis is not closed")
            return self._steps(self.read(parts[1], depth), parts[3:], depth)
        if not parts:
            raise _NotHclError(node, "an expression is missing")
        return self._steps(self.read(parts[0], depth), parts[1:], depth)

    def _steps(self, value: Expression, steps: list[Node], depth: int) -> Expression:
        for step in steps:
            if step.type == "get_attr":
                value = Attribute(value, _text(_parts(step)[-1]))
            elif step.type == "index":
                value = self._index(value, step, depth)
            elif step.type == "splat":
                full = _parts(step)[0]
                value = Splat(value, self._steps(Name("*"), _parts(full)[1:], depth))
            else:
                raise _NotHclError(step, f"{_start(step)} does not follow a value")
        return value

    def _index(self, value: Expression, step: Node, depth: int) -> Expression:
        index = _parts(step)[0]
        if index.type == "legacy_index":
            return Index(value, Literal(int(_text(index)[1:] or 0)))
        return Index(value, self.read(_parts(index)[1], depth))

    def _read_literal_value(self, node: Node, _: int) -> Expression:
        child = _parts(node)[0]
        if child.type == "numeric_lit":
            return Literal(_number(_text(child), child))
        if child.type == "bool_lit":
            return Literal(_text(child) == "true")
        if child.type == "null_lit":
            return Literal(None)
        return Literal(_quoted(child))

    def _read_variable_expr(self, node: Node, _: int) -> Expression:
        return Name(_text(node))

    def _read_template_expr(self, node: Node, depth: int) -> Expression:
        return self.read(_parts(node)[0], depth)

    def _read_quoted_template(self, node: Node, depth: int) -> Expression:
        return self._template(_pieces(node, node.children), _unescaped, depth)

    def _read_string_lit(self, node: Node, _: int) -> Expression:
        return Literal(_quoted(node))

    def _read_heredoc_template(self, node: Node, depth: int) -> Expression:
        if len(node.children) < 3:
            raise _NotHclError(node, "a heredoc is not complete")
        start, mark, *inside = node.children
        if _text(start).startswith("<<-") and any(one.type == "template_directive" for one in inside):
            return self._unread(node, depth)
        read = self._template(_heredoc_pieces(node, mark, inside), _unescaped_heredoc, depth)
        joined = read if isinstance(read, Joined) else Joined((read,))
        return _collapsed(_unindented(joined) if _text(start).startswith("<<-") else joined)

    def _template(
        self, pieces: list[Node | str], unescape: Any, depth: int, strips: tuple[bool, bool] = (False, False)
    ) -> Expression:
        """Read the pieces of a template; `strips` tells whether ``~`` stands before and behind all of them."""
        parts: list[Expression] = []
        texts_and_nodes = _with_texts(pieces)
        for index, node in enumerate(texts_and_nodes):
            if isinstance(node, str):
                before = _strips(texts_and_nodes[index - 1])[1] if index else strips[0]
                last = index + 1 == len(texts_and_nodes)
                behind = strips[1] if last else _strips(texts_and_nodes[index + 1])[0]
                lines = [unescape(node)] if unescape is _unescaped else _lines(unescape(node))
                lines[0] = lines[0].lstrip() if before else lines[0]
                lines[-1] = lines[-1].rstrip() if behind else lines[-1]
                parts.append(Literal("".join(lines)))
            elif node.type == "template_interpolation":
                inside = [part for part in _parts(node) if part.is_named and part.type not in _MARKS]
                if len(inside) != 1:
                    raise _NotHclError(node, f"{_start(node)} holds no expression")
                parts.append(self.read(inside[0], depth))
            elif node.type == "template_directive":
                parts.append(self._directive(node, unescape, depth + 1))
            elif node.type not in ("quoted_template_start", "quoted_template_end"):
                raise _NotHclError(node, f"{_start(node)} is not expected in a template")
        if not parts:
            return Literal("")
        if len(parts) == 1:
            return parts[0]
        return _collapsed(Joined(tuple(parts)))

    def _unread(self, node: Node, depth: int) -> Expression:
        """Keep the expressions of a template whose text is not made: its indentation is that of several branches."""
        inside: list[Expression] = []
        stack = list(node.children)
        while stack:
            one = stack.pop()
            if one.type == "expression":
                inside.append(self.read(one, depth))
            else:
                stack.extend(one.children)
        return Opaque("an indented template with directives (<<- and %{…}) is not evaluated", tuple(inside))

    def _directive(self, node: Node, unescape: Any, depth: int) -> Expression:
        """Read ``%{ if }`` as a condition, and ``%{ for }`` as a list that is joined."""
        if depth > MAX_DEPTH:
            raise _NotHclError(node, f"it is nested deeper than {MAX_DEPTH} levels")
        inside = _parts(node)[0]
        opening, *body, closing = _pieces(inside, inside.children)
        if isinstance(opening, str) or isinstance(closing, str):
            raise _NotHclError(node, f"{_start(node)} is not complete")
        edges = (_strips(opening)[1], _strips(closing)[0])
        stated = [part for part in _parts(opening) if part.type == "expression"]
        if len(stated) != 1:
            raise _NotHclError(node, f"{_start(node)} holds no expression")
        expression = self.read(stated[0], depth)
        if inside.type == "template_for":
            names = [_text(part) for part in _parts(opening) if part.type == "identifier"]
            value = self._template(body, unescape, depth, edges)
            listed = For(names[0] if len(names) > 1 else None, names[-1], expression, None, value, None, grouped=False)
            return Call("join", (Literal(""), listed), spread=False)
        at = next((at for at, one in enumerate(body) if not isinstance(one, str) and one.type == _ELSE), len(body))
        middle = body[at] if at < len(body) else closing
        yes = self._template(body[:at], unescape, depth, (edges[0], _strips(middle)[0]))
        no = self._template(body[at + 1 :], unescape, depth, (_strips(middle)[1], edges[1]))
        return Conditional(expression, yes, no)

    def _read_collection_value(self, node: Node, depth: int) -> Expression:
        return self.read(_parts(node)[0], depth)

    def _read_tuple(self, node: Node, depth: int) -> Expression:
        return Tuple(tuple(self.read(part, depth) for part in _parts(node) if part.type == "expression"))

    def _read_object(self, node: Node, depth: int) -> Expression:
        items = []
        for element in _parts(node):
            if element.type != "object_elem":
                continue
            parts = [part for part in _parts(element) if part.type == "expression"]
            if len(parts) != 2:
                raise _NotHclError(element, f"{_start(element)} is no pair of key and value")
            key = self.read(parts[0], depth)
            bare = isinstance(key, Name) and not _text(parts[0]).startswith("(")
            items.append((Literal(key.name) if bare and isinstance(key, Name) else key, self.read(parts[1], depth)))
        return Object(tuple(items))

    def _read_for_expr(self, node: Node, depth: int) -> Expression:
        inner = _parts(node)[0]
        intro, condition, values = None, None, []
        for part in _parts(inner):
            if part.type == "for_intro":
                intro = part
            elif part.type == "for_cond":
                condition = self.read(_parts(part)[-1], depth)
            elif part.type == "expression":
                values.append(self.read(part, depth))
        if intro is None or not values:
            raise _NotHclError(node, "a for expression is not complete")
        names = [_text(part) for part in _parts(intro) if part.type == "identifier"]
        collection = next(part for part in _parts(intro) if part.type == "expression")
        key = values[0] if inner.type == "for_object_expr" and len(values) == 2 else None
        grouped = any(part.type == "ellipsis" for part in _parts(inner))
        return For(
            names[0] if len(names) == 2 else None,
            names[-1],
            self.read(collection, depth),
            key,
            values[-1],
            condition,
            grouped,
        )

    def _read_function_call(self, node: Node, depth: int) -> Expression:
        arguments: list[Expression] = []
        name, spread = [], False
        for part in _parts(node):
            if part.type == "identifier":
                name.append(_text(part))
            elif part.type == "function_arguments":
                for argument in _parts(part):
                    if argument.type == "expression":
                        arguments.append(self.read(argument, depth))
                    elif argument.type == "ellipsis":
                        spread = True
        return Call("::".join(name), tuple(arguments), spread)

    def _read_operation(self, node: Node, depth: int) -> Expression:
        return self.read(_parts(node)[0], depth)

    def _read_unary_operation(self, node: Node, depth: int) -> Expression:
        operator, *operand = _parts(node)
        if not operand:
            raise _NotHclError(node, f"{_start(node)} lacks an operand")
        return Operation(_text(operator), (self._chain(operand, depth),))

    def _read_binary_operation(self, node: Node, depth: int) -> Expression:
        parts = _parts(node)
        at = next((i for i, part in enumerate(parts) if part.type in _OPERATORS), 0)
        if not 0 < at < len(parts) - 1:
            raise _NotHclError(node, f"{_start(node)} lacks an operator or an operand")
        left, right = self._chain(parts[:at], depth), self._chain(parts[at + 1 :], depth)
        return Operation(_text(parts[at]), (left, right))

    def _chain(self, nodes: list[Node], depth: int) -> Expression:
        """Read a value and the steps after it, which the grammar does not wrap in an expression inside an operation."""
        if nodes[0].type == "(":
            return self._steps(self.read(nodes[1], depth), nodes[3:], depth)
        return self._steps(self.read(nodes[0], depth), nodes[1:], depth)

    def _read_conditional(self, node: Node, depth: int) -> Expression:
        parts = [part for part in _parts(node) if part.is_named]
        if len(parts) != 3:
            raise _NotHclError(node, "a condition is not complete")
        return Conditional(*(self.read(part, depth) for part in parts))


def _parts(node: Node) -> list[Node]:
    return [child for child in node.children if child.type != "comment"]


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "surrogatepass")


def _number(text: str, node: Node) -> int | float:
    try:
        return int(text) if len(text) < 400 else float("inf")
    except ValueError:
        pass
    try:
        number = float.fromhex(text) if text.startswith("0x") else float(text)
    except (ValueError, OverflowError) as error:
        raise _NotHclError(node, f"{text[:40]!r} is no number") from error
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _pieces(node: Node, children: list[Node]) -> list[Node | str]:
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


_MARKS: Final = ("strip_marker", "template_interpolation_start", "template_interpolation_end")
_ELSE: Final = "template_else_intro"


def _with_texts(pieces: list[Node | str]) -> list[Node | str]:
    """Return the pieces of a template with its text as strings, each as long as it can be."""
    merged: list[Node | str] = []
    for piece in pieces:
        one = _text(piece) if not isinstance(piece, str) and piece.type == "template_literal" else piece
        if isinstance(one, str) and merged and isinstance(merged[-1], str):
            merged[-1] += one
        else:
            merged.append(one)
    return merged


def _lines(text: str) -> list[str]:
    """Split the text of a heredoc into its lines, newlines included: a ``~`` strips in the line next to it alone."""
    *lines, last = (line + "\n" for line in text.split("\n"))
    return [*lines, last[:-1]] if last != "\n" or not lines else lines


def _strips(piece: Node | str) -> tuple[bool, bool]:
    """Tell whether a ``~`` in an interpolation or directive strips the text before it, and the text behind it."""
    if isinstance(piece, str) or not piece.children:
        return False, False
    if piece.type == "template_directive":
        inside = piece.children[0]
        return _strips(inside.children[0])[0], _strips(inside.children[-1])[1]
    marks = [child.type == "strip_marker" for child in piece.children]
    return (marks[1], marks[-2]) if len(marks) > 2 else (False, False)


def _heredoc_pieces(node: Node, mark: Node, inside: list[Node]) -> list[Node | str]:
    """Return the parts of a heredoc: from the line after its mark to the end of the line before the mark returns."""
    pieces = _pieces(node, [mark, *inside])[1:-1]
    if pieces and isinstance(pieces[0], str):
        pieces[0] = pieces[0].partition("\n")[2]
    if pieces and isinstance(pieces[-1], str):
        before, newline, _indent = pieces[-1].rpartition("\n")
        pieces[-1] = before + newline
    return [piece for piece in pieces if piece != ""]


def _quoted(node: Node) -> str:
    found = (part if isinstance(part, str) else _text(part) for part in _pieces(node, node.children)[1:-1])
    return "".join(map(_unescaped, found))


def _unescaped(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        short, four, eight = match.groups()
        if short:
            return _ESCAPED[short]
        number = int(four or eight, 16)
        return chr(number) if number < 0x110000 else "\ufffd"

    return _unescaped_heredoc(_ESCAPE.sub(one, text) if "\\" in text else text)


def _unescaped_heredoc(text: str) -> str:
    return text.replace("$${", "${").replace("%%{", "%{")


def _collapsed(joined: Joined) -> Expression:
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


def _unindented(joined: Joined) -> Joined:
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
