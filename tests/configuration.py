"""Asks questions of a synthesized configuration."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Body = Mapping[str, Any]


class Configuration:
    """A synthesized folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.text = (folder / "cdk.tf.json").read_text(encoding="utf-8")
        self.json: dict[str, Any] = json.loads(self.text)
        versions = json.loads((folder / "versions.tf.json").read_text(encoding="utf-8"))
        self.required_version: str = versions["terraform"]["required_version"]

    def resources(self) -> Iterator[tuple[str, Body]]:
        """Every resource with its Terraform address."""
        for kind, group in self.json["resource"].items():
            for name, body in group.items():
                yield f"{kind}.{name}", body

    def all(self, kind: str) -> dict[str, Body]:
        """Every resource of a type, by its address; fails if there is none."""
        found = {f"{kind}.{name}": body for name, body in self.json["resource"].get(kind, {}).items()}
        assert found, f"the configuration has no {kind}"
        return found

    def one(self, kind: str) -> Body:
        """The only resource of a type."""
        found = self.all(kind)
        assert len(found) == 1, f"there are {len(found)} {kind}"
        return next(iter(found.values()))

    def address(self, kind: str) -> str:
        """Address of the only resource of a type."""
        return next(iter(self.all(kind)))

    def referred(self, reference: str) -> Body:
        """The resource that ``${type.name.attribute}`` refers to."""
        kind, name = re.fullmatch(r"\$\{(\w+)\.([\w-]+)\.\w+\}", reference).groups()  # type: ignore[union-attr]
        return self.json["resource"][kind][name]

    def policies(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Every statement of every policy document, with the address and attribute it stands in."""
        for address, body in self.resources():
            for attribute, document in _documents(body):
                for statement in document["Statement"]:
                    yield f"{address}.{attribute}", statement


def _documents(body: Body) -> Iterator[tuple[str, dict[str, Any]]]:
    for attribute, value in body.items():
        if isinstance(value, str) and '"Statement"' in value:
            yield attribute, json.loads(value)
