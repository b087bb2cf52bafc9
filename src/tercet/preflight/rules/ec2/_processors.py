"""Processors: which one an instance type has, and which one an image is for, as far as their names say it."""

from __future__ import annotations

import re
from typing import Final

from tercet.preflight.graph import Graph, Resource
from tercet.preflight.values import Reference, Text, Value

ARM: Final = "arm64"
INTEL: Final = "x86_64"

# "m7g", "c6gn", "im4gn", "x2gd": a g after the generation is Graviton; the g of "g5" stands before it.
_FAMILY: Final = re.compile(r"(?:u\d*[a-z]*-)?([a-z]{1,10})(\d{1,2})([a-z]{0,8})(?:-[a-z0-9]{1,8}){0,2}")
_SAYS: Final = ((ARM, ("arm64", "aarch64")), (INTEL, ("x86_64", "amd64")))


def processor_of_type(name: str) -> str | None:
    """Return the processor of an instance type such as ``m7g.large``; None where the name is no such type."""
    family, dot, _ = name.partition(".")
    if family == "a1":
        return ARM
    match = _FAMILY.fullmatch(family)
    if match is None or not dot or family.startswith(("mac", "u-")) or "-gb" in family:
        return None
    return ARM if "g" in match[3] else INTEL


def processor_of_image(graph: Graph, value: Value) -> tuple[str, str] | None:
    """Return the processor that an image is for, and what says so; None where nothing does.

    A data source says it by its filters, a public parameter by its path.
    """
    references = value.references if isinstance(value, Text) else (value,) if isinstance(value, Reference) else ()
    found = graph.find(references[0].address) if len(references) == 1 else []
    if len(found) != 1 or found[0].mode != "data":
        return None
    if found[0].type == "aws_ami":
        return _filtered(found[0])
    if found[0].type == "aws_ssm_parameter" and isinstance(path := found[0].value("name"), str):
        said = _in_text(path) if path.startswith("/aws/service/") else None
        return (said, f"{found[0].address}.name is {path}") if said else None
    return None


def _filtered(image: Resource) -> tuple[str, str] | None:
    filters = image.value("filter")
    said: dict[str, str] = {}
    for one in filters if isinstance(filters, list) else [filters]:
        if not isinstance(one, dict) or not isinstance(one.get("values"), list):
            continue
        name, values = one.get("name"), one["values"]
        if name not in ("architecture", "name") or not values or not all(isinstance(text, str) for text in values):
            continue
        processors = {_in_text(text) for text in values}
        if len(processors) == 1 and (processor := processors.pop()) is not None:
            said[processor] = f"{image.address} looks for {name} {', '.join(map(str, values))}"
    return next(iter(said.items())) if len(said) == 1 else None


def _in_text(text: str) -> str | None:
    found = {processor for processor, words in _SAYS if any(word in text for word in words)}
    return found.pop() if len(found) == 1 else None
