"""Finds what makes Terraform refuse a ``count`` or ``for_each``, which it has to know before anything exists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, Protocol

from tercet.preflight.declarations import Refused
from tercet.preflight.evaluation.evaluate import value_of
from tercet.preflight.evaluation.functions.conversion import to_bool
from tercet.preflight.evaluation.scope import Scope, SetValue
from tercet.preflight.syntax import hcl
from tercet.preflight.syntax.tree import (
    Attribute,
    BlockSyntax,
    Call,
    Conditional,
    Expression,
    For,
    Joined,
    JsonValue,
    Literal,
    Name,
    Object,
    Operation,
    Splat,
    Tuple,
)
from tercet.preflight.values import Reference, Template, Value, is_known, references_in

References = tuple[Reference, ...]
_Search = Callable[[Expression, Scope, int], References]

_DEPTH: Final = 20
_MAX_ITEMS: Final = 200
_MAKE_LISTS: Final = frozenset(
    [
        "chunklist",
        "compact",
        "concat",
        "distinct",
        "flatten",
        "keys",
        "range",
        "reverse",
        "slice",
        "sort",
        "split",
        "tolist",
        "values",
    ]
)
_KEEP_ITEMS: Final = frozenset(("concat", "distinct", "flatten", "nonsensitive", "setunion", "sort", "tolist", "toset"))
"""Functions whose result has the items of what they are given: one that is not known stays so."""
_KEEP_MARK: Final = _KEEP_ITEMS - {"nonsensitive"} | {"compact", "keys", "merge", "tomap", "values"}
"""Functions whose result is sensitive where what they are given is."""


class Declarations(Protocol):
    """What is asked of the module in which a block stands."""

    @property
    def scope(self) -> Scope:
        """Where its expressions stand."""

    def variable_is_list(self, name: str) -> bool:
        """Tell whether a variable is a list for certain."""

    def variable_is_sensitive(self, name: str) -> bool:
        """Tell whether a variable is declared sensitive."""


def refused_in(block: BlockSyntax, address: str, module: Declarations) -> Iterator[Refused]:
    """Tell what Terraform refuses in how a block is repeated."""
    count, for_each = block.body.attributes.get("count"), block.body.attributes.get("for_each")
    if count is not None and for_each is not None:
        yield Refused("count-and-for-each", address, "for_each", source=block.source)
    elif count is not None:
        if references := _number(_parsed(count), module.scope, _DEPTH):
            yield Refused("count-unknown", address, "count", references, block.source)
    elif for_each is not None:
        expression = _parsed(for_each)
        if _is_list(expression, module, _DEPTH):
            yield Refused("for-each-list", address, "list", source=block.source)
        elif _is_set_of_objects(expression, module.scope):
            yield Refused("for-each-list", address, "set of objects", source=block.source)
        if _is_sensitive(expression, module, _DEPTH):
            yield Refused("for-each-sensitive", address, "for_each", source=block.source)
        if references := _each_validation(expression, module.scope):
            yield Refused("each-validation", address, "for_each", references, block.source)
        if references := _keys(expression, module.scope, _DEPTH):
            yield Refused("for-each-unknown", address, "for_each", references, block.source)


def _parsed(expression: Expression) -> Expression:
    """Return an expression of the JSON syntax as the one that it is in the native one."""
    if not isinstance(expression, JsonValue):
        return expression
    value = expression.value
    if isinstance(value, str):
        return hcl.template(value)
    if isinstance(value, list):
        return Tuple(tuple(_parsed(JsonValue(one)) for one in value[:_MAX_ITEMS]))
    if isinstance(value, dict):
        return Object(tuple((_parsed(JsonValue(key)), JsonValue(one)) for key, one in value.items() if key != "//"))
    return Literal(value)


def _local(expression: Expression, scope: Scope) -> Expression | None:
    """Return what a local value is, if the expression is one."""
    if not isinstance(expression, Attribute) or expression.value != Name("local"):
        return None
    found = scope.names.local_expression(expression.name)
    return None if found is None else _parsed(found)


# Values that are not known


def _number(expression: Expression, scope: Scope, depth: int) -> References:
    """Return what keeps a number from being known."""
    if not depth:
        return ()
    if (meant := _local(expression, scope)) is not None:
        return _number(meant, scope, depth - 1)
    if isinstance(expression, Conditional):
        return _chosen(expression, scope, depth, _number)
    if isinstance(expression, Call):
        return _itself(expression.arguments[0], scope) if expression.function == "length" else ()
    return _itself(expression, scope)


def _chosen(expression: Conditional, scope: Scope, depth: int, of: _Search) -> References:
    """Return what keeps the chosen one of two values from being known; if it is the condition, none is chosen."""
    # Asked first: that an identifier will not be empty is known to whoever reads it, and not to Terraform.
    if references := _condition(expression.condition, scope, depth - 1):
        return references
    condition = to_bool(value_of(expression.condition, scope))
    if isinstance(condition, bool):
        return of(expression.yes if condition else expression.no, scope, depth - 1)
    return ()


def _condition(expression: Expression, scope: Scope, depth: int) -> References:
    """Return what keeps a condition from being known.

    A comparison with null may be known although the value is not: whether it is null can be known before.
    """
    if not depth:
        return ()
    if (meant := _local(expression, scope)) is not None:
        return _condition(meant, scope, depth - 1)
    if not isinstance(expression, Operation):
        return _itself(expression, scope)
    if expression.operator == "!":
        return _condition(expression.operands[0], scope, depth - 1)
    if len(expression.operands) != 2:
        return ()
    pairs = (expression.operands, expression.operands[::-1])
    if expression.operator in ("&&", "||"):
        for one, other in pairs:
            decides = to_bool(value_of(other, scope)) is (expression.operator == "&&")
            if decides and (references := _condition(one, scope, depth - 1)):
                return references
        return ()
    for one, other in pairs:
        known = value_of(other, scope)
        if known is not None and is_known(known) and (references := _number(one, scope, depth - 1)):
            return references
    return ()


def _itself(expression: Expression, scope: Scope) -> References:
    value = value_of(expression, scope)
    return (value,) if isinstance(value, Reference) else ()


def _keys(expression: Expression, scope: Scope, depth: int) -> References:
    """Return what keeps the keys of a map, or the items of a set, from being known."""
    if not depth:
        return ()
    if (meant := _local(expression, scope)) is not None:
        return _keys(meant, scope, depth - 1)
    if isinstance(expression, Conditional):
        return _chosen(expression, scope, depth, _keys)
    if isinstance(expression, Object):
        return _first(_unknown(value_of(key, scope)) for key, _ in expression.items)
    if isinstance(expression, For):
        return _for(expression, scope)
    if isinstance(expression, Call):
        inside = expression.arguments if expression.function in _KEEP_ITEMS else ()
        return _first(_keys(one, scope, depth - 1) for one in inside)
    value = value_of(expression, scope)
    if isinstance(value, list):
        return _first(_unknown(one) for one in value[:_MAX_ITEMS])
    return (value,) if isinstance(value, Reference) else ()


def _for(expression: For, scope: Scope) -> References:
    collection = value_of(expression.collection, scope)
    if isinstance(collection, Reference):
        if collection.path[:1] != ("domain_validation_options",):
            return (collection,)
        collection = [collection.then(0)]  # how many there are is known, and which domains they are for
    pairs = list(collection.items()) if isinstance(collection, dict) else []
    if isinstance(collection, list):
        pairs = [(one, one) for one in collection] if isinstance(collection, SetValue) else list(enumerate(collection))
    for key, one in pairs[:_MAX_ITEMS]:
        inner = scope.with_names(
            **{expression.value_name: one, **({expression.key_name: key} if expression.key_name else {})}
        )
        if expression.condition is not None and to_bool(value_of(expression.condition, inner)) is not True:
            continue
        made = expression.value if expression.key is None else expression.key
        if found := _unknown(value_of(made, inner)):
            return found
    return ()


def _each_validation(expression: Expression, scope: Scope) -> References:
    """Return the names of a certificate if it goes through them, all of them, and each under its own name.

    Whether there is anything to refuse depends on the names: a domain and its wildcard have one record.
    """
    if (meant := _local(expression, scope)) is not None:
        expression = meant
    if not isinstance(expression, For) or expression.condition is not None or expression.grouped:
        return ()
    if expression.key != Attribute(Name(expression.value_name), "domain_name"):
        return ()
    collection = value_of(expression.collection, scope)
    is_names = isinstance(collection, Reference) and collection.path == ("domain_validation_options",)
    return (collection,) if is_names else ()


def _unknown(value: Value) -> References:
    if isinstance(value, Reference):
        return (value,)
    return tuple(references_in(value)) if isinstance(value, Template) else ()


def _first(found: Iterator[References]) -> References:
    return next(filter(None, found), ())


# Types


def _is_list(expression: Expression, module: Declarations, depth: int) -> bool:
    """Tell whether it is a list or tuple for certain, however long."""
    if not depth:
        return False
    if (meant := _local(expression, module.scope)) is not None:
        return _is_list(meant, module, depth - 1)
    if isinstance(expression, Conditional):
        return all(_is_list(one, module, depth - 1) for one in (expression.yes, expression.no))
    if isinstance(expression, Attribute) and expression.value == Name("var"):
        return module.variable_is_list(expression.name)
    if isinstance(expression, Call):
        return expression.function in _MAKE_LISTS
    return isinstance(expression, Tuple | Splat) or (isinstance(expression, For) and expression.key is None)


def _is_set_of_objects(expression: Expression, scope: Scope) -> bool:
    if not isinstance(expression, Call) or expression.function != "toset":
        return False
    value = value_of(expression, scope)
    return isinstance(value, list) and any(isinstance(one, dict | list) for one in value)


def holds_sensitive(expression: Expression, module: Declarations, depth: int = _DEPTH) -> bool:
    """Tell whether a value is sensitive, or has something sensitive in it."""
    expression = _parsed(expression)
    if not depth:
        return False
    if isinstance(expression, Object):
        return any(holds_sensitive(one, module, depth - 1) for _, one in expression.items)
    if isinstance(expression, Tuple):
        return any(holds_sensitive(one, module, depth - 1) for one in expression.items)
    if isinstance(expression, Joined):
        return any(holds_sensitive(one, module, depth - 1) for one in expression.parts)
    return _is_sensitive(expression, module, depth)


def _is_sensitive(expression: Expression, module: Declarations, depth: int) -> bool:
    """Tell whether it comes from a variable that is declared sensitive.

    An object that merely holds one is not sensitive itself.
    """
    if not depth:
        return False
    if (meant := _local(expression, module.scope)) is not None:
        return _is_sensitive(meant, module, depth - 1)
    if isinstance(expression, For):
        return _is_sensitive(expression.collection, module, depth - 1)
    if isinstance(expression, Call):
        inside = expression.arguments if expression.function in _KEEP_MARK else ()
        return any(_is_sensitive(one, module, depth - 1) for one in inside)
    if isinstance(expression, Attribute):
        if expression.value == Name("var"):
            return module.variable_is_sensitive(expression.name)
        return _is_sensitive(expression.value, module, depth - 1)
    return False
