"""Files that lie beside those that were read: whoever checks one file of a folder has declarations in the others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tercet.preflight.graph import Graph

MAX_FILES: Final = 200
MAX_BYTES: Final = 2 * 2**20

_DECLARED: Final = {
    "var": r'\bvariable\s+"?{name}"?\s*\{{',
    "local": r"^\s*{name}\s*=",
    "module": r'\bmodule\s+"?{name}"?\s*\{{',
}


def declares(graph: Graph, name: str) -> bool:
    """Tell whether a file beside the graph's seems to declare a name: ``var.region``, ``aws_vpc.main``."""
    files = _files(graph)
    if not files:
        return True  # nothing but outputs or locals was read: what lies beside them is not known
    steps = name.removeprefix("data.").split(".")
    if len(steps) < 2:
        return False
    template = _DECLARED.get(steps[0], r'"?{kind}"?\s+"?{name}"?\s*\{{')
    pattern = re.compile(template.format(kind=re.escape(steps[0]), name=re.escape(steps[1])), re.MULTILINE)
    return any(pattern.search(text) for text in _texts(files))


def _files(graph: Graph) -> set[str]:
    sources = [one.source for one in graph.resources.values()]
    sources += [one.source for one in graph.providers] + [one.source for one in graph.variables]
    return {source.file for source in sources if source.file}


def _texts(files: set[str]) -> Iterator[str]:
    folders = sorted({Path(file).parent for file in files if file.endswith((".tf", ".tofu"))})
    left = MAX_FILES
    for folder in folders:
        for path in sorted(folder.glob("*.t[fo]*")) if folder.is_dir() else ():
            if left and path.is_file() and not path.is_symlink() and path.stat().st_size <= MAX_BYTES:
                left -= 1
                yield path.read_text(encoding="utf-8", errors="replace")
