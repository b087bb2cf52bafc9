"""Brings together what a plan knows of an argument and what its configuration refers to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tercet.preflight.knowledge.schema import BlockSchema
from tercet.preflight.plan.aligning import aligned
from tercet.preflight.plan.expressions import Place, is_value_elsewhere, is_variable, references
from tercet.preflight.values import Reference, Text, Unknown, Value

MAX_DEPTH: Final = 60
_LISTS: Final = ("list(", "set(")
_LATER: Final = "it is known only after apply"
_IDENTIFIER: Final = re.compile(r"(\w+_)?id")
_IDENTIFIERS: Final = re.compile(r"(\w+_)?ids?")
_ALSO_IDENTIFIERS: Final = frozenset(("cluster", "security_groups", "subnets"))
"""Arguments that take identifiers and are not called so."""
_ARNS: Final = re.compile(r"(\w+_)?arns?|endpoint")
_WHOLE_ARNS: Final = frozenset(
    (
        "aws_acm_certificate",
        "aws_iam_role",
        "aws_kinesis_firehose_delivery_stream",
        "aws_kms_key",
        "aws_lb",
        "aws_lb_target_group",
        "aws_sns_topic",
        "aws_sqs_queue",
        "aws_wafv2_web_acl",
    )
)
"""Types in whose ARN nothing is, so that no other ARN begins with it as with a function's, a bucket's or a table's."""
_WRITE_ONLY: Final = "_wo"
_POLICY: Final = frozenset(("json", "minified_json"))
"""Attributes of ``aws_iam_policy_document`` that are a whole policy."""


@dataclass(frozen=True, slots=True)
class Filler:
    """Fills the arguments of one resource instance.

    Parameters
    ----------
    place
        Where the resource stands in the configuration.
    instances
        Address without an index → the addresses of all instances.
    held
        Reference → the value that the plan holds of it, or None.
    stated_only
        Whether what the configuration could set and does not is left out: defaults that the provider has filled in
        would let a plan differ from the configuration that it is of.
    """

    place: Place
    instances: Callable[[str], list[str]]
    held: Callable[[Reference], Any]
    stated_only: bool = True

    def block(
        self, values: Mapping[str, Any], unknown: Any, expressions: Any, schema: BlockSchema | None, depth: int = 0
    ) -> dict[str, Value]:
        """Fill a resource or a block.

        Arguments that are computed and that the configuration does not set are left out: they say nothing of it.
        """
        unknowns = unknown if isinstance(unknown, dict) else {}
        stated = expressions if isinstance(expressions, dict) else {}
        filled: dict[str, Value] = {}
        for name in {**dict.fromkeys(values), **dict.fromkeys(unknowns)}:
            if unknowns.get(name) is True and _may_be_computed(schema, name) and self._is_null(stated.get(name)):
                continue
            kind = _inner(schema, name)
            value = self.value(name, values.get(name), unknowns.get(name), stated.get(name), kind, depth + 1)
            if value is None or (name not in stated and _is_nothing(value)):
                continue
            if isinstance(stated, _Everywhere) and value == "":
                continue
            if self.stated_only and isinstance(expressions, dict) and name not in stated and _may_be_set(schema, name):
                continue
            filled[name] = value
        return filled

    def value(self, name: str, value: Any, unknown: Any, expression: Any, schema: Any, depth: int) -> Value:
        """Fill one argument, or an item of it."""
        if depth > MAX_DEPTH:
            return Unknown("it is nested too deeply")
        if unknown is True:
            return self._unknown(name, expression, schema)
        if value is None and not unknown and isinstance(expression, dict):
            return self._stated(name, expression)
        if isinstance(value, dict) or isinstance(unknown, dict):
            block = schema if isinstance(schema, BlockSchema) else None
            return self.block(value or {}, unknown, _spread(expression), block, depth)
        if isinstance(value, list) or isinstance(unknown, list):
            return self._list(name, value or [], unknown, expression, schema, depth)
        if isinstance(value, str):
            # What is one of several instances is found by the value itself, and not by all of them.
            found = [one for one in references(expression, self.place) if not self._is_one_of(one)]
            if isinstance(expression, _Spread):  # one expression for all: only what has this value is surely meant here
                found = [one for one in found if one.path and self.held(one) == value]
            return Text(value, tuple(found)) if found else value
        return value

    def _list(self, name: str, value: list[Any], unknown: Any, expression: Any, schema: Any, depth: int) -> Value:
        unknowns = unknown if isinstance(unknown, list) else []
        length = max(len(value), len(unknowns))
        inner = _item(schema)
        if isinstance(expression, list):
            expression = aligned(expression, value)
        made = [
            self.value(name, _at(value, at), _at(unknowns, at), _expression_at(expression, at), inner, depth + 1)
            for at in range(length)
        ]
        if made and all(isinstance(one, Unknown | Reference) for one in made):
            targets = self._targets(name, expression)
            if len(targets) == length:
                return targets
        return made

    def _unknown(self, name: str, expression: Any, schema: Any) -> Value:
        if isinstance(schema, str) and schema.startswith(_LISTS) and (targets := self._targets(name, expression)):
            return targets
        return _made_of(name, self._references(expression))

    def _is_null(self, expression: Any) -> bool:
        """Tell whether an expression gives nothing to an argument that is not known: all it is made of is known.

        ``var.is_primary ? "admin" : null`` is listed as the variable, and what is null the provider computes.
        """
        if not isinstance(expression, dict):
            return False
        if "references" not in expression:
            return "constant_value" in expression and expression["constant_value"] is None
        return all(is_variable(one) for one in references(expression, self.place))

    def _stated(self, name: str, expression: Mapping[str, Any]) -> Value:
        """Return what the configuration says of an argument that is null in the plan.

        The provider makes null of an empty list, and what is only written is never held.
        """
        if name.endswith(_WRITE_ONLY) and isinstance(expression.get("references"), list):
            return Unknown("a plan does not hold it", tuple(self._references(expression)))
        return expression.get("constant_value")

    def _references(self, expression: Any) -> list[Reference]:
        """List what an expression refers to; all instances where the index is none that there is.

        Of ``aws_subnet.a[count.index % 2]`` it is written that the index is made of ``count.index``, and not how.
        """
        found = references(expression, self.place)
        return list(dict.fromkeys(Reference(_base(one), one.path) if self._is_one_of(one) else one for one in found))

    def _is_one_of(self, reference: Reference) -> bool:
        """Tell whether this is of one of several instances, and nothing says of which."""
        instances = self.instances(_base(reference)) if not reference.path or "[" in reference.address else []
        return bool(instances) and reference.address not in instances

    def _targets(self, name: str, expression: Any) -> list[Value]:
        """Return the items of a list of references: ``aws_subnet.a[*].id`` is written as ``aws_subnet.a`` alone."""
        found: list[Value] = []
        for reference in self._references(expression):
            if is_value_elsewhere(reference):
                return []  # there may be more items
            if reference.path:
                found.append(_made_of(name, [reference]))
            else:
                found.extend(_made_of(name, [Reference(one, ("id",))]) for one in self.instances(reference.address))
        return found


