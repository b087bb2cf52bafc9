"""Lists, sets and maps."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection
from typing import Any

from tercet.preflight.evaluation.functions.conversion import to_number
from tercet.preflight.evaluation.scope import MAX_ITEMS, ManyValue, ResourceValue, SetValue, plain, unknown_from
from tercet.preflight.values import Encoded, Reference, Template, Unknown, Value, is_known


def _is_whole(value: Value) -> bool:
    return not isinstance(value, Unknown | Reference | Template | Encoded | ManyValue)


def concat(*lists: Value) -> Value:
    """Join lists to one."""
    if not all(isinstance(one, list) for one in lists):
        return unknown_from("concat() of what is known only after apply", *lists)
    return _bounded(itertools.chain(*lists))


def _bounded(items: Any) -> Value:
    made = list(itertools.islice(items, MAX_ITEMS + 1))
    return made if len(made) <= MAX_ITEMS else Unknown("the list is too long")


def merged(*maps: Value) -> Value:
    """Join maps to one; the last of equal keys counts."""
    made: dict[str, Value] = {}
    for one in maps:
        if one is None:
            continue
        if not isinstance(one, dict):
            return unknown_from("merge() of what is known only after apply", *maps)
        made.update(one)
    return made


def flatten(value: Value) -> Value:
    """Put the items of inner lists into the outer one."""
    made: list[Value] = []
    left = MAX_ITEMS * 2
    stack = [iter([value])]
    while stack:
        for one in stack[-1]:
            left -= 1
            if not left:
                return Unknown("the list is too long")
            if isinstance(one, list):
                if len(stack) > 50:
                    return Unknown("it is nested too deeply")
                stack.append(iter(one))
                break
            if not _is_whole(one) and not isinstance(one, Reference | Template):
                return unknown_from("flatten() of what is known only after apply", value)
            made.append(one)
            if len(made) > MAX_ITEMS:
                return Unknown("the list is too long")
        else:
            stack.pop()
    return made


def keys_of(value: Value) -> Value:
    """List a map's keys in their order."""
    if isinstance(value, dict):
        return sorted(value)
    return unknown_from("keys() of what is known only after apply", value)


def values_of(value: Value) -> Value:
    """List a map's values in the order of the keys."""
    if isinstance(value, dict):
        return [value[key] for key in sorted(value)]
    if isinstance(value, ManyValue):
        return value
    return unknown_from("values() of what is known only after apply", value)


def looked_up(mapping: Value, key: Value, default: Value = None) -> Value:
    """Return the value of a key, or the default."""
    key = plain(key)
    if isinstance(mapping, dict) and isinstance(key, str):
        return mapping.get(key, default)
    return unknown_from("lookup() in what is known only after apply", mapping, key, default)


def element(items: Value, index: Value) -> Value:
    """Return an item; beyond the end it begins anew."""
    index = plain(index)
    if isinstance(items, Reference) and isinstance(index, int):
        return items.then(index)
    if isinstance(items, list) and items and isinstance(index, int | float):
        return items[int(index) % len(items)]
    if isinstance(items, ManyValue):
        return ResourceValue(items.resource)
    return unknown_from("element() of what is known only after apply", items, index)


