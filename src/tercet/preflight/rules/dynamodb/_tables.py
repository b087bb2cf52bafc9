"""Keys, indexes and capacity of a table."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.graph import Block, Resource

_SOURCES = ("restore_source_name", "restore_source_table_arn", "restore_backup_arn")
INDEXES = ("global_secondary_index", "local_secondary_index")


def indexes_of(table: Resource) -> Iterator[tuple[str, Block]]:
    """Go through the indexes of a table, each with the kind of its block.

    Raises
    ------
    Undecidable
        How many there are is not known.
    """
    for kind in INDEXES:
        for index in table.blocks(kind):
            yield kind, index


def key_arguments(table: Resource) -> Iterator[tuple[Block, str]]:
    """Go through the arguments that name a key of the table or of an index: the block and the argument."""
    for block in (table, *(index for _, index in indexes_of(table))):
        for name in ("hash_key", "range_key"):
            if block.value(name) not in (None, ""):
                yield block, name
        if block is not table:
            for element in block.blocks("key_schema"):
                yield element, "attribute_name"


def is_restored(table: Resource) -> bool:
    """Tell whether a table is made of another, or of a backup: then it has keys and capacity from there."""
    return any(table.value(name) not in (None, "") for name in _SOURCES)


def is_on_demand(table: Resource) -> bool:
    """Tell whether a table is billed by request."""
    return table.text("billing_mode", "PROVISIONED") == "PAY_PER_REQUEST"
