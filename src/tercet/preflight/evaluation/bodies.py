"""Evaluates the inside of a block to a mapping, argument by argument, and only when one is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from tercet.preflight.evaluation.evaluate import evaluate, evaluate_json, value_of
from tercet.preflight.evaluation.scope import MAX_LEVELS, Scope, plain
from tercet.preflight.syntax import hcl
from tercet.preflight.syntax.tree import BlockSyntax, Body, Call, Expression, For, JsonValue, Tuple
from tercet.preflight.values import Unknown, Value

MAX_BLOCKS: Final = 2_000
"""Blocks that one dynamic block makes."""
STEPS_PER_BLOCK: Final = 20
"""Dynamic blocks in dynamic blocks multiply: what one block costs, beside its expressions."""
_MAKE_LISTS: Final = frozenset(
    ("chunklist", "compact", "concat", "flatten", "keys", "range", "reverse", "slice", "sort", "split", "tolist")
)


class LazyValues(Mapping[str, Value]):
    """A resource's arguments; each is evaluated when it is first asked for, because resources refer to one another."""

    __slots__ = ("_body", "_known", "_names", "_scope")

    def __init__(self, body: Body, scope: Scope, without: frozenset[str]) -> None:
        self._body = body
        self._scope = scope
        self._known: dict[str, Value] = {}
        self._names = _names_of(body, without)

    def get(self, name: str, default: Any = None) -> Any:
        """Return an argument's value; the way that rules ask, hence without an exception on its way."""
        if name in self._known:
            return self._known[name]
        return self[name] if name in self._names else default

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __getitem__(self, name: str) -> Value:
        if name in self._known:
            return self._known[name]
        if name not in self._names:
            raise KeyError(name)
        self._known[name] = Unknown(f"{name} refers to itself")
        value = _argument(self._body, name, self._scope)
        self._known[name] = value
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _names_of(body: Body, without: frozenset[str]) -> dict[str, None]:
    names = dict.fromkeys(name for name in body.attributes if name not in without)
    for block in body.blocks:
        name = block.labels[0] if block.type == "dynamic" and block.labels else block.type
        if name not in without:
            names[name] = None
    if isinstance(dynamic := body.attributes.get("dynamic"), JsonValue) and isinstance(dynamic.value, dict):
        del names["dynamic"]
        names.update(dict.fromkeys(str(name) for name in dynamic.value))
    return names


def _argument(body: Body, name: str, scope: Scope) -> Value:
    dynamic = body.attributes.get("dynamic")
    made: list[Value] = []
    if isinstance(dynamic, JsonValue) and isinstance(dynamic.value, dict) and name in dynamic.value:
        made.extend(map(plain, _dynamic_json(dynamic.value[name], name, scope)))
    if name in body.attributes:
        value = _attribute(body.attributes[name], scope)
        return [*(value if isinstance(value, list) else [value]), *made] if made else value
    blocks: list[Value] = []
    for block in body.blocks:
        if block.type == name:
            blocks.append(block_values(block.body, scope))
        elif block.type == "dynamic" and block.labels == (name,):
            blocks.extend(_dynamic(block, name, scope))
    return blocks + made


def block_values(body: Body, scope: Scope) -> dict[str, Value]:
    """Evaluate a nested block."""
    return {name: _argument(body, name, scope) for name in _names_of(body, frozenset())}


def _dynamic(block: BlockSyntax, name: str, scope: Scope) -> list[Value]:
    iterator = block.body.attributes.get("iterator")
    label = getattr(iterator, "name", None) or name
    content = block.body.blocks_of("content")
    if "for_each" not in block.body.attributes or not content:
        return []
    over = block.body.attributes["for_each"]
    return [
        item if isinstance(item, Unknown) else block_values(content[0].body, scope.with_names(**{label: item}))
        for item in _iterations(evaluate(over, scope), is_list=_is_list(over))
    ]


def _attribute(expression: Expression, scope: Scope) -> Value:
    if isinstance(expression, JsonValue) and _holds_dynamic(expression.value):
        return plain(_json_block(expression.value, scope, MAX_LEVELS))
    return value_of(expression, scope)


def _holds_dynamic(value: Any) -> bool:
    """Tell whether dynamic blocks stand anywhere in a value of the JSON syntax."""
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            if _is_dynamic(one.get("dynamic")):
                return True
            stack.extend(one.values())
        elif isinstance(one, list):
            stack.extend(one)
    return False


def _is_dynamic(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and bool(value)
        and all(isinstance(one, dict) and {"for_each", "content"} <= one.keys() for one in _each_of(value.values()))
    )


def _each_of(values: Iterable[Any]) -> Iterator[Any]:
    for one in values:
        yield from one if isinstance(one, list) else [one]


def _json_block(value: Any, scope: Scope, levels: int) -> Value:
    """Evaluate a value of the JSON syntax in which dynamic blocks stand."""
    if not isinstance(value, list | dict) or not levels:
        return evaluate_json(value, scope, levels)
    if isinstance(value, list):
        return [_json_block(one, scope, levels - 1) for one in value]
    dynamic = value.get("dynamic")
    if not isinstance(dynamic, dict) or not _is_dynamic(dynamic):
        return {name: _json_block(one, scope, levels - 1) for name, one in value.items() if name != "//"}
    made = {name: _json_block(one, scope, levels - 1) for name, one in value.items() if name not in ("//", "dynamic")}
    for name, one in dynamic.items():
        beside = made.get(name, [])
        made[name] = [
            *(beside if isinstance(beside, list) else [beside]),
            *_dynamic_json(one, name, scope, levels - 1),
        ]
    return made


def _dynamic_json(dynamic: Any, name: str, scope: Scope, levels: int = MAX_LEVELS) -> list[Value]:
    made: list[Value] = []
    for one in dynamic if isinstance(dynamic, list) else [dynamic]:
        if not isinstance(one, dict):
            continue
        over, label = one.get("for_each"), str(one.get("iterator", name))
        items = _iterations(evaluate_json(over, scope), is_list=_is_json_list(over))
        for content in _each_of([one.get("content")]):
            for item in items:
                scope.budget.steps -= STEPS_PER_BLOCK
                if isinstance(item, Unknown):
                    made.append(item)
                elif scope.budget.steps <= 0:
                    return [Unknown("the dynamic blocks make too many blocks")]
                else:
                    made.append(_json_block(content, scope.with_names(**{label: item}), levels))
    return made


def _is_list(expression: Expression) -> bool:
    """Tell whether it is written as a list: its keys are numbers, while those of a set are the values themselves."""
    if isinstance(expression, Call):
        return expression.function in _MAKE_LISTS
    return isinstance(expression, Tuple) or (isinstance(expression, For) and expression.key is None)


def _is_json_list(over: Any) -> bool:
    return isinstance(over, list) or (isinstance(over, str) and "${" in over and _is_list(hcl.template(over)))


def _iterations(collection: Value, *, is_list: bool) -> list[Any]:
    if isinstance(collection, dict):
        pairs: list[tuple[Value, Value]] = list(collection.items())
    elif isinstance(collection, list):
        pairs = [(one if isinstance(one, str) and not is_list else at, one) for at, one in enumerate(collection)]
    elif collection is None:
        pairs = []
    else:
        because = (
            collection.because if isinstance(collection, Unknown) else "it depends on what is known only after apply"
        )
        return [Unknown(f"how many blocks a dynamic block makes: {because}")]
    if len(pairs) > MAX_BLOCKS:
        return [Unknown(f"a dynamic block makes more than {MAX_BLOCKS} blocks")]
    return [{"key": key, "value": value} for key, value in pairs]
