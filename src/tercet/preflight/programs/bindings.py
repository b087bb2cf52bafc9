"""What the bindings offer: modules, classes, arguments and attributes, read from their files and never imported.

The bindings of one provider are 2,400 modules, some of 15 MB. So a module is opened when a program imports it, and of
its text only the class that is asked for is looked at: the files are generated, and their layout is always the same.
"""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

from tercet.preflight.programs.signatures import (
    Method,
    Signature,
    parse_header,
    parse_method,
    parse_signature,
    parse_type,
)
from tercet.preflight.programs.types import Type

MODULE_LIMIT_BYTES: Final = 32 * 1024 * 1024
_CLASS_LIMIT: Final = 4_000_000
_CHAIN_LIMIT: Final = 20
_OLD_PROVIDER: Final = re.compile(r"cdktf_cdktf_provider_(\w+)")
_CLASS: Final = re.compile(r"^class (\w+)[(:]", re.MULTILINE)
_CLASS_END: Final = re.compile(r"\n(?=[@a-zA-Z_])")
_PROPERTY: Final = re.compile(
    r"    @builtins\.property\n(?:    @jsii\.member\([^\n]{0,200}\)\n)?"
    r"    def (\w+)\(\s*self,?\s*\) -> ([^\n]{1,20000}):\n"
)
_MEMBER: Final = re.compile(r"^    (?:def (\w+)\(|(\w+) = )", re.MULTILINE)
_RETURNS: Final = r"    def %s\([^)]{0,20000}\) -> ([^\n]{1,20000}):\n"
_TOKEN_BASES: Final = frozenset({"TerraformResource", "TerraformDataSource", "ComplexObject"})
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]*|[0-9]+|[a-z]+")


@dataclass(frozen=True)
class BindingClass:
    """A class of the bindings.

    Parameters
    ----------
    module
        The module that defines it.
    name
        Its name.
    text
        Its source.
    decorator
        What stands above it: tells structs, enumerations and interfaces from constructs.
    """

    module: Module
    name: str
    text: str = field(repr=False, compare=False)
    decorator: str = field(repr=False, compare=False)

    @property
    def is_struct(self) -> bool:
        """Whether it only carries arguments."""
        return "@jsii.data_type(" in self.decorator

    @property
    def is_enum(self) -> bool:
        """Whether it is an enumeration."""
        return "@jsii.enum(" in self.decorator

    @property
    def is_interface(self) -> bool:
        """Whether many classes may stand for it."""
        return "@jsii.interface(" in self.decorator or "typing_extensions.Protocol" in self.text[:400]

    @cached_property
    def bases(self) -> tuple[tuple[str, str], ...] | None:
        """The base classes as (package, name), the package empty for the same module; None if it cannot be told."""
        return parse_header(self.text)

    @cached_property
    def signature(self) -> Signature | None:
        """What its own or inherited ``__init__`` takes; None if it cannot be told."""
        for one in self.ancestry():
            if one is None:
                return None
            if "\n    def __init__(" in one.text:
                return parse_signature(one.text)
        return None

    def ancestry(self) -> Iterator[BindingClass | None]:
        """Yield the class and its ancestors, and None where an ancestor cannot be found."""
        waiting: list[BindingClass] = [self]
        for _ in range(_CHAIN_LIMIT):
            if not waiting:
                return
            one = waiting.pop(0)
            yield one
            if one.bases is None:
                yield None
                return
            for package, name in one.bases:
                if (base := self.module.bindings.referred(one.module, package, name)) is None:
                    yield None
                    return
                waiting.append(base)
        if waiting:
            yield None

    @cached_property
    def properties(self) -> dict[str, str]:
        """Its own properties → their annotation."""
        return dict(_PROPERTY.findall(self.text))

    @cached_property
    def members(self) -> frozenset[str]:
        """The names that it defines itself."""
        return frozenset(first or second for first, second in _MEMBER.findall(self.text))

    @cached_property
    def all_members(self) -> frozenset[str] | None:
        """The names that it and its ancestors define; None if an ancestor cannot be found."""
        found: set[str] = set()
        for one in self.ancestry():
            if one is None:
                return None
            found |= one.members
        return frozenset(found)

    @property
    def has_tokens(self) -> bool:
        """Whether its own properties are values that nobody knows before apply."""
        return any(name in _TOKEN_BASES for _, name in self.bases or ())

    @property
    def is_construct(self) -> bool:
        """Whether it stands for a resource or a data source."""
        return any(name in ("TerraformResource", "TerraformDataSource") for _, name in self.bases or ())

    @property
    def is_named(self) -> bool:
        """Whether it is made in a scope, under an id."""
        return self.signature is not None and self.signature.positional[:2] in (("scope", "id_"), ("scope", "id"))

    @property
    def is_provider(self) -> bool:
        """Whether it configures a provider."""
        return any(name == "TerraformProvider" for _, name in self.bases or ())

    @cached_property
    def is_element(self) -> bool:
        """Whether it stands for something in the configuration: a resource, a variable, an output."""
        return any(one is not None and one.name == "TerraformElement" for one in self.ancestry())

    def property_type(self, name: str) -> Type | None:
        """Return the type of one of its own properties."""
        return parse_type(self.properties[name]) if name in self.properties else None

    def returned(self, method: str) -> Type | None:
        """Return what one of its methods, own or inherited, returns."""
        for one in self.ancestry():
            if one is None:
                return None
            if method in one.members:
                found = re.search(_RETURNS % re.escape(method), one.text)
                return parse_type(found[1]) if found else None
        return None

    def method(self, name: str) -> tuple[BindingClass, Method] | None:
        """Return the class, itself or an ancestor, that defines a method, and what the method takes."""
        for one in self.ancestry():
            if one is None:
                return None
            if name in one.members:
                found = parse_method(one.text, name)
                return (one, found) if found else None
        return None


