"""Reads HCL into a graph."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tercet.preflight import loading
from tercet.preflight.graph import Graph, Resource


def graph_of(text: str, **files: str) -> Graph:
    """Load HCL; `files` are more files beside it: ``modules__a__main`` is ``modules/a/main.tf``."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "main.tf").write_text(text, encoding="utf-8")
        for name, inside in files.items():
            path = Path(folder) / (name.replace("__", "/") + ".tf")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(inside, encoding="utf-8")
        [graph] = loading.load(Path(folder))
    return graph


def at(graph: Graph, address: str) -> Resource:
    """Return the one resource at an address."""
    [found] = graph.find(address)
    return found
