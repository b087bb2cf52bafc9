"""The files of an app, read together: which of them an import means, and who else speaks of a name."""

from __future__ import annotations

import ast
import sys
from collections.abc import Sequence
from functools import cached_property
from typing import Final

from tercet.preflight.programs.bindings import is_bindings
from tercet.preflight.programs.reading import Program

_MENTIONS_LIMIT: Final = 200
_BY_NAME: Final = frozenset({"hasattr", "getattr", "setattr", "delattr"})

Mention = tuple[Program, ast.Name | ast.Attribute]


class App:
    """The programs that were read.

    Parameters
    ----------
    programs
        All of them, those that use no bindings too.
    """

    def __init__(self, programs: Sequence[Program]) -> None:
        self.programs = programs
        self._by_module = {_module_of(program): program for program in programs}
        self._packages = {_module_of(program) for program in programs if program.relative.endswith("__init__.py")}

    def find(self, importer: Program, dotted: str, level: int = 0) -> Program | None:
        """Return the file that an import means; None if it is none of the app's.

        Parameters
        ----------
        importer
            The file that imports.
        dotted
            The name without leading dots; empty for the package itself.
        level
            How many dots lead.
        """
        package = _package_of(importer)
        if level:
            kept = package[: len(package) - level + 1]
            return (
                self._by_module.get(".".join([*kept, dotted] if dotted else kept))
                if level <= len(package) + 1
                else None
            )
        top = dotted.partition(".")[0]
        if not dotted or top in sys.stdlib_module_names or is_bindings(top):
            return None
        # Python looks in the folder of the script, which is one of those that the file stands in, and no package.
        for length in range(len(package), -1, -1):
            if ".".join(package[:length]) in self._packages:
                continue
            if found := self._by_module.get(".".join([*package[:length], dotted])):
                return found
        return None

    def mentions(self, name: str) -> list[Mention] | None:
        """Return every place that reads a name, plain or as an attribute; None if there may be others."""
        found = self._mentions.get(name, [])
        return None if len(found) > _MENTIONS_LIMIT or name in self._renamed else found

    @cached_property
    def _mentions(self) -> dict[str, list[Mention]]:
        found: dict[str, list[Mention]] = {}
        for program in self.programs:
            for node in program.outline.nodes:
                if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                    name = node.id if isinstance(node, ast.Name) else node.attr
                    found.setdefault(name, []).append((program, node))
        return found

    @cached_property
    def _renamed(self) -> frozenset[str]:
        """Names that some import gives another name."""
        return frozenset(
            alias.name.rpartition(".")[2]
            for program in self.programs
            for node in program.outline.nodes
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
            if alias.asname
        )

    def speaks_of(self, word: str) -> bool:
        """Whether a word stands anywhere in the files."""
        return any(word in program.text for program in self.programs)

    @cached_property
    def bases(self) -> frozenset[str]:
        """The names of all classes that another is derived from."""
        nodes = (node for program in self.programs for node in program.outline.nodes)
        bases = (base for node in nodes if isinstance(node, ast.ClassDef) for base in node.bases)
        return frozenset(
            inner.id if isinstance(inner, ast.Name) else inner.attr
            for base in bases
            for inner in ast.walk(base)
            if isinstance(inner, ast.Name | ast.Attribute)
        )

    @cached_property
    def given(self) -> frozenset[str]:
        """The attributes that some object is given from outside of its class."""
        return frozenset(
            node.attr
            for program in self.programs
            for node in program.outline.nodes
            if isinstance(node, ast.Attribute)
            and not isinstance(node.ctx, ast.Load)
            and not (isinstance(node.value, ast.Name) and node.value.id == "self")
        )

    @cached_property
    def attributes(self) -> frozenset[str] | None:
        """All attributes that some object is given, or is asked for by name; None if names are made up at run time."""
        found = set(self.given)
        for program in self.programs:
            for node in program.outline.nodes:
                match node:
                    case ast.Attribute(attr="__dict__") | ast.Call(func=ast.Name(id="vars")):
                        return None
                    case ast.Attribute(attr=name, ctx=ast.Store()):
                        found.add(name)
                    case ast.Call(func=ast.Name(id=called), args=[_, ast.Constant(value=str(name)), *_]) if (
                        called in _BY_NAME
                    ):
                        found.add(name)
                    case ast.Call(func=ast.Name(id="setattr")) | ast.Call(func=ast.Attribute(attr="__setattr__")):
                        return None
                    case _:
                        pass
        return frozenset(found)


def _module_of(program: Program) -> str:
    return program.relative.removesuffix(".py").removesuffix("__init__").rstrip("/").replace("/", ".")


def _package_of(program: Program) -> list[str]:
    return program.relative.split("/")[:-1]
