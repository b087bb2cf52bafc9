"""Writes what the documentation takes from the code: the settings, the sandbox's cards, the platform's picture.

``make docs`` runs it; a test fails when what is committed is not what it writes.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from tercet.payments.acquirer import tokens
from tercet.settings import Settings

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
SANDBOX = ROOT / "docs" / "sandbox.md"
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
    return _between(text, "settings", settings_table())


def sandbox(text: str) -> str:
    """Put the table of test cards into the sandbox's page."""
    return _between(text, "tokens", tokens.table())


def _between(text: str, name: str, generated: str) -> str:
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    return re.sub(f"{begin}.*{end}", lambda _: f"{begin}\n{generated}\n{end}", text, flags=re.DOTALL)


def main() -> int:
    """Write the generated parts of the pages, and the picture."""
    README.write_text(readme(README.read_text(encoding="utf-8")), encoding="utf-8")
    SANDBOX.write_text(sandbox(SANDBOX.read_text(encoding="utf-8")), encoding="utf-8")
    from architecture import draw

    from tercet.synth.app import synthesize

    with tempfile.TemporaryDirectory() as out:
        synthesized = synthesize(Settings(), out=Path(out), cache=ROOT / ".tercet" / "cache")
    PICTURE.write_text(draw(synthesized.configuration), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
