"""For a program: everything that is said; ``zones.schema.json`` beside this file describes it."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from tercet.preflight.zones.model import FORMAT_VERSION, Component, ZoneReport
from tercet.preflight.zones.rows import conclusion


def write(report: ZoneReport) -> str:
    """Write the JSON document."""
    document = {
        "version": FORMAT_VERSION,
        "zones": [
            {"zone": str(zone), "region": zone.region, "whole": str(fate)}
            for zone, fate in zip(report.zones, report.whole, strict=True)
        ],
        "components": [_component(one, report) for one in report.components],
        "lost": [one.address for one in report.lost],
        "conclusion": conclusion(report),
    }
    # Only ASCII is written: every other character is an escape, and steers no terminal.
    return json.dumps(document, indent=2) + "\n"


def schema() -> dict[str, Any]:
    """Read the JSON Schema of the document."""
    text = (files("tercet.preflight.zones") / "zones.schema.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _component(one: Component, report: ZoneReport) -> dict[str, Any]:
    return {
        "address": one.address,
        "layer": str(one.layer),
        "what": one.what,
        "counts": one.counts,
        "worst": str(one.worst),
        "zones": [
            {"zone": str(zone), "fate": str(verdict.fate), "left": verdict.left, "reasons": list(verdict.reasons)}
            for zone, verdict in zip(report.zones, one.verdicts, strict=True)
        ],
    }
