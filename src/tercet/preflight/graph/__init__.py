"""A configuration as resources that refer to one another; what rules read.

Every accessor of a value answers only what is known. Asked for the value of something unknown it raises
`Undecidable`, which the engine turns into an entry under "undecided": a rule is written as if everything were known,
and never guesses.
"""

from __future__ import annotations

from tercet.preflight.graph.block import Block, Undecidable
from tercet.preflight.graph.graph import Graph
from tercet.preflight.graph.resource import Resource

__all__ = ["Block", "Graph", "Resource", "Undecidable"]
