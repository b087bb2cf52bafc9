"""The embedded AWS: moto, the operations it lacks, the fixes Terraform needs, and functions that really run.

:func:`serve` starts it; :func:`install` only extends moto in this process.
"""

from __future__ import annotations

from tercet.local.emulator.install import install
from tercet.local.emulator.server import Emulator, serve

__all__ = ["Emulator", "install", "serve"]
