"""The zip that Lambda runs: the payment processor and nothing else, the same bytes wherever it is built."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

FILE_NAME: Final = "processor.zip"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can hold: no build's own time gets in."""


def build(folder: Path) -> str:
    """Write the processor's zip.

    Its entries are sorted, dated alike and stored uncompressed, because what deflate makes of the same source differs
    between builds of zlib.

    Parameters
    ----------
    folder
        Where ``processor.zip`` is written.

    Returns
    -------
    str
        The base64 of the zip's SHA-256, as Lambda reports it.
    """
    package = files("tercet")
    sources = {"tercet/__init__.py": package / "__init__.py", **_modules(package / "payments", "tercet/payments")}
    path = folder / FILE_NAME
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, source in sorted(sources.items()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = 0o100644 << 16
            entry.create_system = 3  # Unix, wherever it is built
            archive.writestr(entry, source.read_bytes())
    return base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode()


def _modules(folder: Traversable, prefix: str) -> dict[str, Traversable]:
    found: dict[str, Traversable] = {}
    for child in folder.iterdir():
        name = f"{prefix}/{child.name}"
        if child.is_dir() and child.name != "__pycache__":
            found.update(_modules(child, name))
        elif child.name.endswith(".py"):
            found[name] = child
    return found