@dataclass(eq=False)
class Module:
    """A module of the bindings."""

    bindings: Bindings = field(repr=False)
    package: str
    name: str
    path: Path

    @cached_property
    def text(self) -> str:
        """Its source; empty if it cannot be read or is larger than any that is generated."""
        try:
            if self.path.stat().st_size > MODULE_LIMIT_BYTES:
                return ""
            return self.path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""

    @property
    def dotted(self) -> str:
        """Its dotted name."""
        return f"{self.package}.{self.name}" if self.name else self.package

    @cached_property
    def is_generated(self) -> bool:
        """Whether its layout is the one that is known."""
        return "import jsii" in self.text

    @cached_property
    def class_names(self) -> tuple[str, ...]:
        """The names of its classes; none if it is not generated code."""
        return tuple(_CLASS.findall(self.text)) if self.is_generated else ()

    @cached_property
    def _classes(self) -> dict[str, BindingClass | None]:
        return {}

    def find(self, name: str) -> BindingClass | None:
        """Return one of its classes."""
        if name not in self._classes:
            self._classes[name] = self._cut(name)
        return self._classes[name]

    def _cut(self, name: str) -> BindingClass | None:
        starts = [self.text.find(f"\nclass {name}{end}") for end in "(:"]
        start = max(starts)
        if start < 0:
            return None
        ended = _CLASS_END.search(self.text, start + 1, start + _CLASS_LIMIT)
        text = self.text[start + 1 : ended.start() if ended else start + _CLASS_LIMIT]
        above = self.text.rfind("\n\n\n", max(0, start - 200_000), start)
        return BindingClass(self, name, text, self.text[above:start] if above >= 0 else "")

    def exports(self, name: str) -> bool:
        """Whether a program can import the name from here. Anything but a class counts, so that nothing is missed."""
        return not self.is_generated or name in self._exported or name.startswith("_")

    @cached_property
    def _exported(self) -> frozenset[str]:
        names = set(self.class_names)
        for block in re.findall(r"^__all__ = \[\n(.*?)^\]", self.text, re.MULTILINE | re.DOTALL)[:1]:
            names.update(re.findall(r'"(\w+)"', block))
        names.update(re.findall(r"^(?:import|from \S+ import) (\w+)", self.text, re.MULTILINE))
        names.update(re.findall(r"^(\w+) ?[:=]", self.text, re.MULTILINE))
        names.update(re.findall(r"^def (\w+)", self.text, re.MULTILINE))
        return frozenset(names)


