"""EBS volumes: where they are declared, and what each type of them has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tercet.preflight.graph import Block, Resource


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume that some resource declares.

    Parameters
    ----------
    block
        Where it stands.
    kind, size
        The arguments that say its type and its size.
    """

    block: Block
    kind: str
    size: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What a type of volume has.

    Parameters
    ----------
    least
        Its least size, in GiB.
    provisioned
        Whether its IOPS can be said; they must be, where `default` is 0.
    default
        Its IOPS where nothing says them, which are the least as well.
    ratio
        IOPS for each GiB, at most.
    """

    least: int = 1
    provisioned: bool = False
    default: int = 0
    ratio: int = 0


OFFERS: Final = {
    "gp2": Offer(),
    "gp3": Offer(provisioned=True, default=3000, ratio=500),
    "io1": Offer(least=4, provisioned=True, ratio=50),
    "io2": Offer(least=4, provisioned=True, ratio=1000),
    "sc1": Offer(least=125),
    "st1": Offer(least=125),
    "standard": Offer(),
}

TYPES: Final = ("aws_ebs_volume", "aws_instance", "aws_launch_template")


def volumes_of(resource: Resource) -> Iterator[Volume]:
    """Go through the volumes that a resource declares."""
    if resource.type == "aws_ebs_volume":
        yield Volume(resource, "type", "size")
    elif resource.type == "aws_instance":
        for name in ("root_block_device", "ebs_block_device"):
            for block in resource.blocks(name):
                yield Volume(block, "volume_type", "volume_size")
    else:
        for mapping in resource.blocks("block_device_mappings"):
            for block in mapping.blocks("ebs"):
                yield Volume(block, "volume_type", "volume_size")
