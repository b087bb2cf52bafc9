"""``python -m tercet.cli``."""

from __future__ import annotations

from tercet.cli import main

main()
