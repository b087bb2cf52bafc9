"""Writes what the documentation takes from the code: settings, cards, the platform's picture, the preflight's rules.

``make docs`` runs it; a test fails when what is committed is not what it writes.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tercet.payments.acquirer import tokens
from tercet.preflight import intent, loading, pages, registry, zones
from tercet.preflight.check import check_path
from tercet.preflight.options import Options
from tercet.preflight.reporting import render
from tercet.settings import Settings

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
SANDBOX = ROOT / "docs" / "sandbox.md"
RULES = ROOT / "docs" / "rules"
SHOWN_RULE = "single-nat-multi-az"
"""The finding that README shows."""
ZONES = ROOT / "docs" / "zones.svg"
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
    text = _between(text, "settings", settings_table())
    text = _between(text, "intent", intent_table())
    return _between(text, "finding", f"```\n{shown_finding().strip()}\n```")


def intent_table() -> str:
    """Lay out what an intent may say."""
    rows = ["| key | meaning |", "|---|---|"]
    rows += [f"| `{name}` | {meaning} |" for name, meaning in intent.keys().items()]
    return "\n".join(rows)


def shown_finding() -> str:
    """Check the failing example of a rule, and lay out what `tercet check` says of it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "network.tf"
        file.write_text(registry.all_rules()[SHOWN_RULE].failing, encoding="utf-8")
        report = check_path(file, Options(select=(SHOWN_RULE,)))
        text = render(report, "table", rules=registry.everything(), target="network.tf", width=100)
        return text.replace(f"{folder}/", "")


def zones_picture(configuration: Mapping[str, Any]) -> str:
    """Draw what the loss of each zone takes from the platform."""
    return zones.render(zones.analyse(loading.load_document(dict(configuration), "cdk.tf.json")), "svg")


def rule_pages() -> dict[Path, str]:
    """Write the page of every rule, and their index."""
    rules = registry.everything()
    made = {RULES / f"{name}.md": pages.page(rule) for name, rule in rules.items()}
    return {**made, RULES / "README.md": pages.index(rules.values())}


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
    RULES.mkdir(exist_ok=True)
    written = rule_pages()
    for page in set(RULES.glob("*.md")) - set(written):
        page.unlink()
    for page, text in written.items():
        page.write_text(text, encoding="utf-8")
    from architecture import draw

    from tercet.synth.app import synthesize

    with tempfile.TemporaryDirectory() as out:
        synthesized = synthesize(Settings(), out=Path(out), cache=ROOT / ".tercet" / "cache")
    PICTURE.write_text(draw(synthesized.configuration), encoding="utf-8")
    ZONES.write_text(zones_picture(synthesized.configuration), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
