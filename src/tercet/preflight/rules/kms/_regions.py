"""Whether a key is in the region of what it encrypts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tercet.preflight.graph import Block, Resource, Undecidable
from tercet.preflight.values import Reference, Text, Value, is_known, references_in

KEY_TYPES = (
    "aws_kms_key",
    "aws_kms_replica_key",
    "aws_kms_external_key",
    "aws_kms_replica_external_key",
    "aws_kms_alias",
)
_SHARED_IDS = ("key_id", "id")
"""Attributes that are the same for all replicas of a multi-Region key."""


def places(block: Block, path: Sequence[str]) -> Iterator[Block]:
    """Go through the blocks that hold the last argument of a path: ``("rule", "destination", "kms_key_id")``."""
    if len(path) == 1:
        yield block
        return
    for inner in block.blocks(path[0]):
        yield from places(inner, path[1:])


def elsewhere(block: Block, argument: str, needed: str | None = None) -> tuple[str, str, str] | None:
    """Return the key that an argument names, its region and the region where it is needed, if they differ.

    Parameters
    ----------
    block, argument
        Where the key is named.
    needed
        The region where it is needed, if that is not the resource's own.

    Raises
    ------
    Undecidable
        It names a key, and one of the regions is not known.
    """
    value = block.value(argument)
    if value in (None, ""):
        return None
    found = _region_of(block, argument, value, may_be_own=needed is None)
    if found is None:
        return None
    key, region = found
    own = needed or block.owner.known_region()
    return (key, region, own) if region != own else None


def is_same(one: Resource, other: Resource) -> bool:
    """Tell whether two resources are in one region: those of one provider are, whatever region it has.

    Raises
    ------
    Undecidable
        They have two providers, and the region of one of them is not known.
    """
    own = any(resource.value("region") not in (None, "") for resource in (one, other))
    if one.provider and one.provider == other.provider and not own:
        return True
    return one.known_region() == other.known_region()


def _region_of(block: Block, argument: str, value: Value, *, may_be_own: bool) -> tuple[str, str] | None:
    """Return a key and its region; None where that surely is the resource's own, whichever it is."""
    keys = [key for key in block.owner.graph.resolve(_referring(value), KEY_TYPES) if not _is_shared(value, key)]
    for key in keys:
        return None if may_be_own and is_same(block.owner, key) else (key.address, key.known_region())
    if keys or not isinstance(value, str):
        if not is_known(value) and not references_in(value):
            raise Undecidable(block.named(argument), "the key is not known before apply")
        return None
    return _region_of_arn(value)


def _region_of_arn(arn: str) -> tuple[str, str] | None:
    parts = arn.split(":")
    return (arn, parts[3]) if len(parts) > 5 and parts[0] == "arn" and parts[2] == "kms" and parts[3] else None


def _referring(value: Value) -> Value:
    """Return a value that refers to something; a literal does not: an alias of that name may be in every region."""
    return value if not isinstance(value, str) or isinstance(value, Text) else None


def _is_shared(value: Value, key: Resource) -> bool:
    """Tell whether the value is the same in the key's other regions: a name, or the id of a multi-Region key."""
    for reference in references_in(value):
        if key not in key.graph.find(reference.address):
            continue
        attribute = reference.path[0] if reference.path else ""
        if attribute == "name":
            return True
        if attribute in _SHARED_IDS and (key.type != "aws_kms_key" or key.value("multi_region") not in (None, False)):
            return True
    return isinstance(value, Reference) and value.path[:1] == ("name",)
