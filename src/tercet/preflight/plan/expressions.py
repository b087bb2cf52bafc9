"""Follows the references in a plan's configuration, through variables and outputs, to resources.

A plan writes an expression as the list of what it refers to: ``["aws_vpc.main.id", "aws_vpc.main"]`` is one reference,
said twice. Neither indexes that are computed nor functions are written down.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tercet.preflight.values import Reference

MAX_STEPS: Final = 25
"""Variables and outputs that one reference is followed through."""
MAX_FOLLOWED: Final = 2_000
"""References that are followed for one expression, since each may lead to many."""
MAX_TEXTS: Final = 1_000
"""References that one expression says."""

_RESOURCE: Final = re.compile(
    r'((?:data\.)?[\w-]+\.[\w-]+)(\[(?:\d+|"(?:[^"\\]|\\.)*")\])?(?:\.([\w-]+))?(.*)', re.DOTALL
)
_INDEX: Final = re.compile(r"\[(\d+)\]")
_STEP: Final = re.compile(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]')
_MODULE: Final = re.compile(r'module\.([\w-]+)(\[(?:\d+|"(?:[^"\\]|\\.)*")\])?(?:\.([\w-]+))?')
_OWN: Final = frozenset(("each.key", "each.value", "count.index"))
_NO_RESOURCE: Final = ("each.", "count.", "path.", "terraform.", "self.")
_MODULES: Final = r'(?:module\.[\w-]+(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?\.)*'
_VARIABLE: Final = re.compile(_MODULES + r"var\.")
_SAID_ELSEWHERE: Final = re.compile(_MODULES + r"(?:var|local)\.")


def without_indexes(address: str) -> str:
    """Return an address without its indexes: ``module.a["x"].aws_vpc.b[0]`` → ``module.a.aws_vpc.b``."""
    return _STEP.sub("", address)


def is_value_elsewhere(reference: Reference) -> bool:
    """Tell whether this is a variable or a local, of which no resource is known that it would lead to."""
    return _SAID_ELSEWHERE.match(reference.address) is not None


def is_variable(reference: Reference) -> bool:
    """Tell whether this is a variable that leads to no resource and no local: its value is known in a plan."""
    return _VARIABLE.match(reference.address) is not None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression stands.

    Parameters
    ----------
    module
        What the plan's configuration says of the module.
    address
        Of the module's instance, with a dot at its end unless it is the root: ``module.a[0].``.
    index
        Of the resource's instance: ``[0]``, ``["a"]`` or nothing.
    call
        What the configuration says of the module's call, and where that stands; None for the root.
    for_each
        The expression that the resource is repeated by, or None.
    """

    module: Mapping[str, Any]
    address: str = ""
    index: str = ""
    call: tuple[Mapping[str, Any], Place] | None = None
    for_each: Any = None

    def inside(self, name: str, index: str) -> Place | None:
        """Return the place inside a module that is called here."""
        call = (self.module.get("module_calls") or {}).get(name)
        if call is None:
            return None
        return Place(call.get("module") or {}, f"{self.address}module.{name}{index}.", "", (call, self))

    def of(self, address: str) -> Place | None:
        """Return the place of a resource's instance, whose full address is given."""
        here: Place | None = self
        rest = address
        while here is not None and (match := _MODULE.match(rest)) and rest.startswith("module."):
            here = here.inside(match[1], match[2] or "")
            rest = rest[len(f"module.{match[1]}{match[2] or ''}.") :]
        if here is None:
            return None
        index = _STEP.search(rest)
        return Place(here.module, here.address, index.group() if index else "", here.call)


@dataclass(slots=True)
class Allowance:
    """How much following is left."""

    left: int = MAX_FOLLOWED
    steps: int = MAX_STEPS

    def taken(self) -> bool:
        """Take one, if there is one."""
        self.left -= 1
        return self.left >= 0 and self.steps > 0


