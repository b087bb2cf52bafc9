"""Applies every extension to moto, once in a process."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

from tercet.local.emulator import fixes, operations
from tercet.local.emulator.extension import Extension


def install() -> None:
    """Apply all modules of ``operations`` and ``fixes``; a second call does nothing.

    moto's classes are changed for the whole process: a process that needs plain moto must not call this.
    """
    for extension in extensions().values():
        extension.install()


def extensions() -> dict[str, Extension]:
    """Return the extension of every module, by the module's name."""
    found = {}
    for package in (operations, fixes):
        for name in _modules(package):
            found[name] = importlib.import_module(name).EXTENSION
    return found


def _modules(package: ModuleType) -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."))