def _base(reference: Reference) -> str:
    """Return the address without the last index."""
    address = reference.address
    return address[: address.rindex("[")] if address.endswith("]") else address


def _made_of(name: str, found: list[Reference]) -> Value:
    """Return what is made of these references and is not known: one of them as it is, or something that holds them."""
    if len(found) == 1 and _is_whole(name, found[0]):
        return found[0]
    return Unknown(f"{found[0]} is known only after apply" if found else _LATER, tuple(found))


def _is_whole(name: str, reference: Reference) -> bool:
    """Tell whether an argument of this name, of whose expression one reference is known, is that reference itself.

    A plan does not say what is written around a reference: ``"${aws_s3_bucket.a.arn}/*"`` looks as
    ``aws_s3_bucket.a.arn`` does. Nothing is made of an opaque identifier that would be one again, nor of a policy that
    would be a policy; and what is called as in the other resource is the same.
    """
    attribute = reference.path[-1] if reference.path else None
    if not isinstance(attribute, str) or is_value_elsewhere(reference):
        return False
    if attribute == name or attribute in _POLICY:
        return True
    if attribute == "arn" and reference.address.split("[", 1)[0].split(".")[-2] in _WHOLE_ARNS:
        return _ARNS.fullmatch(name) is not None
    takes_one = _IDENTIFIERS.fullmatch(name) is not None or name in _ALSO_IDENTIFIERS
    return takes_one and _IDENTIFIER.fullmatch(attribute) is not None


def _inner(schema: BlockSchema | None, name: str) -> Any:
    """Return the schema of an inner block, or the kind of an argument; None where nothing is known."""
    if schema is None:
        return None
    if (block := schema.blocks.get(name)) is not None:
        return block
    argument = schema.arguments.get(name)
    return argument.kind if argument is not None else None


def _item(schema: Any) -> Any:
    """Return the kind of a list's items; that of a block is its own."""
    if isinstance(schema, str) and schema.startswith(_LISTS):
        return schema.split("(", 1)[1].removesuffix(")")
    return schema


def _may_be_set(schema: BlockSchema | None, name: str) -> bool:
    """Tell whether this is an argument that a configuration may set, so that one that does not state it has not.

    Blocks are not told apart: those of a ``dynamic`` are not in a plan's configuration either, and what was a block
    once is an argument of objects now.
    """
    argument = schema.arguments.get(name) if schema is not None else None
    if argument is None or name == "id" or "object" in argument.kind:
        return False
    return any(argument.settable(generation) for generation in argument.flags)


def _may_be_computed(schema: BlockSchema | None, name: str) -> bool:
    """Tell whether the provider gives an argument a value where the configuration gives it none."""
    argument = schema.arguments.get(name) if schema is not None else None
    return argument is not None and any(argument.computed(generation) for generation in argument.flags)


def _is_nothing(value: Value) -> bool:
    """Tell whether a value that the configuration does not set is none: computed, or a type's zero."""
    return isinstance(value, Unknown | Reference) or (not value and not isinstance(value, bool))


def _spread(expression: Any) -> Any:
    """Give each key of a map that came from one expression that expression."""
    if isinstance(expression, dict) and isinstance(expression.get("references"), list):
        return _Everywhere(expression)
    return expression


class _Spread(dict[str, Any]):
    """The expression of a whole map or block, given for one key of it: what is known there did not come from it."""


class _Everywhere(dict[str, Any]):
    """A mapping that gives one expression for every name."""

    def __init__(self, expression: Mapping[str, Any]) -> None:
        super().__init__()
        self.expression = _Spread(references=expression["references"])

    def get(self, _name: str, _default: Any = None) -> Any:
        return self.expression

    def __contains__(self, name: object) -> bool:
        return True


def _at(items: list[Any], at: int) -> Any:
    return items[at] if at < len(items) else None


def _expression_at(expression: Any, at: int) -> Any:
    if isinstance(expression, list):
        return _at(expression, at)
    return expression if isinstance(expression, dict) else None
