"""Reads a folder as Terraform does: every ``.tf`` and ``.tf.json`` in it, overrides last, and values for variables."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import Final

from tercet.errors import PreflightError
from tercet.preflight.syntax import hcl, json_syntax
from tercet.preflight.syntax.tree import BlockSyntax, Body, Expression, Literal, ModuleSyntax

MAX_JSON_BYTES: Final = 256 * 2**20
MAX_FILES: Final = 2_000
_BACKENDS: Final = frozenset(("backend", "cloud"))
SUFFIXES: Final = (".tf", ".tf.json", ".tofu", ".tofu.json")


def has_configuration(folder: Path) -> bool:
    """Tell whether Terraform would find a configuration in a folder."""
    return any(_is_configuration(path) for path in _listed(folder))


def read_folder(folder: Path, root: Path, shown: str) -> ModuleSyntax:
    """Read the configuration in a folder.

    Parameters
    ----------
    folder
        The folder.
    root
        What nothing may be read outside of; links that lead out of it are passed over.
    shown
        How the user names the folder.

    Raises
    ------
    PreflightError
        A file in it cannot be read or is not Terraform.
    """
    module = ModuleSyntax(folder)
    overrides: list[BlockSyntax] = []
    files = [path for path in _listed(folder) if _is_configuration(path)]
    if len(files) > MAX_FILES:
        raise PreflightError(f"{shown} holds more than {MAX_FILES} files of Terraform.")
    for path in files:
        name = str(Path(shown) / path.name)
        if not is_inside(path, root):
            module.warnings.append(f"{name} leads out of the folder and was passed over.")
            continue
        read = read_file(path, name)
        (overrides if is_override(path) else module.blocks).extend(read)
    _override(module.blocks, overrides)
    for path in _values(folder):
        if is_inside(path, root):
            module.values.update(_tfvars(path, str(Path(shown) / path.name)))
    return module


def read_file(path: Path, shown: str) -> list[BlockSyntax]:
    """Read one file of either syntax.

    Raises
    ------
    PreflightError
        It cannot be read, or is not Terraform.
    """
    data = read_bytes(path, shown)
    if path.name.endswith(".json"):
        return json_syntax.blocks(json_syntax.parse(data, shown), shown)
    body = hcl.read(data, shown)
    for name in body.attributes:
        raise PreflightError(f"{shown} is not Terraform: the argument {name!r} stands outside of any block.")
    return body.blocks


def read_bytes(path: Path, shown: str) -> bytes:
    """Read a regular file, if it is not larger than `MAX_JSON_BYTES`.

    Raises
    ------
    PreflightError
        It cannot be read, is no regular file, or is too large.
    """
    try:
        if not path.is_file():
            raise PreflightError(f"{shown} is no file.")
        if path.stat().st_size > MAX_JSON_BYTES:
            raise PreflightError(f"{shown} is larger than {MAX_JSON_BYTES >> 20} MiB.")
        return path.read_bytes()
    except OSError as error:
        raise PreflightError(f"{shown} cannot be read: {error.strerror}.") from error


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise PreflightError(f"{folder} cannot be read: {error.strerror}.") from error


def _is_configuration(path: Path) -> bool:
    return path.name.endswith(SUFFIXES) and not path.name.startswith(".") and path.is_file()


def is_override(path: PurePath) -> bool:
    """Tell whether a file is one of those that change what the others declare."""
    stem = path.name.split(".")[0]
    return stem == "override" or stem.endswith("_override")


def is_inside(path: Path, root: Path) -> bool:
    """Tell whether a path, its links followed, lies inside a folder."""
    try:
        return path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):
        return False


def folder_inside(folder: Path, source: str, root: Path) -> Path | None:
    """Return the folder that a module's source means; None where there is none, or where it lies outside of `root`."""
    try:
        meant = (folder / source).resolve()
        return meant if meant.is_relative_to(root.resolve()) and meant.is_dir() else None
    except (OSError, RuntimeError, ValueError):  # too long, a link that leads to itself, a zero byte
        return None


def _override(blocks: list[BlockSyntax], overrides: Iterable[BlockSyntax]) -> None:
    """Merge override files into what they override ("Override Files" in Terraform's language reference)."""
    by_name = {(block.type, block.labels): block for block in blocks if block.labels}
    for override in overrides:
        if override.type == "terraform":
            _drop_backend(blocks, override)
        base = by_name.get((override.type, override.labels))
        if base is None:
            blocks.append(override)
            continue
        replaced = {block.type for block in override.body.blocks}
        kept = [block for block in base.body.blocks if block.type not in replaced]
        base.body = Body({**base.body.attributes, **override.body.attributes}, kept + override.body.blocks)


def _drop_backend(blocks: list[BlockSyntax], override: BlockSyntax) -> None:
    """Take away every backend if the override has one: it replaces the one there was, in whichever file that stands."""
    settings = {*override.body.attributes, *(block.type for block in override.body.blocks)}
    if not settings & _BACKENDS:
        return
    for block in blocks:
        if block.type == "terraform":
            kept = {name: one for name, one in block.body.attributes.items() if name not in _BACKENDS}
            block.body = Body(kept, [inner for inner in block.body.blocks if inner.type not in _BACKENDS])


def _values(folder: Path) -> list[Path]:
    listed = _listed(folder)
    named = [path for path in listed if path.name in ("terraform.tfvars", "terraform.tfvars.json")]
    return named + [path for path in listed if path.name.endswith((".auto.tfvars", ".auto.tfvars.json"))]


def _tfvars(path: Path, shown: str) -> dict[str, Expression]:
    data = read_bytes(path, shown)
    if path.name.endswith(".json"):
        document = json_syntax.parse(data, shown)
        return {name: Literal(value) for name, value in document.items()} if isinstance(document, dict) else {}
    return dict(hcl.read(data, shown).attributes)
