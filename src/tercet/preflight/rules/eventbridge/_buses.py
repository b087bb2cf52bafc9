"""Which bus a rule or a target is on."""

from __future__ import annotations

from typing import Final

from tercet.preflight.graph import Block
from tercet.preflight.rules._targets import the_one

DEFAULT: Final = "default"
BUS: Final = "aws_cloudwatch_event_bus"
RULE_TYPE: Final = "aws_cloudwatch_event_rule"
TARGET_TYPE: Final = "aws_cloudwatch_event_target"


def bus_of(block: Block) -> str:
    """Return ``default``, the address of the bus, or its name where it stands elsewhere.

    Raises
    ------
    Undecidable
        It is not known.
    """
    if not block.has("event_bus_name"):
        return DEFAULT
    bus = the_one(block, "event_bus_name", BUS)
    if bus is not None:
        return bus.address
    for reference in block.references("event_bus_name"):
        if reference.path == ("event_bus_name",):
            for rule in block.owner.graph.find(reference.address):
                if rule.type == RULE_TYPE and rule is not block.owner:
                    return DEFAULT if not rule.has("event_bus_name") else _named(rule)
    return _named(block)


def _named(block: Block) -> str:
    bus = the_one(block, "event_bus_name", BUS)
    return bus.address if bus is not None else (block.text("event_bus_name") or DEFAULT).rsplit("/", 1)[-1]
