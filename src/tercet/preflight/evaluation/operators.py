"""What operators make of known values."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

from tercet.preflight.evaluation.functions.conversion import to_bool, to_number
from tercet.preflight.values import Encoded, Reference, Template, Unknown, Value, is_known

MAX_BITS: Final = 2_000
"""Of a whole number: those of Terraform are not as large as Python's."""
_ARITHMETIC: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "%": operator.mod,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def compute(sign: str, values: list[Value]) -> Value:
    """Apply an operator to one or two known values.

    Raises
    ------
    TypeError, ValueError, ZeroDivisionError, OverflowError, KeyError
        It cannot be applied to them.
    """
    if sign == "!":
        flag = to_bool(values[0])
        return not flag if isinstance(flag, bool) else Unknown("! of what is neither true nor false")
    numbers = [to_number(value) for value in values]
    if len(numbers) == 1:
        return -numbers[0]
    if any(isinstance(number, int) and number.bit_length() > MAX_BITS for number in numbers):
        raise OverflowError("the number is too large")
    if sign == "/":
        quotient = numbers[0] / numbers[1]
        return int(quotient) if float(quotient).is_integer() else quotient
    return _ARITHMETIC[sign](*numbers)


def equal(left: Value, right: Value) -> bool | None:
    """Tell whether two values are the same; None where that depends on what is not known."""
    for one, other in ((left, right), (right, left)):
        if other is None and isinstance(one, Template | Encoded | list | dict):
            return False
        if (other is None or other == "") and _is_never_null(one):
            return False
    if is_known(left) and is_known(right):
        return bool(left == right and isinstance(left, bool) == isinstance(right, bool))
    return None


def _is_never_null(value: Value) -> bool:
    """Tell whether it is what everything has once it is created."""
    return isinstance(value, Reference) and value.path in (("id",), ("arn",))
