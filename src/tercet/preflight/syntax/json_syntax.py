"""Reads Terraform's JSON syntax, which is what CDK Terrain writes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tercet.errors import PreflightError
from tercet.preflight.findings import Source
from tercet.preflight.syntax.tree import BlockSyntax, Body, JsonValue

_LABELS: Final = {
    "resource": 2,
    "data": 2,
    "ephemeral": 2,
    "provider": 1,
    "module": 1,
    "variable": 1,
    "output": 1,
    "check": 1,
    "locals": 0,
    "terraform": 0,
    "moved": 0,
    "import": 0,
    "removed": 0,
}
"""Top-level block → how many labels it has ("JSON Configuration Syntax" in Terraform's language reference)."""


def parse(data: bytes | str, file: str) -> Any:
    """Parse JSON.

    Raises
    ------
    PreflightError
        It is not JSON, or nested too deeply.
    """
    try:
        if isinstance(data, bytes) and data.startswith(b"\xef\xbb\xbf"):
            data = data[3:]
        return json.loads(data, parse_constant=_no_constant)
    except RecursionError as error:
        raise PreflightError(f"{file} is nested too deeply.") from error
    except ValueError as error:
        raise PreflightError(f"{file} is not JSON: {error}.") from error


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def is_configuration(document: Any) -> bool:
    """Tell whether a JSON document looks like Terraform's configuration."""
    return isinstance(document, dict) and bool(document.keys() & _LABELS.keys()) and document.keys() <= {*_LABELS, "//"}


def blocks(document: Any, file: str) -> list[BlockSyntax]:
    """Turn a document into blocks.

    Raises
    ------
    PreflightError
        It is no Terraform configuration.
    """
    if not isinstance(document, dict):
        raise PreflightError(f"{file} is not Terraform's JSON: the outermost value must be an object.")
    unknown = [key for key in document if key not in _LABELS and key != "//"]
    if unknown:
        raise PreflightError(
            f"{file} is not Terraform's JSON: {unknown[0]!r} is no block. Known are {', '.join(_LABELS)}."
        )
    return [
        BlockSyntax(
            kind,
            labels,
            Body({key: JsonValue(one) for key, one in body.items() if key != "//"}),
            _source(file, body),
            _comment(body),
        )
        for kind, count in _LABELS.items()
        for labels, body in _bodies(document.get(kind), count, (), f"{file}: {kind}")
    ]


def _bodies(
    value: Any, labels: int, before: tuple[str, ...], where: str
) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    if value is None:
        return
    if isinstance(value, list):
        for one in value:
            if isinstance(one, list):
                raise PreflightError(f"{where} must hold an object, not a list in a list.")
            yield from _bodies(one, labels, before, where)
        return
    if not isinstance(value, dict):
        raise PreflightError(f"{where} must hold an object, not {json.dumps(value)[:60]}.")
    if not labels:
        yield before, value
        return
    for label, inside in value.items():
        if label != "//":
            yield from _bodies(inside, labels - 1, (*before, label), f"{where}.{label}")


def _comment(body: Mapping[str, Any]) -> Mapping[str, Any]:
    comment = body.get("//")
    return comment if isinstance(comment, dict) else {}


def _source(file: str, body: Mapping[str, Any]) -> Source:
    metadata = _comment(body).get("metadata")
    path = metadata.get("path") if isinstance(metadata, dict) else None
    return Source(file, None, path if isinstance(path, str) else None)


_TOKEN: Final = re.compile(r'"((?:[^"\\\n]|\\.)*)"(\s*:)?|[{}\[\],]')
MAX_LEVEL: Final = 4


def lines(text: str) -> dict[tuple[str, ...], int]:
    """Find at which line each key of the outer levels stands: ``("resource", "aws_vpc", "main")`` → 12."""
    found: dict[tuple[str, ...], int] = {}
    path: list[str | None] = []
    line, counted = 1, 0
    for match in _TOKEN.finditer(text):
        mark = match[0]
        if mark[0] == '"':
            if match[2] and path and len(path) <= MAX_LEVEL:
                path[-1] = match[1]
                line, counted = line + text.count("\n", counted, match.start()), match.start()
                found.setdefault(tuple(step for step in path if step), line)
        elif mark in "{[":
            path.append(None)
        elif mark in "}]":
            if path:
                path.pop()
        elif path:
            path[-1] = None
    return found
