"""The zip that Lambda runs: the payment processor and what it imports, the same bytes wherever it is built."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from tercet.synth.distributions import shipped_files

FILE_NAME: Final = "processor.zip"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can hold: no build's own time gets in."""


def build(folder: Path) -> str:
    """Write the processor's zip.

    It holds no machine code, so it runs on arm64 as on any processor. Its entries are sorted, dated alike and stored
    uncompressed, because what deflate makes of the same source differs between builds of zlib.

    Parameters
    ----------
    folder
        Where ``processor.zip`` is written.

    Returns
    -------
    str
        The base64 of the zip's SHA-256, as Lambda reports it.

    Raises
    ------
    SynthError
        A distribution that the processor takes along is not installed as it must be.
    """
    contents = {**dict(_own_files()), **shipped_files()}
    path = folder / FILE_NAME
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(contents.items()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = 0o100644 << 16
            entry.create_system = 3  # Unix, wherever it is built
            # Windows' wheels, and checkouts there, end lines in their own way. Python reads both alike.
            archive.writestr(entry, content.replace(b"\r\n", b"\n"))
    return base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode()


def _own_files() -> Iterator[tuple[str, bytes]]:
    package = files("tercet")
    yield "tercet/__init__.py", (package / "__init__.py").read_bytes()
    yield from _modules(package / "payments", "tercet/payments")


def _modules(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for child in folder.iterdir():
        name = f"{prefix}/{child.name}"
        if child.is_dir() and child.name != "__pycache__":
            yield from _modules(child, name)
        elif child.name.endswith(".py"):
            yield name, child.read_bytes()
