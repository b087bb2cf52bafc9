"""What the AWS API accepts for an argument: read from the service models that come with botocore.

Which member of which operation an argument becomes is data (`tools/knowledge/api_shapes.py` writes it); what that
member accepts is asked of the installed botocore, one service at a time and only for services that occur. No client is
made, and nothing is sent.
"""

from __future__ import annotations

import datetime
import gzip
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from tercet.preflight.knowledge.dated import is_old, table

_TABLE: Final = "api_shapes"
_NUMBERS: Final = frozenset({"integer", "long", "float", "double"})


@dataclass(frozen=True, slots=True)
class Shape:
    """What the API accepts.

    Parameters
    ----------
    name
        Of the shape in the service model, for reference.
    kind
        ``string``, ``number`` or ``list``.
    enum
        The values that are accepted; empty: any.
    least, most
        Of a number its bounds, of a string its length, of a list its items; None: no bound.
    pattern
        A regular expression in the dialect of the API's own implementation; None: any.
    item
        Of a list: what each of its items must be.
    case_ignored
        Whether the provider compares the enumeration without regard to case.
    """

    name: str
    kind: str
    enum: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    pattern: str | None = None
    item: Shape | None = None
    case_ignored: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """An argument's counterpart in the API.

    Parameters
    ----------
    service, operation
        As botocore names them: ``lambda``, ``CreateFunction``.
    path
        The member's, in the operation's input: ``DeadLetterConfig.TargetArn``.
    shape
        What it accepts.
    """

    service: str
    operation: str
    path: str
    shape: Shape


@cache
def is_behind(as_of: datetime.date) -> bool:
    """Tell whether botocore's lists may lack what the provider takes: it, or the data, is old on that day."""
    return is_old(f"{_TABLE}.json", as_of) or _numbers(version("botocore")) < _numbers(table(_TABLE)["botocore"])


def mapped_types() -> frozenset[str]:
    """Return the resource types of which arguments are mapped."""
    return frozenset(table(_TABLE)["resources"])


def members_of(type: str) -> Mapping[str, Member]:
    """Return a resource type's constrained arguments, as dotted paths (``rule.lifecycle.delete_after``).

    An argument whose member this version of botocore does not have, or does not constrain, is left out.
    """
    mapped = table(_TABLE)["resources"].get(type)
    return _members(mapped["service"]).get(type, {}) if mapped else {}


@cache
def _members(service: str) -> Mapping[str, Mapping[str, Member]]:
    """Read the members of all types of a service at once, so that its model, which is large, need not be kept."""
    model = _model(service)
    if model is None:
        return {}
    mapped = table(_TABLE)["resources"]
    return {name: _found(model, one) for name, one in mapped.items() if one["service"] == service}


def _model(service: str) -> Mapping[str, Any] | None:
    """Read the newest service model of the installed botocore; None where there is none.

    botocore's own loader would do the same, and importing it takes longer than everything that is read here.
    """
    spec = find_spec("botocore")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        versions = sorted(Path(folder, "data", service).glob("*/service-2.json*"))
        if versions:
            data = versions[-1].read_bytes()
            model: Mapping[str, Any] = json.loads(gzip.decompress(data) if versions[-1].suffix == ".gz" else data)
            return model
    return None


def _found(model: Mapping[str, Any], mapped: Mapping[str, Any]) -> Mapping[str, Member]:
    found = {}
    for argument, target in mapped["arguments"].items():
        operation, *path = target.split(".")
        if shape := _shape_at(model, operation, path):
            shape = _as_the_provider_has_it(shape, argument, mapped)
            found[argument] = Member(mapped["service"], operation, ".".join(path), shape)
    return found


def _as_the_provider_has_it(shape: Shape, argument: str, mapped: Mapping[str, Any]) -> Shape:
    if argument in mapped.get("case_ignored", ()):
        shape = replace(shape, case_ignored=True)
    if more := mapped.get("also", {}).get(argument):
        shape = replace(shape, enum=(*shape.enum, *more))
    return shape


def _shape_at(model: Mapping[str, Any], operation: str, path: list[str]) -> Shape | None:
    shapes = model["shapes"]
    name = model["operations"].get(operation, {}).get("input", {}).get("shape")
    for step in path:
        members = shapes.get(_inner(shapes, name or ""), {}).get("members", {})
        name = members.get(step, {}).get("shape")
    return _shape(shapes, name) if name in shapes else None


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d{1,6}", text)[:3])


def _inner(shapes: Mapping[str, Any], name: str) -> str:
    """Go from a list, or from CloudFront's quantity with items, to what it holds."""
    for _ in range(3):
        said = shapes.get(name, {})
        if said.get("type") == "list":
            name = said["member"]["shape"]
        elif said.get("type") == "structure" and set(said["members"]) == {"Items", "Quantity"}:
            name = said["members"]["Items"]["shape"]
        else:
            break
    return name


def _shape(shapes: Mapping[str, Any], name: str) -> Shape | None:
    said = shapes[name]
    if said["type"] == "structure" and "Items" in said["members"]:
        return _shape(shapes, said["members"]["Items"]["shape"])
    item = _shape(shapes, said["member"]["shape"]) if said["type"] == "list" else None
    kind = "number" if said["type"] in _NUMBERS else said["type"]
    if kind not in ("string", "number", "list"):
        return None
    shape = Shape(name, kind, tuple(said.get("enum", ())), said.get("min"), said.get("max"), said.get("pattern"), item)
    empty = not shape.enum and shape.least is None and shape.most is None and shape.pattern is None and item is None
    return None if empty else shape
