"""Evaluates expressions to values; what is not known stays unknown and says why."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any, Final

from tercet.preflight.evaluation import functions, operators
from tercet.preflight.evaluation.functions.conversion import to_bool, to_text
from tercet.preflight.evaluation.functions.texts import join_parts
from tercet.preflight.evaluation.scope import (
    MAX_DEPTH,
    MAX_ITEMS,
    MAX_LEVELS,
    ManyValue,
    ResourceValue,
    Scope,
    SetValue,
    is_failure,
    plain,
    unknown_from,
)
from tercet.preflight.evaluation.steps import step
from tercet.preflight.syntax import hcl
from tercet.preflight.syntax.tree import (
    Attribute,
    Call,
    Conditional,
    Expression,
    For,
    Index,
    Joined,
    JsonValue,
    Literal,
    Name,
    Object,
    Opaque,
    Operation,
    Splat,
    Tuple,
)
from tercet.preflight.values import Encoded, Reference, Template, Text, Unknown, Value, is_known, shown

TOO_LONG: Final = Unknown("the configuration takes too long to evaluate")


def evaluate(expression: Expression, scope: Scope) -> Value:
    """Evaluate an expression to a value that may hold whole resources (see `plain`)."""
    budget = scope.budget
    if budget.depth >= MAX_DEPTH:
        return Unknown("it is nested too deeply")
    if budget.steps <= 0:
        return TOO_LONG
    budget.steps -= 1
    budget.depth += 1
    try:
        return _EVALUATORS[type(expression)](expression, scope)
    finally:
        budget.depth -= 1


def value_of(expression: Expression, scope: Scope) -> Value:
    """Evaluate an expression to what an argument holds."""
    return plain(evaluate(expression, scope))


def _literal(expression: Literal, _: Scope) -> Value:
    return expression.value


def _json(expression: JsonValue, scope: Scope) -> Value:
    return evaluate_json(expression.value, scope)


def evaluate_json(value: Any, scope: Scope, levels: int = MAX_LEVELS) -> Value:
    """Evaluate a value of the JSON syntax: strings are templates, and so are keys."""
    if isinstance(value, str):
        if "${" not in value and "%{" not in value:
            return value
        return evaluate(hcl.template(value), scope)
    if not isinstance(value, list | dict):
        return value
    if not levels:
        return Unknown("it is nested too deeply")
    if isinstance(value, list):
        return [evaluate_json(one, scope, levels - 1) for one in value]
    return {_key(key, scope): evaluate_json(one, scope, levels - 1) for key, one in value.items() if key != "//"}


def _key(key: str, scope: Scope) -> str:
    if "${" not in key:
        return key
    value = value_of(hcl.template(key), scope)
    return value if isinstance(value, str) else key


def _joined(expression: Joined, scope: Scope) -> Value:
    values = [value_of(part, scope) for part in expression.parts]
    return join_parts(values) if scope.budget.spend(*values) else TOO_LONG


def _name(expression: Name, scope: Scope) -> Value:
    return scope.root(expression.name)


def _attribute(expression: Attribute, scope: Scope) -> Value:
    value = evaluate(expression.value, scope)
    if type(value) in _REPEATED and type(expression.value) is Attribute:
        name = block_name(expression.value, scope)
        if name and _lacks_key(name, value, expression.name):
            scope.names.undeclared(f"{name}.{expression.name}", "missing-key")
            return Unknown(f"undeclared: {name}.{expression.name}")
    return step(value, expression.name)


_REPEATED: Final = frozenset((list, dict, ManyValue))
"""What a block with ``count`` or ``for_each`` is worth."""
_NO_BLOCKS: Final = frozenset(("var", "local", "each", "count", "self", "path", "terraform", "ephemeral"))


def block_name(expression: Attribute, scope: Scope) -> str:
    """Return the name of the block if it is one that an expression speaks of directly: ``aws_vpc.a``, ``module.b``."""
    first = expression.value
    if type(first) is Name and first.name not in _NO_BLOCKS and first.name != "data" and first.name not in scope.own:
        return f"{first.name}.{expression.name}"
    if type(first) is Attribute and first.value == Name("data"):
        return f"data.{first.name}.{expression.name}"
    return ""


def _lacks_key(name: str, value: Value, step_name: str) -> bool:
    """Tell whether a step from a repeated block is none to one of its instances."""
    if step_name == "*" or step_name.isdigit():
        return False
    if name.startswith("module."):  # which is an object of its keys, and may be stepped into by one
        return isinstance(value, list)
    return True


def _index(expression: Index, scope: Scope) -> Value:
    key = value_of(expression.key, scope)
    value = evaluate(expression.value, scope)
    if type(expression.value) is Attribute and (found := _wrong_key(expression.value, value, key, scope)) is not None:
        return found
    if isinstance(key, str | int | float) and not isinstance(key, bool):
        return step(value, str(key) if isinstance(key, Text) else key)
    if isinstance(value, ManyValue):
        return ResourceValue(value.resource)
    if is_failure(key):
        return key
    return _unknown(scope, "which item is meant is known only after apply", value, key)


def _is_own_key(key: str) -> bool:
    """Tell whether a key is itself, and does not stand for one that is known only after apply."""
    return "." not in key and "${" not in key


def _wrong_key(block: Attribute, value: Value, key: Value, scope: Scope) -> Value:
    """Return what a block at a key that it does not have is worth; None where the key may be right."""
    missing = (isinstance(value, list) and type(key) is int and not 0 <= key < len(value)) or (
        type(value) is dict and isinstance(key, str) and key not in value and all(map(_is_own_key, value))
    )
    if not (missing or isinstance(value, ResourceValue)) or not (name := block_name(block, scope)):
        return None
    written = f"{name}[{key}]" if type(key) is int else f'{name}["{shown(key)}"]'
    if isinstance(value, ResourceValue):
        scope.names.undeclared(written, "unexpected-key")
        return Unknown(f"undeclared: {written}")
    if not scope.budget.speculative:
        scope.names.undeclared(written, "no-instance")
    return Unknown(f"there is no {written}")


def _unknown(scope: Scope, because: str, *values: Value) -> Value:
    """Make an unknown value that depends on others, for which it has to go through them."""
    return unknown_from(because, *values) if scope.budget.spend(*values) else TOO_LONG


def _splat(expression: Splat, scope: Scope) -> Value:
    value = evaluate(expression.value, scope)
    if isinstance(value, ManyValue):
        inner = value_of(expression.each, scope.with_names(**{"*": ResourceValue(value.resource)}))
        return _unknown(scope, f"the number of {value.resource.block_address} is known only after apply", inner)
    if isinstance(value, Unknown | Reference | Template | Encoded):
        return _unknown(scope, "the list is known only after apply", value)
    items = value if isinstance(value, list) else [] if value is None else [value]
    return [evaluate(expression.each, scope.with_names(**{"*": item})) for item in items[:MAX_ITEMS]]


def _call(expression: Call, scope: Scope) -> Value:
    if expression.function == "try":
        return _speculative(_try, expression, scope)
    if expression.function == "can":
        value = _speculative(value_of, expression.arguments[0], scope) if expression.arguments else None
        if is_known(value) or _has_failed(value):
            return is_known(value)
        return _unknown(scope, "can() of what is not known", value)
    arguments = [evaluate(argument, scope) for argument in expression.arguments]
    if expression.spread and arguments:
        last = arguments.pop()
        if not isinstance(last, list):
            return _unknown(scope, f"{expression.function}() of what is known only after apply", *arguments, last)
        arguments.extend(last)
    return functions.call(expression.function, arguments, scope, evaluate=value_of)


def _speculative(evaluation: Callable[[Any, Scope], Value], expression: Expression, scope: Scope) -> Value:
    """Evaluate what may fail, or what Terraform may never evaluate."""
    scope.budget.speculative += 1
    try:
        return evaluation(expression, scope)
    finally:
        scope.budget.speculative -= 1


def _try(expression: Call, scope: Scope) -> Value:
    value: Value = None
    for argument in expression.arguments:
        value = evaluate(argument, scope)
        if not _has_failed(value):
            return value
    return value


_MAX_LOOKED_AT: Final = 64


def _has_failed(value: Value, levels: int = 2) -> bool:
    """Tell whether a value, or one inside the list or object that it is, is that of an expression that fails."""
    if isinstance(value, Unknown):
        return is_failure(value)
    if not levels or not isinstance(value, list | dict):
        return False
    inside = value.values() if isinstance(value, dict) else value
    return any(_has_failed(one, levels - 1) for one in itertools.islice(inside, _MAX_LOOKED_AT))


def _operation(expression: Operation, scope: Scope) -> Value:
    if expression.operator in ("&&", "||") and len(expression.operands) == 2:
        return _logical(expression, scope)
    values = [value_of(operand, scope) for operand in expression.operands]
    if not scope.budget.spend(*values):
        return TOO_LONG
    if expression.operator in ("==", "!="):
        equal = operators.equal(*values)
        if equal is None:
            return _unknown(scope, "a comparison with what is known only after apply", *values)
        return equal == (expression.operator == "==")
    if (failure := next(filter(is_failure, values), None)) is not None:
        return failure
    if not all(is_known(value) for value in values):
        return _unknown(scope, "an operation on what is known only after apply", *values)
    try:
        return operators.compute(expression.operator, values)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError, KeyError):
        return Unknown(f"{expression.operator} cannot be applied here")


def _logical(expression: Operation, scope: Scope) -> Value:
    decisive = expression.operator == "||"
    left = to_bool(value_of(expression.operands[0], scope))
    if left is decisive:
        return decisive
    right = to_bool(_speculative(value_of, expression.operands[1], scope))
    if right is decisive:
        return decisive
    if isinstance(left, bool) and isinstance(right, bool):
        return not decisive
    return _unknown(scope, "a condition on what is known only after apply", left, right)


def _conditional(expression: Conditional, scope: Scope) -> Value:
    condition = to_bool(value_of(expression.condition, scope))
    if is_failure(condition):
        return condition
    if condition is True:
        return evaluate(expression.yes, scope)
    if condition is False:
        return evaluate(expression.no, scope)
    yes, no = (_speculative(value_of, one, scope) for one in (expression.yes, expression.no))
    if is_known(yes) and is_known(no) and yes == no and type(yes) is type(no):
        return yes
    return _unknown(scope, "which of two values it is depends on what is not known", yes, no, condition)


def _tuple(expression: Tuple, scope: Scope) -> Value:
    return [evaluate(item, scope) for item in expression.items]


def _object(expression: Object, scope: Scope) -> Value:
    made: dict[str, Value] = {}
    for key_expression, value_expression in expression.items:
        key = value_of(key_expression, scope)
        text = to_text(key)
        if text is None:
            text = f"${{{shown(key)}}}"
        made[text] = evaluate(value_expression, scope)
    return made


def _for(expression: For, scope: Scope) -> Value:
    collection = evaluate(expression.collection, scope)
    pairs = _pairs(collection)
    if pairs is None:
        return _for_over_unknown(expression, scope, collection)
    listed: list[Value] = []
    mapped: dict[str, Value] = {}
    for key, value in pairs[:MAX_ITEMS]:
        inner = scope.with_names(
            **{expression.value_name: value, **({expression.key_name: key} if expression.key_name else {})}
        )
        if expression.condition is not None:
            wanted = to_bool(value_of(expression.condition, inner))
            if wanted is False:
                continue
            if wanted is not True:
                return _unknown(scope, "a condition on what is known only after apply", wanted, plain(collection))
        made = evaluate(expression.value, inner)
        if expression.key is None:
            listed.append(made)
            continue
        made_key = to_text(value_of(expression.key, inner))
        if made_key is None:
            return _unknown(scope, "the keys are known only after apply", plain(collection), plain(made))
        if expression.grouped:
            mapped.setdefault(made_key, []).append(made)
        else:
            mapped[made_key] = made
    return listed if expression.key is None else mapped


def _for_over_unknown(expression: For, scope: Scope, collection: Value) -> Value:
    item: Value = ResourceValue(collection.resource) if isinstance(collection, ManyValue) else Unknown("each item")
    names = {expression.value_name: item}
    if expression.key_name:
        names[expression.key_name] = Unknown("each key")
    inner = _speculative(value_of, expression.value, scope.with_names(**names))
    return _unknown(scope, "a list or map that is known only after apply", collection, inner)


def _pairs(collection: Value) -> list[tuple[Value, Value]] | None:
    if isinstance(collection, dict):
        return [(key, collection[key]) for key in sorted(collection)]
    if isinstance(collection, SetValue):
        return [(one, one) for one in collection]
    if isinstance(collection, list):
        return list(enumerate(collection))
    return None


def _opaque(expression: Opaque, scope: Scope) -> Value:
    return _unknown(scope, expression.because, *(value_of(one, scope) for one in expression.inside))


_EVALUATORS: Final[Mapping[type, Callable[[Any, Scope], Value]]] = {
    Literal: _literal,
    JsonValue: _json,
    Joined: _joined,
    Name: _name,
    Attribute: _attribute,
    Index: _index,
    Splat: _splat,
    Call: _call,
    Operation: _operation,
    Conditional: _conditional,
    Tuple: _tuple,
    Object: _object,
    For: _for,
    Opaque: _opaque,
}

__all__ = ["evaluate", "evaluate_json", "value_of"]
