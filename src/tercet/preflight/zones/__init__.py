"""What the loss of each availability zone takes from a configuration, and why."""

from __future__ import annotations

from tercet.preflight.zones.analysis import analyse
from tercet.preflight.zones.model import Component, Fate, Verdict, ZoneReport
from tercet.preflight.zones.rendering import FORMATS, render

__all__ = ["FORMATS", "Component", "Fate", "Verdict", "ZoneReport", "analyse", "render"]
