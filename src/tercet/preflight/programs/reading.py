"""Finds the Python files of an app and parses them, without running anything."""

from __future__ import annotations

import ast
import os
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Final

from tercet.errors import PreflightError
from tercet.preflight.programs.bindings import is_bindings
from tercet.preflight.programs.outline import Outline

FILES_LIMIT: Final = 5_000
FOLDERS_LIMIT: Final = 20_000
FILE_LIMIT_BYTES: Final = 5 * 1024 * 1024
TOTAL_LIMIT_BYTES: Final = 50 * 1024 * 1024
NODES_LIMIT: Final = 200_000
TOTAL_NODES_LIMIT: Final = 2_000_000
_SKIPPED: Final = frozenset(
    {"venv", "env", "node_modules", "cdktf.out", "__pycache__", "site-packages", "imports", "build", "dist"}
)
# Python would look a codec up by the name that the file gives, among them slow ones: only these are taken.
_ENCODINGS: Final = {
    "utf-8": "utf-8-sig", "utf8": "utf-8-sig", "utf-8-sig": "utf-8-sig", "ascii": "ascii", "us-ascii": "ascii",
    "latin-1": "latin-1", "latin1": "latin-1", "iso-8859-1": "latin-1",
    "iso-8859-15": "iso-8859-15", "cp1252": "cp1252",
}  # fmt: skip
_GENERATED: Final = re.compile(rb"^import publication\r?$", re.MULTILINE)
_GENERATED_WITHIN: Final = 100_000
_COOKIE: Final = re.compile(rb"^[ \t\f]*#[^\n]{0,200}?coding[:=][ \t]*([-\w.]{1,40})")


