"""Writes what the documentation takes from the code: the table of settings, and the picture of the platform.

``make docs`` runs it; a test fails when what is committed is not what it writes.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from tercet.settings import Settings

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PICTURE = ROOT / "docs" / "architecture.svg"


def settings_table() -> str:
    """Lay out every setting with its default and its meaning, as they stand in the code."""
    rows = ["| setting | default | meaning |", "|---|---|---|"]
    defaults = Settings().model_dump(mode="json")
    for name, field in Settings.model_fields.items():
        default = defaults[name]
        shown = "" if default in (None, {}) else f"`{str(default).lower() if isinstance(default, bool) else default}`"
        if isinstance(default, list):
            shown = ", ".join(f"`{item}`" for item in default)
        rows.append(f"| `{name}` | {shown} | {field.description} |")
    return "\n".join(rows)


def readme(text: str) -> str:
    """Put the table of settings into README's text."""
    begin, end = "<!-- settings: begin -->", "<!-- settings: end -->"
    return re.sub(f"{begin}.*{end}", lambda _: f"{begin}\n{settings_table()}\n{end}", text, flags=re.DOTALL)


def main() -> int:
    """Write README's generated part and the picture."""
    README.write_text(readme(README.read_text(encoding="utf-8")), encoding="utf-8")
    from architecture import draw

    from tercet.synth.app import synthesize

    with tempfile.TemporaryDirectory() as out:
        synthesized = synthesize(Settings(), out=Path(out), cache=ROOT / ".tercet" / "cache")
    PICTURE.write_text(draw(synthesized.configuration), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