def references(expression: Any, place: Place, allowance: Allowance | None = None) -> list[Reference]:
    """List what an expression refers to, followed to resources; each once."""
    if not isinstance(expression, dict) or not isinstance(expression.get("references"), list):
        return []
    allowance = allowance or Allowance()
    texts = [text for text in expression["references"][:MAX_TEXTS] if isinstance(text, str)]
    # `aws_subnet.a[each.value.zone].id` is the one of another key, which is not written down.
    own = bool(_OWN & set(texts)) and not any(text.startswith(("each.value.", "each.value[")) for text in texts)
    longest = [text for text in texts if not any(_extends(other, text) for other in texts)]
    return list(dict.fromkeys(found for text in longest for found in _followed(text, place, allowance, own=own)))


def needs_in(expressions: Any, place: Place) -> frozenset[str]:
    """Return the addresses of all that the expressions of a resource refer to."""
    allowance = Allowance()
    return frozenset(one.address for leaf in _leaves(expressions) for one in references(leaf, place, allowance))


def waits_of(place: Place) -> Iterator[str]:
    """Yield the addresses of what the call of a module waits for, and those around it: so does all that is inside."""
    while place.call is not None:
        call, place = place.call
        yield from (f"{place.address}{one}" for one in call.get("depends_on") or ())


def _extends(longer: str, shorter: str) -> bool:
    return longer.startswith((f"{shorter}.", f"{shorter}["))


def _inside(expression: Any, place: Place, allowance: Allowance) -> list[Reference]:
    allowance.steps -= 1
    try:
        return references(expression, place, allowance)
    finally:
        allowance.steps += 1


def _followed(text: str, place: Place, allowance: Allowance, *, own: bool) -> Iterator[Reference]:
    if not allowance.taken():
        return
    if text.startswith("each.value"):
        yield from _through_each(text, place, allowance)
    if text.startswith(_NO_RESOURCE):
        return
    if text.startswith("local."):
        yield Reference(f"{place.address}{text}")  # a plan holds no locals
    elif text.startswith("var."):
        found = list(_through_variable(text, place, allowance))
        yield from found or [Reference(f"{place.address}{text}")]
    elif text.startswith("module."):
        yield from _through_output(text, place, allowance)
    elif (match := _RESOURCE.match(text)) is not None:
        address, index, attribute, rest = match.groups()
        path: tuple[str | int, ...] = (attribute,) if attribute else ()
        path += tuple(int(one) for one in _INDEX.findall(rest))
        # `aws_subnet.a[count.index].id` is written as "aws_subnet.a" and "count.index": the one of the same index.
        same = place.index if own and index is None and not attribute else ""
        yield Reference(f"{place.address}{address}{index or same}", path)


def _through_each(text: str, place: Place, allowance: Allowance) -> Iterator[Reference]:
    """``for_each = aws_subnet.a`` makes ``each.value`` the subnet of the same key."""
    found = [one for one in _inside(place.for_each, place, allowance) if not one.path]
    if len(found) == 1 and not found[0].address.endswith("]"):
        steps_inside = tuple(text.split(".")[2:3])
        yield Reference(f"{found[0].address}{place.index}", steps_inside)


def _through_variable(text: str, place: Place, allowance: Allowance) -> Iterator[Reference]:
    if place.call is None:
        return
    call, outside = place.call
    name = _STEP.sub("", text).split(".")[1]
    for expression in _leaves((call.get("expressions") or {}).get(name)):
        yield from _inside(expression, outside, allowance)


def _through_output(text: str, place: Place, allowance: Allowance) -> Iterator[Reference]:
    match = _MODULE.match(text)
    inside = place.inside(match[1], match[2] or "") if match else None
    if match is None or inside is None:
        return
    outputs = inside.module.get("outputs") or {}
    for name in [match[3]] if match[3] else list(outputs):
        expression = (outputs.get(name) or {}).get("expression")
        for leaf in _leaves(expression):
            yield from _inside(leaf, inside, allowance)


def _leaves(expression: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the expressions inside one that the plan has written part by part, as it does with blocks."""
    stack, left = [expression], 10_000
    while stack and left:
        left -= 1
        one = stack.pop()
        if isinstance(one, list):
            stack.extend(reversed(one))
        elif isinstance(one, dict) and "references" in one:
            yield one
        elif isinstance(one, dict):
            stack.extend(reversed(list(one.values())))
