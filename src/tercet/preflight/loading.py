"""Finds out what a path holds, and loads it into graphs: one for each root module."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path
from typing import Any, Final

from tercet.errors import PreflightError
from tercet.preflight import plan
from tercet.preflight.evaluation.configuration import evaluate_configuration
from tercet.preflight.graph import Graph
from tercet.preflight.syntax import folder as folders
from tercet.preflight.syntax import hcl, json_syntax
from tercet.preflight.syntax.tree import BlockSyntax, ModuleSyntax

STANDARD_INPUT: Final = Path("-")
MAX_ROOTS: Final = 200
MAX_FOLDERS: Final = 20_000
_PASSED_OVER: Final = frozenset(("node_modules", ".terraform", ".git", ".venv", "__pycache__"))


def load(path: Path) -> list[Graph]:
    """Load every root module at a path.

    Parameters
    ----------
    path
        A folder of Terraform's files, a synthesized folder, a ``.tf`` or ``.tf.json`` file, a plan in JSON; ``-`` is
        standard input.

    Raises
    ------
    PreflightError
        There is no configuration, or it cannot be read.
    """
    try:
        if path == STANDARD_INPUT:
            return [_load_text(_standard_input(), "standard input")]
        if not path.exists():
            raise PreflightError(f"{path} does not exist.")
        return _load_folder(path) if path.is_dir() else [_load_file(path)]
    except RecursionError as error:
        raise PreflightError(f"{path} is nested too deeply.") from error
    except (OSError, ValueError) as error:  # a name that is too long, or holds a zero byte
        raise PreflightError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error


def _standard_input() -> bytes:
    if sys.stdin is None:
        raise PreflightError("standard input is closed: there is nothing to check.")
    return sys.stdin.buffer.read(folders.MAX_JSON_BYTES + 1)


def holds_configuration(folder: Path) -> bool:
    """Tell whether there is any Terraform in a folder or below."""
    return bool(_roots(folder))


def load_document(document: dict[str, Any], name: str) -> Graph:
    """Load a configuration in the JSON syntax, or a plan, that is in memory.

    Raises
    ------
    PreflightError
        It is neither.
    """
    try:
        if plan.is_plan(document, name):
            return plan.graph_of(document, name)
        blocks = json_syntax.blocks(document, name)
        return _evaluated(ModuleSyntax(None, blocks), "json", None, name)
    except RecursionError as error:
        raise PreflightError(f"{name} is nested too deeply.") from error


def _load_text(data: bytes, name: str) -> Graph:
    if len(data) > folders.MAX_JSON_BYTES:
        raise PreflightError(f"{name} is larger than {folders.MAX_JSON_BYTES >> 20} MiB.")
    if not data.strip():
        raise PreflightError(f"{name} is empty: there is nothing to check.")
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return load_document(json_syntax.parse(data, name), name)
    return _evaluated(ModuleSyntax(None, hcl.read(data, name).blocks), "hcl", None, name)


def _load_file(path: Path) -> Graph:
    shown = str(path)
    data = folders.read_bytes(path, shown)
    if path.suffix == ".json" or data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        document = json_syntax.parse(data, shown)
        if plan.is_plan(document, shown):
            return plan.graph_of(document, shown)
        folder = path.absolute().parent
        syntax = ModuleSyntax(folder, json_syntax.blocks(document, shown))
        # A synthesized configuration may have a second file beside it, as with the versions it needs.
        for beside in sorted(path.parent.glob("*.tf.json")) if path.name == "cdk.tf.json" else []:
            if beside.name != path.name and folders.is_inside(beside, path.parent):
                syntax.blocks.extend(folders.read_file(beside, str(beside)))
        return _evaluated(syntax, "json", _tree_of(folder), shown)
    if not path.name.endswith(folders.SUFFIXES):
        raise PreflightError(f"{shown} is not Terraform: its name ends with none of {', '.join(folders.SUFFIXES)}.")
    syntax = ModuleSyntax(path.absolute().parent, folders.read_file(path, shown))
    return _evaluated(syntax, "hcl", _tree_of(path.absolute().parent), shown)


def _tree_of(folder: Path) -> Path:
    """Return what may be read for a folder: the repository that it is part of, whose modules it may call, or itself."""
    return next((one for one in (folder, *folder.parents) if (one / ".git").exists()), folder)


def _load_folder(path: Path) -> list[Graph]:
    roots = _roots(path)
    if not roots:
        raise PreflightError(f"{path} holds no Terraform: no {', '.join(folders.SUFFIXES)} was found in it or below.")
    return [_load_root(folder, path) for folder in roots]


def _load_root(folder: Path, top: Path) -> Graph:
    tree = _tree_of(top.absolute())
    syntax = folders.read_folder(folder.absolute(), tree, str(folder))
    only_json = all((block.source.file or "").endswith(".json") for block in syntax.blocks)
    return _evaluated(syntax, "json" if only_json else "hcl", tree, str(folder))


def _roots(top: Path) -> list[Path]:
    """Return the folder itself, or every folder below that has a configuration and is no other's module."""
    if folders.has_configuration(top):
        return [top]
    found: list[Path] = []
    stack = [top]
    for looked_at in itertools.count(1):
        if not stack:
            break
        if looked_at > MAX_FOLDERS:
            raise PreflightError(f"{top} holds more than {MAX_FOLDERS} folders: name the one that is meant.")
        here = stack.pop()
        try:
            inside = sorted(one for one in here.iterdir() if one.is_dir() and not one.is_symlink())
        except OSError:
            continue
        stack.extend(one for one in inside if one.name not in _PASSED_OVER)
        if here != top and folders.has_configuration(here):
            found.append(here)
        if len(found) > MAX_ROOTS:
            raise PreflightError(f"{top} holds more than {MAX_ROOTS} folders of Terraform: name the one that is meant.")
    return sorted(_without_modules(found, top))


def _without_modules(found: list[Path], top: Path) -> list[Path]:
    called: set[Path | None] = set()
    for folder in found:
        syntax = folders.read_folder(folder.absolute(), folder.absolute(), str(folder))
        for block in syntax.of_type("module"):
            source = getattr(block.body.attributes.get("source"), "value", None)
            if isinstance(source, str) and source.startswith(("./", "../")):
                called.add(folders.folder_inside(folder, source, top))
    roots = [folder for folder in found if folder.resolve() not in called]
    return roots or found


def _evaluated(syntax: ModuleSyntax, kind: str, tree: Path | None, name: str) -> Graph:
    if not any(_says_something(block) for block in syntax.blocks):
        raise PreflightError(f"{name} declares nothing: there is nothing to check.")
    return evaluate_configuration(syntax, kind, tree)


def _says_something(block: BlockSyntax) -> bool:
    return block.type in ("resource", "data", "module", "provider", "terraform", "variable", "locals", "output")
