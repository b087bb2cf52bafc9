"""Turns the nodes of tree-sitter's grammar of HCL into the tree that both syntaxes share."""

from __future__ import annotations

from typing import Any, Final

from tree_sitter import Node

from tercet.preflight.findings import Source
from tercet.preflight.syntax import templates
from tercet.preflight.syntax.nodes import NotHclError, parts_of, pieces_of, start_of, text_of
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

MAX_DEPTH: Final = 100
"""Levels of nesting: a program of ours recurses once a level, and nobody nests deeper."""

_OPERATORS: Final = frozenset(("+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "&&", "||"))
_MARKS: Final = ("strip_marker", "template_interpolation_start", "template_interpolation_end")
_ELSE: Final = "template_else_intro"


class Reader:
    """Turns tree-sitter's nodes into our tree."""

    def __init__(self, file: str, accepted: dict[int, list[dict[str, Any]]]) -> None:
        self.file = file
        self.accepted = accepted

    def body(self, node: Node, depth: int) -> Body:
        """Read the arguments and blocks of a file or block."""
        body = Body()
        for child in node.children:
            if child.type == "attribute":
                self._attribute(body, child, depth)
            elif child.type == "block":
                body.blocks.append(self._block(child, depth + 1))
            elif child.type != "comment":
                raise NotHclError(child, f"{start_of(child)} is neither an argument nor a block")
        return body

    def _attribute(self, body: Body, node: Node, depth: int) -> None:
        parts = parts_of(node)
        if len(parts) != 3 or parts[0].type != "identifier" or node.has_error:
            raise NotHclError(node, f"{start_of(node)} is no argument")
        name = text_of(parts[0])
        if name in body.attributes:
            raise NotHclError(node, f"the argument {name!r} stands here twice")
        body.attributes[name] = self.read(parts[2], depth + 1)

    def _block(self, node: Node, depth: int) -> BlockSyntax:
        if depth > MAX_DEPTH:
            raise NotHclError(node, f"it is nested deeper than {MAX_DEPTH} levels")
        kind, labels, body = "", [], Body()
        for child in node.children:
            if child.type == "identifier" and not kind:
                kind = text_of(child)
            elif child.type == "identifier":
                labels.append(text_of(child))
            elif child.type == "string_lit":
                labels.append(templates.quoted(child))
            elif child.type == "body":
                body = self.body(child, depth)
            elif child.type == "ERROR" or child.is_missing:
                raise NotHclError(child, f"the block {kind!r} is not complete")
        line = node.start_point[0] + 1
        lines = [self.accepted.get(line - 1, []), self.accepted.get(line, [])]
        accepted = [entry for entries in lines for entry in entries]
        comment = {"preflight": accepted} if accepted else {}
        return BlockSyntax(kind, tuple(labels), body, Source(self.file, line), comment)

    def read(self, node: Node, depth: int) -> Expression:
        """Read one expression."""
        if depth > MAX_DEPTH:
            raise NotHclError(node, f"it is nested deeper than {MAX_DEPTH} levels")
        if node.is_error or node.is_missing:
            raise NotHclError(node, f"{start_of(node)} is no expression")
        method = getattr(self, f"_read_{node.type}", None)
        if method is None:
            raise NotHclError(node, f"{start_of(node)} is not expected in an expression")
        read: Expression = method(node, depth + 1)
        return read

    def _read_expression(self, node: Node, depth: int) -> Expression:
        parts = parts_of(node)
        if parts and parts[0].type == "(":
            if len(parts) < 3:
                raise NotHclError(node, "a parenthesis is not closed")
            return self._steps(self.read(parts[1], depth), parts[3:], depth)
        if not parts:
            raise NotHclError(node, "an expression is missing")
        return self._steps(self.read(parts[0], depth), parts[1:], depth)

    def _steps(self, value: Expression, steps: list[Node], depth: int) -> Expression:
        for step in steps:
            if step.type == "get_attr":
                value = Attribute(value, text_of(parts_of(step)[-1]))
            elif step.type == "index":
                value = self._index(value, step, depth)
            elif step.type == "splat":
                full = parts_of(step)[0]
                value = Splat(value, self._steps(Name("*"), parts_of(full)[1:], depth))
            else:
                raise NotHclError(step, f"{start_of(step)} does not follow a value")
        return value

    def _index(self, value: Expression, step: Node, depth: int) -> Expression:
        index = parts_of(step)[0]
        if index.type == "legacy_index":
            return Index(value, Literal(int(text_of(index)[1:] or 0)))
        return Index(value, self.read(parts_of(index)[1], depth))

    def _read_literal_value(self, node: Node, _: int) -> Expression:
        child = parts_of(node)[0]
        if child.type == "numeric_lit":
            return Literal(_number(text_of(child), child))
        if child.type == "bool_lit":
            return Literal(text_of(child) == "true")
        if child.type == "null_lit":
            return Literal(None)
        return Literal(templates.quoted(child))

    def _read_variable_expr(self, node: Node, _: int) -> Expression:
        return Name(text_of(node))

    def _read_template_expr(self, node: Node, depth: int) -> Expression:
        return self.read(parts_of(node)[0], depth)

    def _read_quoted_template(self, node: Node, depth: int) -> Expression:
        return self._template(pieces_of(node, node.children), templates.unescaped, depth)

    def _read_string_lit(self, node: Node, _: int) -> Expression:
        return Literal(templates.quoted(node))

    def _read_heredoc_template(self, node: Node, depth: int) -> Expression:
        if len(node.children) < 3:
            raise NotHclError(node, "a heredoc is not complete")
        start, mark, *inside = node.children
        if text_of(start).startswith("<<-") and any(one.type == "template_directive" for one in inside):
            return self._unread(node, depth)
        read = self._template(templates.heredoc_pieces(node, mark, inside), templates.unescaped_heredoc, depth)
        joined = read if isinstance(read, Joined) else Joined((read,))
        return templates.collapsed(templates.unindented(joined) if text_of(start).startswith("<<-") else joined)

    def _template(
        self, pieces: list[Node | str], unescape: Any, depth: int, strips: tuple[bool, bool] = (False, False)
    ) -> Expression:
        """Read the pieces of a template; `strips` tells whether ``~`` stands before and behind all of them."""
        parts: list[Expression] = []
        texts_and_nodes = templates.with_texts(pieces)
        for index, node in enumerate(texts_and_nodes):
            if isinstance(node, str):
                before = templates.strips(texts_and_nodes[index - 1])[1] if index else strips[0]
                last = index + 1 == len(texts_and_nodes)
                behind = strips[1] if last else templates.strips(texts_and_nodes[index + 1])[0]
                lines = [unescape(node)] if unescape is templates.unescaped else templates.lines(unescape(node))
                lines[0] = lines[0].lstrip() if before else lines[0]
                lines[-1] = lines[-1].rstrip() if behind else lines[-1]
                parts.append(Literal("".join(lines)))
            elif node.type == "template_interpolation":
                inside = [part for part in parts_of(node) if part.is_named and part.type not in _MARKS]
                if len(inside) != 1:
                    raise NotHclError(node, f"{start_of(node)} holds no expression")
                parts.append(self.read(inside[0], depth))
            elif node.type == "template_directive":
                parts.append(self._directive(node, unescape, depth + 1))
            elif node.type not in ("quoted_template_start", "quoted_template_end"):
                raise NotHclError(node, f"{start_of(node)} is not expected in a template")
        if not parts:
            return Literal("")
        if len(parts) == 1:
            return parts[0]
        return templates.collapsed(Joined(tuple(parts)))

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
            raise NotHclError(node, f"it is nested deeper than {MAX_DEPTH} levels")
        inside = parts_of(node)[0]
        opening, *body, closing = pieces_of(inside, inside.children)
        if isinstance(opening, str) or isinstance(closing, str):
            raise NotHclError(node, f"{start_of(node)} is not complete")
        edges = (templates.strips(opening)[1], templates.strips(closing)[0])
        stated = [part for part in parts_of(opening) if part.type == "expression"]
        if len(stated) != 1:
            raise NotHclError(node, f"{start_of(node)} holds no expression")
        expression = self.read(stated[0], depth)
        if inside.type == "template_for":
            names = [text_of(part) for part in parts_of(opening) if part.type == "identifier"]
            value = self._template(body, unescape, depth, edges)
            listed = For(names[0] if len(names) > 1 else None, names[-1], expression, None, value, None, grouped=False)
            return Call("join", (Literal(""), listed), spread=False)
        at = next((at for at, one in enumerate(body) if not isinstance(one, str) and one.type == _ELSE), len(body))
        middle = body[at] if at < len(body) else closing
        yes = self._template(body[:at], unescape, depth, (edges[0], templates.strips(middle)[0]))
        no = self._template(body[at + 1 :], unescape, depth, (templates.strips(middle)[1], edges[1]))
        return Conditional(expression, yes, no)

    def _read_collection_value(self, node: Node, depth: int) -> Expression:
        return self.read(parts_of(node)[0], depth)

    def _read_tuple(self, node: Node, depth: int) -> Expression:
        return Tuple(tuple(self.read(part, depth) for part in parts_of(node) if part.type == "expression"))

    def _read_object(self, node: Node, depth: int) -> Expression:
        items = []
        for element in parts_of(node):
            if element.type != "object_elem":
                continue
            parts = [part for part in parts_of(element) if part.type == "expression"]
            if len(parts) != 2:
                raise NotHclError(element, f"{start_of(element)} is no pair of key and value")
            key = self.read(parts[0], depth)
            bare = isinstance(key, Name) and not text_of(parts[0]).startswith("(")
            items.append((Literal(key.name) if bare and isinstance(key, Name) else key, self.read(parts[1], depth)))
        return Object(tuple(items))

    def _read_for_expr(self, node: Node, depth: int) -> Expression:
        inner = parts_of(node)[0]
        intro, condition, values = None, None, []
        for part in parts_of(inner):
            if part.type == "for_intro":
                intro = part
            elif part.type == "for_cond":
                condition = self.read(parts_of(part)[-1], depth)
            elif part.type == "expression":
                values.append(self.read(part, depth))
        if intro is None or not values:
            raise NotHclError(node, "a for expression is not complete")
        names = [text_of(part) for part in parts_of(intro) if part.type == "identifier"]
        collection = next(part for part in parts_of(intro) if part.type == "expression")
        key = values[0] if inner.type == "for_object_expr" and len(values) == 2 else None
        grouped = any(part.type == "ellipsis" for part in parts_of(inner))
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
        for part in parts_of(node):
            if part.type == "identifier":
                name.append(text_of(part))
            elif part.type == "function_arguments":
                for argument in parts_of(part):
                    if argument.type == "expression":
                        arguments.append(self.read(argument, depth))
                    elif argument.type == "ellipsis":
                        spread = True
        return Call("::".join(name), tuple(arguments), spread)

    def _read_operation(self, node: Node, depth: int) -> Expression:
        return self.read(parts_of(node)[0], depth)

    def _read_unary_operation(self, node: Node, depth: int) -> Expression:
        operator, *operand = parts_of(node)
        if not operand:
            raise NotHclError(node, f"{start_of(node)} lacks an operand")
        return Operation(text_of(operator), (self._chain(operand, depth),))

    def _read_binary_operation(self, node: Node, depth: int) -> Expression:
        parts = parts_of(node)
        at = next((i for i, part in enumerate(parts) if part.type in _OPERATORS), 0)
        if not 0 < at < len(parts) - 1:
            raise NotHclError(node, f"{start_of(node)} lacks an operator or an operand")
        left, right = self._chain(parts[:at], depth), self._chain(parts[at + 1 :], depth)
        return Operation(text_of(parts[at]), (left, right))

    def _chain(self, nodes: list[Node], depth: int) -> Expression:
        """Read a value and the steps after it, which the grammar does not wrap in an expression inside an operation."""
        if nodes[0].type == "(":
            return self._steps(self.read(nodes[1], depth), nodes[3:], depth)
        return self._steps(self.read(nodes[0], depth), nodes[1:], depth)

    def _read_conditional(self, node: Node, depth: int) -> Expression:
        parts = [part for part in parts_of(node) if part.is_named]
        if len(parts) != 3:
            raise NotHclError(node, "a condition is not complete")
        return Conditional(*(self.read(part, depth) for part in parts))


def _number(text: str, node: Node) -> int | float:
    try:
        return int(text) if len(text) < 400 else float("inf")
    except ValueError:
        pass
    try:
        number = float.fromhex(text) if text.startswith("0x") else float(text)
    except (ValueError, OverflowError) as error:
        raise NotHclError(node, f"{text[:40]!r} is no number") from error
    return int(number) if number.is_integer() and abs(number) < 2**53 else number
