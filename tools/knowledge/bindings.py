"""Read provider schemas out of the installed CDK Terrain bindings, without importing them.

The bindings carry no schema, but their compiled JavaScript says of every argument its name, its kind, and whether it
is computed, optional or required.
"""

from __future__ import annotations

import re
import tarfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_CLASS = re.compile(r"^class (\w+) extends cdktn\.(\w+) \{$", re.MULTILINE)
_TYPE = re.compile(r'static tfResourceType = "(\w+)";')
_ATTRIBUTE = re.compile(
    r"^    // (\w+) - computed: (true|false), optional: (true|false), required: (true|false)$", re.MULTILINE
)
_NESTED = re.compile(r'= new (?:\w+\.)?(\w+?)(OutputReference|List|Map)\(this, "\w+"(?:, (true|false))?\);')
_HCL_FUNCTION = re.compile(r"^function (\w+)ToHclTerraform\(struct\) \{$", re.MULTILINE)
_HCL_ENTRY = re.compile(r"^ +(\w+): \{\n +value: (.*),\n +isBlock: (true|false),\n +type: \"(\w+)\",", re.MULTILINE)
_KINDS = (
    ("Fn.tolist(this.getNumberListAttribute", "set(number)"),
    ("Fn.tolist(this.getListAttribute", "set(string)"),
    ("this.getNumberListAttribute", "list(number)"),
    ("this.getListAttribute", "list(string)"),
    ("this.getStringAttribute", "string"),
    ("this.getNumberAttribute", "number"),
    ("this.getBooleanAttribute", "bool"),
    ("this.getStringMapAttribute", "map(string)"),
    ("this.getBooleanMapAttribute", "map(bool)"),
    ("this.getNumberMapAttribute", "map(number)"),
    ("new cdktn.StringMap", "map(string)"),
    ("new cdktn.BooleanMap", "map(bool)"),
    ("new cdktn.NumberMap", "map(number)"),
)


@dataclass
class Struct:
    """Attributes and blocks of a resource or of one block, as in Terraform's ``providers schema -json``."""

    attributes: dict[str, dict[str, Any]] = field(default_factory=dict)
    blocks: dict[str, dict[str, Any]] = field(default_factory=dict)


def assembly() -> Path:
    """Return the archive of compiled JavaScript inside the installed bindings."""
    spec = find_spec("cdktn_provider_aws")  # looks, and imports nothing: the package's own module is never run
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("cdktn-provider-aws is not installed: pip install -e . first.")
    return next(Path(spec.submodule_search_locations[0], "_jsii").glob("*.tgz"))


def read(archive: Path) -> tuple[str, dict[tuple[str, str], Struct]]:
    """Return the provider's version and the structs by mode and type."""
    modules: dict[str, str] = defaultdict(str)  # a large resource is spread over several files of one folder
    with tarfile.open(archive) as tar:
        for member in tar:
            match = re.fullmatch(r"package/lib/([\w-]+)/.*\.js", member.name)
            if match and (file := tar.extractfile(member)):
                modules[match[1]] += file.read().decode()
    found: dict[tuple[str, str], Struct] = {}
    version = ""
    for text in modules.values():
        found.update(_module(text))
        version = version or "".join(re.findall(r"providerVersion: '([\d.]+)'", text)[:1])
    return version, found


def _module(text: str) -> Iterator[tuple[tuple[str, str], Struct]]:
    classes = _sections(_CLASS, text)
    functions = {name.lower(): body for name, (_, body) in _sections(_HCL_FUNCTION, text).items()}
    for _, (base, body) in classes.items():
        mode = {"TerraformResource": "managed", "TerraformDataSource": "data"}.get(base)
        if mode and (match := _TYPE.search(body)):
            yield (mode, match[1]), _Reader(classes, functions).struct(body, body)


def _sections(start: re.Pattern[str], text: str) -> dict[str, tuple[str, str]]:
    """Cut the text before each match: name → (second group, text up to the closing brace of the section)."""
    found = {}
    for match in start.finditer(text):
        end = text.index("\n}\n", match.end())
        found[match[1]] = (match[2] if match.re.groups > 1 else "", text[match.end() : end])
    return found


@dataclass
class _Reader:
    classes: dict[str, tuple[str, str]]
    functions: dict[str, str]
    above: tuple[str, ...] = ()

    def struct(self, body: str, hcl: str) -> Struct:
        how = {name: (value, block == "true", kind) for name, value, block, kind in _HCL_ENTRY.findall(hcl)}
        made = Struct()
        matches = list(_ATTRIBUTE.finditer(body))
        ends = [match.start() for match in matches[1:]] + [len(body)]
        for match, end in zip(matches, ends[: len(matches)], strict=True):
            rest = body[match.end() : end]
            name = match[1]
            says = zip(("computed", "optional", "required"), match.groups()[1:], strict=True)
            flags = {flag for flag, said in says if said == "true"}
            value, is_block, kind = how.get(name, ("", False, ""))
            nested = _NESTED.search(rest)
            if nested and nested[1] in self.above:  # a block inside itself: anything, from here on
                made.attributes[name] = {"kind": "any", **dict.fromkeys(flags, True)}
            elif nested and is_block and ", false)(" not in value:
                made.blocks[name] = self._block(nested, kind, "required" in flags)
            else:
                made.attributes[name] = {"kind": _kind(rest, nested, kind), **dict.fromkeys(flags, True)}
        return made

    def _block(self, nested: re.Match[str], kind: str, required: bool) -> dict[str, Any]:
        name = nested[1]
        inside = _Reader(self.classes, self.functions, (*self.above, name))
        return {
            "nesting": "single" if kind == "struct" else kind,
            "min": 1 if required else 0,
            "max": 1 if nested[2] == "OutputReference" and kind != "struct" else 0,
            "block": inside.struct(self.classes[name + "OutputReference"][1], self.functions.get(name.lower(), "")),
        }


def _kind(getter: str, nested: re.Match[str] | None, kind: str) -> str:
    if nested:
        if nested[2] == "Map":
            return "map(object)"
        return f"{'set' if nested[3] == 'true' or kind == 'set' else 'list'}(object)"
    return next((name for mark, name in _KINDS if mark in getter), "any")
