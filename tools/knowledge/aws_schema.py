"""Write ``knowledge/data/aws_schema.jsonl``: the AWS provider's schema, of the last 5.x and of one 6.x.

Run by hand, from the repository: ``.venv/bin/python tools/knowledge/aws_schema.py``. It takes half a minute.

- 5.x is ``terraform providers schema -json`` of the version named below. The provider comes from a mirror, if
  `tercet.terraform.providers` finds one, else from the registry.
- 6.x is what the installed bindings (cdktn-provider-aws) were generated from. They hold deeply recursive blocks
  (a WAF statement, a QuickSight definition) as "anything": there 5.x speaks for both.

Format: the first line says where it comes from. Each further line is one resource or data source, by mode and type.
An attribute is ``kind flags``, or ``kind flags5/flags6`` where the two differ: ``r``equired, ``o``ptional,
``c``omputed, ``d``eprecated, ``w``rite-only, or ``-`` where that version does not know it. A block is
``[nesting, min, max, flags, attributes, blocks]`` (max 0: no limit; flags: ``=`` both know it, ``5`` or ``6`` only).
A block's contents that occur more than once stand under ``shared`` and are named there by number.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import bindings

from tercet.terraform import binary, providers

VERSION_5 = "5.100.0"
AS_OF = "2026-10-01"
"""The month in which the bindings (25.8.1) were released: what came later is not in the data. Change it with them."""

DATA = Path(__file__).parents[2] / "src/tercet/preflight/knowledge/data/aws_schema.jsonl"
WORTH_SHARING = 120
"""Characters from which a repeated block is written once."""

Struct = bindings.Struct


def read_5() -> dict[tuple[str, str], Struct]:
    """Ask Terraform for the schema of the provider."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        required = {"aws": {"source": "hashicorp/aws", "version": VERSION_5}}
        (folder / "main.tf.json").write_text(json.dumps({"terraform": {"required_providers": required}}))
        program = binary.find()
        environment = providers.effective_environment(os.environ)
        environment |= providers.prepare(program, folder, environment).environment
        subprocess.run(
            [*program.command, "init", "-input=false"], cwd=folder, env=environment, check=True, capture_output=True
        )
        said = subprocess.run(
            [*program.command, "providers", "schema", "-json"],
            cwd=folder,
            env=environment,
            check=True,
            capture_output=True,
        )
    (schema,) = json.loads(said.stdout)["provider_schemas"].values()
    return {
        (mode, name): _struct(one["block"])
        for mode, key in (("managed", "resource_schemas"), ("data", "data_source_schemas"))
        for name, one in schema[key].items()
    }


def _struct(block: dict[str, Any]) -> Struct:
    attributes = {name: {**one, "kind": _kind(one["type"])} for name, one in block.get("attributes", {}).items()}
    blocks = {
        name: {
            "nesting": one["nesting_mode"],
            "min": one.get("min_items", 0),
            "max": one.get("max_items", 0),
            "deprecated": one["block"].get("deprecated", False),
            "block": _struct(one["block"]),
        }
        for name, one in block.get("block_types", {}).items()
    }
    return Struct(attributes, blocks)


def _kind(kind: Any) -> str:
    if isinstance(kind, str):
        return "any" if kind == "dynamic" else kind
    return "object" if kind[0] == "object" else f"{kind[0]}({_kind(kind[1])})"


def merge(five: Struct | None, six: Struct | None) -> tuple[dict[str, str], dict[str, Any]]:
    """Write two generations as one."""
    empty = Struct()
    old, new = five or empty, six or empty
    attributes, blocks = {}, {}
    for name in sorted({*old.attributes, *new.attributes}):
        before, after = old.attributes.get(name), new.attributes.get(name)
        if after and before is None and after["kind"] == "any" and name in old.blocks:
            continue  # the bindings' "anything" for a recursive block
        kind = (before or after or {})["kind"]
        before_flags, after_flags = _flags(before), _flags(after)
        if before and after:
            after_flags += "d" if before.get("deprecated") else ""  # the bindings do not say what is deprecated
            after_flags += "w" if before.get("write_only") else ""
        attributes[name] = (
            f"{kind} {before_flags}" if before_flags == after_flags else f"{kind} {before_flags}/{after_flags}"
        )
    for name in sorted({*old.blocks, *new.blocks}):
        before, after = old.blocks.get(name), new.blocks.get(name)
        if after is None and new.attributes.get(name, {}).get("kind") == "any":
            after = before
        blocks[name] = _block(before, after)
    return attributes, blocks


def _block(before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[Any]:
    shape = before or after or {}
    at_least = min(one["min"] for one in (before, after) if one)  # what either lets be absent may be absent
    at_most = (
        0 if any(one["max"] == 0 for one in (before, after) if one) and shape["nesting"] != "single" else shape["max"]
    )
    if shape["nesting"] == "single" and after and after["nesting"] != "single" and before:
        at_most = after["max"]
    known = "=" if before and after else "5" if before else "6"
    known += "d" if shape.get("deprecated") else ""
    return [shape["nesting"], at_least, at_most, known, *merge(before and before["block"], after and after["block"])]


def _flags(attribute: dict[str, Any] | None) -> str:
    if attribute is None:
        return "-"
    names = (("r", "required"), ("o", "optional"), ("c", "computed"), ("d", "deprecated"), ("w", "write_only"))
    return "".join(letter for letter, name in names if attribute.get(name))


def share(attributes: dict[str, str], blocks: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    """Replace contents that occur more than once by their number in a list."""
    seen: Counter[str] = Counter()

    def count(inside: dict[str, Any]) -> None:
        for block in inside.values():
            text = json.dumps(block[4:])
            seen[text] += 1
            if seen[text] == 1:
                count(block[5])

    count(blocks)
    numbers: dict[str, int] = {}
    shared: list[Any] = []

    def shorten(inside: dict[str, Any]) -> dict[str, Any]:
        short = {}
        for name, block in inside.items():
            text = json.dumps(block[4:])
            if seen[text] < 2 or len(text) < WORTH_SHARING:
                short[name] = [*block[:5], shorten(block[5])] if block[5] else block[:5]
            else:
                if text not in numbers:
                    contents = [block[4], shorten(block[5])]
                    numbers[text] = len(shared)
                    shared.append(contents)
                short[name] = [*block[:4], numbers[text]]
        return short

    return {"attributes": attributes, "blocks": shorten(blocks)}, shared


def main() -> None:
    """Write the file."""
    version_6, six = bindings.read(bindings.assembly())
    five = read_5()
    head = {
        "source": f"terraform providers schema -json of hashicorp/aws {VERSION_5}; the bindings of {version_6}",
        "as_of": AS_OF,
        "versions": {"5": VERSION_5, "6": version_6},
    }
    lines = [json.dumps(head)]
    for mode, name in sorted({*five, *six}):
        before, after = five.get((mode, name)), six.get((mode, name))
        body, shared = share(*merge(before, after))
        known = "=" if before and after else "5" if before else "6"
        line = {"mode": mode, "type": name, "known": known, **body, **({"shared": shared} if shared else {})}
        lines.append(json.dumps(line, separators=(",", ":")))
    DATA.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
