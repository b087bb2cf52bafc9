"""Whether a queue or topic that something points to is FIFO."""

from __future__ import annotations

from typing import Final

from tercet.preflight.graph import Block, Resource
from tercet.preflight.rules._targets import is_another, the_one

QUEUE: Final = "aws_sqs_queue"
TOPIC: Final = "aws_sns_topic"


def is_fifo(resource: Resource) -> bool:
    """Tell whether a queue or a topic is FIFO.

    Raises
    ------
    Undecidable
        Its flag is not known.
    """
    return bool(resource.flag("fifo_queue" if resource.type == QUEUE else "fifo_topic", False))


def points_to_fifo(block: Block, argument: str, *types: str) -> bool:
    """Tell whether an argument's ARN is that of a FIFO queue or topic: their names end with ``.fifo``.

    Raises
    ------
    Undecidable
        It is not known where the argument points.
    """
    if (target := the_one(block, argument, *(types or (QUEUE, TOPIC)))) is not None:
        return is_fifo(target)
    if is_another(block, argument):
        return False
    text = block.text(argument, "") or ""
    return text.startswith("arn:") and text.endswith(".fifo") and text.split(":")[2:3] in (["sqs"], ["sns"])