def length(value: Value) -> Value:
    """Count items, keys or characters."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, list | dict):
        return len(value)
    return unknown_from("length() of what is known only after apply", value)


def part(items: Value, start: Value, end: Value) -> Value:
    """Return the items from one position to another."""
    start, end = plain(start), plain(end)
    if not (isinstance(start, int) and isinstance(end, int) and 0 <= start <= end):
        return unknown_from("slice() of what is known only after apply", items, start, end)
    if isinstance(items, Reference) and end - start <= 64:
        # The zones of a region: which they are is not known, but that they are different ones is.
        return [items.then(index) for index in range(start, end)]
    if isinstance(items, list):
        return items[start:end]
    return unknown_from("slice() of what is known only after apply", items)


def unchanged(value: Value, *_: Value) -> Value:
    """Return what is given: what the function changes is not looked at here."""
    return value


def tolist(value: Value) -> Value:
    """Make a list of a set, in the order that Terraform gives its strings."""
    if isinstance(value, SetValue):
        return sorted(value) if all(isinstance(one, str) for one in value) else list(value)
    return value if not isinstance(value, dict) else list(value.values())


def toset(value: Value) -> Value:
    """Make a set of a list."""
    if not isinstance(value, list):
        return value
    return SetValue(distinct(value))


def distinct(value: Value) -> Value:
    """Return the items, each once."""
    if not isinstance(value, list):
        return unknown_from("distinct() of what is known only after apply", value)
    made: list[Value] = []
    seen: set[Any] = set()
    for one in value:
        try:
            key: Any = (type(one) is bool, one)
            if key in seen:
                continue
            seen.add(key)
        except TypeError:  # lists and maps are kept, alike or not
            pass
        made.append(one)
    return made


def coalesce(*values: Value) -> Value:
    """Return the first value that is neither null nor empty."""
    for value in values:
        if isinstance(value, Unknown):
            return unknown_from("coalesce() of what is known only after apply", *values)
        if value is not None and value != "":
            return value
    return Unknown("there is no argument of coalesce() that is neither null nor empty")


def coalescelist(*values: Value) -> Value:
    """Return the first list that is not empty."""
    for value in values:
        if not isinstance(value, list):
            return unknown_from("coalescelist() of what is known only after apply", *values)
        if value:
            return value
    return Unknown("there is no argument of coalescelist() that is not empty")


def compact(value: Value) -> Value:
    """Leave out null and empty strings."""
    if not isinstance(value, list):
        return unknown_from("compact() of what is known only after apply", value)
    return [one for one in value if one not in (None, "")]


def only_one(value: Value) -> Value:
    """Return the only item of a list, or null of an empty one."""
    if isinstance(value, list) and len(value) <= 1:
        return value[0] if value else None
    if isinstance(value, ManyValue):
        return ResourceValue(value.resource)
    return unknown_from("one() of what is known only after apply", value)


def zipmap(keys: Value, values: Value) -> Value:
    """Make a map of keys and values."""
    if isinstance(keys, list) and isinstance(values, list) and all(isinstance(key, str) for key in keys):
        return dict(zip(keys, values, strict=False))
    return unknown_from("zipmap() of what is known only after apply", keys, values)


def setproduct(*sets: Value) -> Value:
    """Combine each item with each."""
    if not all(isinstance(one, list) for one in sets):
        return unknown_from("setproduct() of what is known only after apply", *sets)
    if math.prod(len(one) for one in sets) > MAX_ITEMS:
        return Unknown("the list is too long")
    return [list(one) for one in itertools.product(*sets)]


def contains(items: Value, wanted: Value) -> Value:
    """Tell whether an item is in a list, where that can be told."""
    items, wanted = plain(items), plain(wanted)
    if isinstance(items, list) and is_known(wanted):
        if is_known(items):
            return wanted in items
        if any(is_known(one) and one == wanted for one in items):
            return True
    return unknown_from("contains() of what is known only after apply", items, wanted)


def quick(items: list[Value]) -> Collection[Value]:
    """Return items for looking into often."""
    try:
        return frozenset(items)
    except TypeError:  # there are lists and maps among them
        if len(items) > 1_000:
            raise ValueError("it takes too long") from None
        return items


def intersection(first: list[Value], others: list[Collection[Value]]) -> Value:
    """Return the items that are in all."""
    return [one for one in first if all(one in other for other in others)]


def difference(first: list[Value], second: Collection[Value]) -> Value:
    """Return the items that are not in the second."""
    return [one for one in first if one not in second]


def numbers(*numbers: Any) -> Value:
    """List the numbers of a range."""
    made = range(*(int(number) for number in numbers))
    # Of one that is longer it is known only that its length is none that is meant.
    return list(made) if len(made) <= MAX_ITEMS else Unknown("the list is too long")


def transpose(lists: dict[str, list[str]]) -> dict[str, list[str]]:
    """Turn a map of lists around."""
    made: dict[str, list[str]] = {}
    for key in sorted(lists):
        for one in lists[key]:
            made.setdefault(one, []).append(key)
    return {one: made[one] for one in sorted(made)}


def chunklist(items: list[Value], size: Any) -> Value:
    """Cut a list into lists of a size."""
    step = int(to_number(size))
    return [items[at : at + step] for at in range(0, len(items), step)] if step else [items]