class Bindings:
    """The packages of bindings that are installed.

    Parameters
    ----------
    folders
        Where packages are looked for, the first find counts; the folders of this Python if None.
    """

    def __init__(self, folders: Sequence[Path] | None = None) -> None:
        self._folders = list(folders) if folders is not None else [Path(entry) for entry in sys.path if entry]
        self._packages: dict[str, Path | None] = {}
        self._modules: dict[str, Module | None] = {}
        self._read: dict[tuple[str, str], Module] = {}

    def package(self, name: str) -> tuple[str, Path] | None:
        """Find a top package under its own name or, for CDKTF's, under the name that CDK Terrain gave it."""
        for candidate in dict.fromkeys((name, renamed(name))):
            if candidate not in self._packages:
                found = (folder / candidate for folder in self._folders)
                self._packages[candidate] = next((one for one in found if (one / "__init__.py").is_file()), None)
            if path := self._packages[candidate]:
                return candidate, path
        return None

    def module(self, dotted: str) -> Module | None:
        """Find a module by the name that a program gives it."""
        if dotted not in self._modules:
            self._modules[dotted] = self._find_module(dotted)
        return self._modules[dotted]

    def _find_module(self, dotted: str) -> Module | None:
        top, *rest = dotted.split(".")
        if not is_bindings(top) or len(rest) > 1 or not (found := self.package(top)):
            return None
        package, path = found
        name = rest[0] if rest else ""
        if rest and (not name.isidentifier() or not (path / name / "__init__.py").is_file()):
            return None
        # By CDKTF's name and by CDK Terrain's it is one module, and its classes are the same.
        return self._read.setdefault((package, name), Module(self, package, name, path / name / "__init__.py"))

    def referred(self, module: Module, package: str, name: str) -> BindingClass | None:
        """Follow a reference that stands in a module of the bindings."""
        target = self.module(package) if package else module
        return target.find(name) if target else None

    def module_names(self, package: str) -> tuple[str, ...]:
        """Name the modules of a package."""
        found = self.package(package)
        return _folders_of(found[1]) if found else ()

    def home_of(self, name: str, core: str, providers: Sequence[str]) -> str | None:
        """Name the module that a program would import a class from."""
        for top in (core, "constructs"):
            module = self.module(top)
            if module and name in module.class_names:
                return top
        words = [word.lower() for word in _WORD.findall(name[:200])]
        for provider in providers:
            names = frozenset(self.module_names(provider))
            if name.endswith("Provider") and (module := self.module(f"{provider}.provider")) and module.find(name):
                return f"{provider}.provider"
            for length in range(len(words), 0, -1):
                for joined in _spellings(words[:length]):
                    module = self.module(f"{provider}.{joined}") if joined in names else None
                    if module and module.find(name):
                        return f"{provider}.{joined}"
        return None


def _spellings(words: list[str]) -> tuple[str, ...]:
    """`S3Bucket` is ``s3_bucket``, `Apigatewayv2Api` is ``apigatewayv2_api``: digits belong to the word before."""
    joined: list[str] = []
    for word in words:
        if joined and word.isdigit():
            joined[-1] += word
        else:
            joined.append(word)
    versioned = re.sub(r"_v(\d)", r"v\1", "_".join(joined))
    return tuple(dict.fromkeys(("_".join(joined), versioned, re.sub(r"(\d)_([a-z]\b)", r"\1\2", "_".join(joined)))))


@lru_cache(maxsize=16)
def _folders_of(path: Path) -> tuple[str, ...]:
    return tuple(sorted(one.parent.name for one in path.glob("*/__init__.py") if not one.parent.name.startswith("_")))


def renamed(package: str) -> str:
    """Return CDK Terrain's name for a package of CDKTF's, and any other as it is."""
    if package == "cdktf":
        return "cdktn"
    old = _OLD_PROVIDER.fullmatch(package)
    return f"cdktn_provider_{old[1]}" if old else package


def is_bindings(package: str) -> bool:
    """Whether a top package is one of the bindings, of either generation."""
    return package in ("cdktf", "cdktn", "constructs") or package.startswith(
        ("cdktf_cdktf_provider_", "cdktn_provider_")
    )


def nearest(name: str, names: Sequence[str]) -> str | None:
    """Return the name that was probably meant."""
    lower = {one.lower(): one for one in reversed(names)}
    if found := lower.get(name.lower().replace("_", "")) or lower.get(name.lower()):
        return found
    close = difflib.get_close_matches(name[:200], names, n=1, cutoff=0.75)
    return close[0] if close else None
