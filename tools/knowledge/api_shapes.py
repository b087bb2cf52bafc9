"""Write ``knowledge/data/api_shapes.json``: Terraform argument → member of an API operation.

Run by hand, from the repository: ``.venv/bin/python tools/knowledge/api_shapes.py``; after `aws_schema.py`, whose data
it reads. Names are matched mechanically (case, plural, the resource's own name), and only where the kinds agree: a
string for a string, a number for a number, blocks for structures. Only arguments that the API constrains are written.
The constraints themselves are not written: they are read from botocore when a configuration is checked.
"""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore
from api_operations import ALSO_ACCEPTED, CASE_IGNORED, EXCLUDED, NAMES, OPERATIONS
from botocore.loaders import Loader

from tercet.preflight.knowledge.schema import Argument, BlockSchema, schema_of

DATA = Path(__file__).parents[2] / "src/tercet/preflight/knowledge/data/api_shapes.json"
_LOADER = Loader()
_NUMBERS = ("integer", "long", "float", "double")
_CONSTRAINTS = ("enum", "min", "max", "pattern")
_DEEPEST = 5
"""Blocks inside blocks that are looked into; deeper ones are rare, and many."""


class Mapper:
    """Matches one resource type with one operation's input."""

    def __init__(self, type: str, operation: str) -> None:
        self.type = type
        service, _, rest = operation.partition(":")
        self.service = service
        self.operation, *self.root = rest.split("/")
        model = _LOADER.load_service_model(service, "service-2")
        self.shapes: dict[str, Any] = model["shapes"]
        self.input = model["operations"][self.operation]["input"]["shape"]

    def mapped(self) -> Iterator[tuple[str, str]]:
        """Yield each argument that is constrained, with its member, as dotted paths."""
        schema = schema_of(self.type)
        if schema is None:
            raise SystemExit(f"{self.type} is in no provider.")
        shape = self.input
        for member in self.root:
            shape = self._inner(self.shapes[shape]["members"][member]["shape"])
        yield from self._block(schema, shape, "", ".".join([self.operation, *self.root]), _DEEPEST)

    def _inner(self, shape: str) -> str:
        """Return what a list holds, or the shape itself."""
        said = self.shapes[shape]
        if said["type"] == "list":
            return str(said["member"]["shape"])
        if said["type"] == "structure" and set(said["members"]) == {"Items", "Quantity"}:
            return self._inner(said["members"]["Items"]["shape"])
        return shape

    def _block(self, schema: BlockSchema, shape: str, path: str, target: str, depth: int) -> Iterator[tuple[str, str]]:
        said = self.shapes[shape]
        if said["type"] != "structure" or not depth:
            return
        for name, argument in schema.arguments.items():
            here = f"{path}.{name}".lstrip(".")
            if any(map(argument.settable, argument.flags)) and (found := self._leaf(said, here)):
                member, its_shape = found
                if self._fits(argument, its_shape):
                    yield here, f"{target}.{member}"
        for name, block in schema.blocks.items():
            here = f"{path}.{name}".lstrip(".")
            if name == "timeouts" or name in path.split("."):
                continue  # a block inside itself (a statement of a statement) is looked at once
            if member := self._member(said, here):
                inner = said["members"][member]["shape"]
                if self.shapes[inner]["type"] in ("structure", "list"):
                    yield from self._block(block, self._inner(inner), here, f"{target}.{member}", depth - 1)

    def _leaf(self, structure: dict[str, Any], path: str) -> tuple[str, str] | None:
        """Return an argument's member and its shape; a name given with dots leads through structures."""
        *through, _ = NAMES.get(self.type, {}).get(path, "").split(".")
        for step in through:
            if step not in structure["members"]:
                return None
            structure = self.shapes[structure["members"][step]["shape"]]
        member = self._member(structure, path)
        return (".".join([*through, member]), structure["members"][member]["shape"]) if member else None

    def _member(self, structure: dict[str, Any], path: str) -> str | None:
        if path in EXCLUDED.get(self.type, {}) or path in EXCLUDED.get("*", {}):
            return None
        members = {_plain(member): member for member in structure["members"]}
        for name in self._spellings(path):
            if (found := members.get(name)) is not None:
                return str(found)
        return None

    def _spellings(self, path: str) -> Iterator[str]:
        if given := NAMES.get(self.type, {}).get(path):
            yield _plain(given.rpartition(".")[2])
            return
        name = _plain(path.rpartition(".")[2])
        yield name
        yield from (name + "s", name + "es", name[:-1] + "ies" if name.endswith("y") else name)
        if "." not in path:
            words = self.type.split("_")[1:]
            for start in range(len(words)):
                yield _plain("".join(words[start:])) + name
        else:
            around = _plain(path.split(".")[-2])
            yield around + name
            yield around.removesuffix("s") + name

    def _fits(self, argument: Argument, shape: str) -> bool:
        said = self.shapes[shape]
        kind, of = said["type"], argument.kind
        if kind == "string" and of == "string":
            return _constrained(said)
        if kind in _NUMBERS and of == "number":
            return _constrained(said)
        if kind == "list" and of in ("list(string)", "set(string)"):
            item = self.shapes[said["member"]["shape"]]
            return item["type"] == "string" and (_constrained(said) or _constrained(item))
        if kind == "structure" and "Items" in said["members"] and of in ("list(string)", "set(string)"):
            return self._fits(argument, said["members"]["Items"]["shape"])
        return False


def _constrained(shape: dict[str, Any]) -> bool:
    return any(name in shape for name in _CONSTRAINTS)


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def mapping() -> dict[str, Any]:
    """Return type → service and argument → member; an argument that two operations know belongs to the first."""
    found: dict[str, Any] = {}
    for name, operations in sorted(OPERATIONS.items()):
        arguments: dict[str, str] = {}
        service = ""
        for operation in operations.split():
            mapper = Mapper(name, operation)
            service = mapper.service
            for path, member in mapper.mapped():
                arguments.setdefault(path, member)
        if arguments:
            said = {"case_ignored": CASE_IGNORED, "also": ALSO_ACCEPTED}
            extra = {key: table[name] for key, table in said.items() if name in table}
            found[name] = {"service": service, **extra, "arguments": dict(sorted(arguments.items()))}
    return found


def main() -> None:
    """Write the file; with ``--show``, show each argument with its constraint, for review."""
    found = mapping()
    head = {
        "source": f"names matched with the service models of botocore {botocore.__version__}",
        "botocore": botocore.__version__,
        "as_of": datetime.datetime.now(datetime.UTC).date().isoformat(),
    }
    resources = ",\n".join(f"{json.dumps(name)}: {json.dumps(one)}" for name, one in found.items())
    text = f'{json.dumps(head)[:-1]}, "resources": {{\n{resources}\n}}}}\n'
    DATA.write_text(json.dumps(json.loads(text)) and text, encoding="utf-8")
    print(sum(len(one["arguments"]) for one in found.values()), "arguments of", len(found), "types", file=sys.stderr)


if __name__ == "__main__":
    main()
