"""Compare the API's constraints with what the AWS provider itself accepts, by asking ``terraform validate``.

Run by hand: ``.venv/bin/python tools/knowledge/cross_check.py``; a few minutes. For each mapped argument a resource is
written that gives it a value outside the API's enumeration or range (the provider should refuse it, and says what it
accepts), and one that gives it a member in the wrong case (a provider that takes it ignores case). What is printed is
to be judged by a reader, and goes into EXCLUDED or CASE_IGNORED of `api_operations.py`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aws_schema import VERSION_5

from tercet.preflight.knowledge.schema import BlockSchema, schema_of
from tercet.preflight.knowledge.shapes import Member, mapped_types, members_of
from tercet.terraform import binary, providers

_PLACEHOLDERS = {"string": "x", "number": 1, "bool": True, "map(string)": {"a": "b"}}
_AT_ONCE = 400


def minimal(schema: BlockSchema, path: list[str], value: Any) -> dict[str, Any]:
    """Write a block with all that it requires, and the value at the path."""
    body: dict[str, Any] = {}
    for name, argument in schema.arguments.items():
        if argument.required(5):
            body[name] = _PLACEHOLDERS.get(argument.kind, ["x"])
    for name, block in schema.blocks.items():
        if block.min_items and name != path[0]:
            body[name] = [minimal(block, [""], None)] * block.min_items
    if path[0] in schema.blocks and len(path) > 1:
        body[path[0]] = [minimal(schema.blocks[path[0]], path[1:], value)]
    elif path[0]:
        body[path[0]] = value
    return body


def probes() -> Iterator[tuple[str, str, Member, Any, str]]:
    """Yield type, argument, its member, a value, and what the value is to show."""
    for kind in sorted(mapped_types()):
        schema = schema_of(kind)
        for path, member in members_of(kind).items():
            *blocks, name = path.split(".")
            holder = schema and schema.at(".".join(blocks))
            if not holder or not holder.arguments[name].settable(5):
                continue
            listed = member.shape.kind == "list"
            shape = member.shape.item if listed and member.shape.item else member.shape
            if shape.enum:
                yield kind, path, member, ["Zqx"] if listed else "Zqx", "unknown"
                other = next((one.swapcase() for one in shape.enum if one.swapcase() not in shape.enum), None)
                if other:
                    yield kind, path, member, [other] if listed else other, "case"
            elif shape.kind == "number" and shape.most is not None:
                yield kind, path, member, int(shape.most) + 1, "above"
            elif shape.kind == "number" and shape.least:
                yield kind, path, member, int(shape.least) - 1, "below"


def ask(resources: dict[str, tuple[str, dict[str, Any]]]) -> dict[str, list[str]]:
    """Validate the resources, and return what was said of each."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        grouped: dict[str, dict[str, Any]] = {}
        for label, (kind, body) in resources.items():
            grouped.setdefault(kind, {})[label] = body
        configuration = {
            "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws", "version": VERSION_5}}},
            "provider": {"aws": {"region": "us-east-1"}},
            "resource": grouped,
        }
        (folder / "main.tf.json").write_text(json.dumps(configuration))
        program = binary.find()
        environment = providers.effective_environment(os.environ)
        environment |= providers.prepare(program, folder, environment).environment
        subprocess.run(
            [*program.command, "init", "-input=false"], cwd=folder, env=environment, check=True, capture_output=True
        )
        said = subprocess.run(
            [*program.command, "validate", "-json"], cwd=folder, env=environment, check=False, capture_output=True
        )
    answers: dict[str, list[str]] = {label: [] for label in resources}
    for one in json.loads(said.stdout)["diagnostics"]:
        address = one.get("address") or (one.get("snippet") or {}).get("context", "")
        if found := re.search(r"\b(p\d+)\b", address):
            answers[found[1]].append(f"{one['summary']} {one['detail']}")
    return answers


def main() -> None:
    """Print what differs."""
    asked = [(f"p{number}", *probe) for number, probe in enumerate(probes())]
    for start in range(0, len(asked), _AT_ONCE):
        part = asked[start : start + _AT_ONCE]
        resources = {}
        for label, kind, path, _, value, _ in part:
            schema = schema_of(kind)
            if schema:
                resources[label] = (kind, minimal(schema, path.split("."), value))
        answers = ask(resources)
        for label, kind, path, member, value, what in part:
            name = path.rpartition(".")[2]
            mine = [one for one in answers[label] if name in one or "Zqx" in one]
            print(
                json.dumps(
                    [what, kind, path, member.shape.enum[:6], member.shape.most, value, mine, answers[label][:3]]
                )
            )


if __name__ == "__main__":
    main()