@dataclass(eq=False)
class Program:
    """A Python file.

    Parameters
    ----------
    file
        As the user named it, or below what the user named.
    relative
        Below the folder that the user named; the name alone of a file that the user named.
    text
        What stands in it.
    tree
        The same, parsed.
    """

    file: str
    relative: str
    text: str = field(repr=False)
    tree: ast.Module = field(repr=False)

    @cached_property
    def outline(self) -> Outline:
        """Its scopes and what they bind."""
        return Outline(self.tree)

    @cached_property
    def lines(self) -> list[str]:
        """Its lines, as Python counts them."""
        return re.split(r"\r\n|\r|\n", self.text)

    @cached_property
    def names_at(self) -> dict[tuple[int, int, str], ast.Name]:
        """Line, column and name → the name's node."""
        names = (node for node in self.outline.nodes if isinstance(node, ast.Name))
        return {(node.lineno, node.col_offset, node.id): node for node in names}

    @cached_property
    def postpones_annotations(self) -> bool:
        """Whether it keeps annotations as text."""
        return any(
            isinstance(node, ast.ImportFrom)
            and node.module == "__future__"
            and any(alias.name == "annotations" for alias in node.names)
            for node in self.tree.body
        )

    @cached_property
    def imported(self) -> frozenset[str]:
        """Dotted names of the modules that it imports; relative ones without their dots."""
        names: set[str] = set()
        for node in self.outline.nodes:
            if isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                names.add(node.module or "")
                names.update(f"{node.module}.{alias.name}" if node.module else alias.name for alias in node.names)
        return frozenset(names - {""})

    @cached_property
    def uses_bindings(self) -> bool:
        """Whether it imports CDKTF or CDK Terrain."""
        return any(is_bindings(name.partition(".")[0]) for name in self.imported)

    @cached_property
    def core(self) -> str:
        """The core package of its generation: ``cdktf`` or ``cdktn``."""
        tops = {name.partition(".")[0] for name in self.imported}
        return "cdktf" if any(top.startswith("cdktf") for top in tops) and "cdktn" not in tops else "cdktn"

    @cached_property
    def provider_packages(self) -> tuple[str, ...]:
        """The AWS provider's package of its generation, and the other providers that it imports."""
        aws = "cdktf_cdktf_provider_aws" if self.core == "cdktf" else "cdktn_provider_aws"
        others = {name.partition(".")[0] for name in self.imported if "provider_" in name.partition(".")[0]}
        return (aws, *sorted(others - {aws}))

    def line(self, number: int) -> str:
        """Return a line, from 1."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""


@dataclass(frozen=True)
class Broken:
    """A Python file that Python cannot parse."""

    file: str
    relative: str
    text: str = field(repr=False)
    error: SyntaxError = field(repr=False)


class Reader:
    """Reads a file or the files of a folder; what it passes over stands in :attr:`warnings`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._bytes = 0
        self._nodes = 0
        self.files = 0
        self.warnings: list[str] = []

    def read(self) -> Iterator[Program | Broken]:
        """Yield the files, parsed or broken.

        Raises
        ------
        PreflightError
            The path is neither a folder nor a readable file of a program's size.
        """
        for path in self._paths():
            relative = path.name if path == self._path else PurePosixPath(path.relative_to(self._path)).as_posix()
            data = self._data(path)
            if data is None:
                continue
            if _GENERATED.search(data, 0, _GENERATED_WITHIN):
                # Bindings that `cdktf get` wrote somewhere: megabytes in which nobody makes a mistake.
                continue
            if self._bytes + len(data) > TOTAL_LIMIT_BYTES or self._nodes > TOTAL_NODES_LIMIT:
                self.warnings.append(f"{path} and what follows is passed over: there is too much Python in all.")
                return
            self._bytes += len(data)
            self.files += 1
            if read := self._parse(str(path), relative, data):
                yield read

    def _paths(self) -> list[Path]:
        try:
            is_folder = self._path.is_dir()
            if not is_folder and not self._path.is_file():
                raise PreflightError(f"{self._path} is neither a Python file nor a folder.")
        except (OSError, ValueError) as error:
            raise PreflightError(f"{self._path} cannot be read: {error}") from error
        if not is_folder:
            return [self._path]
        found = sorted(self._walk())
        if len(found) > FILES_LIMIT:
            self.warnings.append(
                f"{self._path} holds more than {FILES_LIMIT} Python files; the others are passed over."
            )
        return found[:FILES_LIMIT]

    def _walk(self) -> Iterator[Path]:
        root = self._path.resolve()
        found = folders = 0
        for folder, subfolders, names in os.walk(self._path):
            folders += 1
            if folders > FOLDERS_LIMIT or found > FILES_LIMIT:
                self.warnings.append(f"{self._path} holds too many folders or files; the others are passed over.")
                return
            subfolders[:] = sorted(name for name in subfolders if not _is_skipped(Path(folder, name)))
            for name in sorted(names):
                path = Path(folder, name)
                if not name.endswith(".py") or name.startswith("."):
                    continue
                if path.is_symlink() and not _is_inside(path, root):
                    self.warnings.append(f"{path} is passed over: it leads out of {self._path}.")
                    continue
                found += 1
                yield path

    def _data(self, path: Path) -> bytes | None:
        try:
            # A pipe or a device never ends, or never begins.
            if not path.is_file():
                self.warnings.append(f"{path} is passed over: it is no file.")
                return None
            if path.stat().st_size > FILE_LIMIT_BYTES:
                if path == self._path:
                    raise PreflightError(f"{path} is larger than 5 MB: no program that somebody wrote.")
                self.warnings.append(f"{path} is passed over: it is larger than 5 MB.")
                return None
            with path.open("rb") as file:
                return file.read(FILE_LIMIT_BYTES)
        except OSError as error:
            if path == self._path:
                raise PreflightError(f"{path} cannot be read: {error.strerror}.") from error
            self.warnings.append(f"{path} is passed over: {error.strerror}.")
            return None

    def _parse(self, file: str, relative: str, data: bytes) -> Program | Broken | None:
        encoding = _encoding(data)
        if encoding is None:
            self.warnings.append(f"{file} is passed over: its encoding is not one that the preflight reads.")
            return None
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            return Broken(file, relative, "", SyntaxError(f"(unicode error) {error}"[:200]))
        if "\0" in text:
            return Broken(file, relative, text, SyntaxError("source code cannot contain null bytes"))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(text)
        except SyntaxError as error:
            return Broken(file, relative, text, error)
        except (RecursionError, MemoryError, ValueError):
            self.warnings.append(f"{file} is passed over: it is nested too deeply.")
            return None
        nodes = sum(1 for _ in islice(ast.walk(tree), NODES_LIMIT + 1))
        if nodes > NODES_LIMIT:
            self.warnings.append(f"{file} is passed over: it is larger than any program that somebody wrote.")
            return None
        self._nodes += nodes
        return Program(file, relative, text, tree)


def _is_skipped(folder: Path) -> bool:
    name = folder.name
    if name.startswith(".") or name in _SKIPPED or name.endswith(".egg-info"):
        return True
    try:
        return folder.is_symlink() or (folder / "pyvenv.cfg").exists()
    except OSError:
        return True


def _is_inside(path: Path, root: Path) -> bool:
    try:
        return path.resolve().is_relative_to(root)
    except (OSError, RuntimeError):
        return False


def _encoding(data: bytes) -> str | None:
    for line in data[:1000].split(b"\n")[:2]:
        if found := _COOKIE.match(line):
            return _ENCODINGS.get(found[1].decode("ascii", "replace").lower().replace("_", "-"))
    return "utf-8-sig"
