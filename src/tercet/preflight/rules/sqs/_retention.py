"""How long a queue and its dead-letter queue keep messages."""

from __future__ import annotations

from typing import Final, NamedTuple

from tercet.preflight.graph import Resource
from tercet.preflight.rules.sqs._fifo import is_fifo
from tercet.preflight.rules.sqs._redrive import dead_letter_queue, redrives

DEFAULT_S: Final = 345_600
LONGEST_S: Final = 1_209_600
_ARGUMENT: Final = "message_retention_seconds"


class Kept(NamedTuple):
    """Two queues, and the seconds that they keep messages."""

    source: Resource
    dead: Resource
    source_s: float
    dead_s: float

    @property
    def by_default(self) -> bool:
        """Tell whether nobody said how long."""
        return not self.source.has(_ARGUMENT) and not self.dead.has(_ARGUMENT)


def kept_too_short(resource: Resource) -> Kept | None:
    """Return the queues of which the dead-letter queue keeps messages no longer than its source, if they do.

    Raises
    ------
    Undecidable
        One of the two is not known.
    """
    source, policy = redrives(resource)
    dead = dead_letter_queue(policy) if policy is not None else None
    if source is None or dead is None or is_fifo(source):
        return None
    kept = Kept(source, dead, source.number(_ARGUMENT, DEFAULT_S) or 0, dead.number(_ARGUMENT, DEFAULT_S) or 0)
    return kept if kept.dead_s <= kept.source_s and kept.dead_s < LONGEST_S else None
