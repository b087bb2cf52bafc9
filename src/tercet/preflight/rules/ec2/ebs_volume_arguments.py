"""Volumes whose type does not go with their size, IOPS or throughput."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.ec2._volumes import OFFERS, TYPES, Offer, Volume, volumes_of

_MIBPS_PER_IOPS: Final = 0.25

_EXAMPLE = """
resource "aws_ebs_volume" "ledger" {
  availability_zone = "us-east-1a"
  size              = 100
  type              = "TYPE"
  iops              = 4000
  encrypted         = true
}
"""

RULE = Rule(
    id="ebs-volume-arguments",
    title="A volume's type does not go with its size, IOPS or throughput",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "IOPS are said for io1 and io2, which need them, and for gp3; throughput for gp3 only. io1 and io2 begin at "
        "4 GiB, st1 and sc1 at 125. IOPS are limited by the size (50 for each GiB of io1, 500 of gp3, 1,000 of io2), "
        "and gp3's throughput by its IOPS (0.25 MiB/s each). The provider refuses some of it while it plans, AWS the "
        "rest."
    ),
    aws_error="'iops' must not be set when 'type' is '<type>'",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html",
        "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/ebs_volume.go",
        "https://github.com/hashicorp/terraform-provider-aws/issues/12667",
    ),
    resources=TYPES,
    failing=_EXAMPLE.replace("TYPE", "gp2"),
    passing=_EXAMPLE.replace("TYPE", "gp3"),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Compare each volume with what its type has."""
    if resource.graph.kind == "plan":
        return  # the provider has filled in what was not said
    unsure: Undecidable | None = None
    for volume in volumes_of(resource):
        try:
            yield from _volume(volume)
        except Undecidable as reason:
            unsure = reason
    if unsure is not None:
        raise unsure


def _volume(volume: Volume) -> Iterator[Problem]:
    block = volume.block
    kind = block.text(volume.kind) or ("gp2" if block is block.owner else "")
    offer = OFFERS.get(kind)
    if offer is None:
        return
    if not offer.provisioned and block.number("iops"):
        yield _problem(
            volume,
            "iops",
            f"is given and {volume.kind} is {kind}, whose IOPS follow from its size",
            "Remove iops, or use gp3.",
            f"'iops' must not be set when 'type' is '{kind}'"
            if block is block.owner
            else f"iops attribute not supported for ebs_block_device with volume_type {kind}",
        )
    if kind != "gp3" and block.number("throughput"):
        yield _problem(
            volume,
            "throughput",
            f"is given and {volume.kind} is {kind}; only gp3 has it",
            "Remove throughput, or use gp3.",
            f"'throughput' must not be set when 'type' is '{kind}'",
        )
    if offer.provisioned:
        yield from _iops(volume, kind, offer)
    yield from _size(volume, kind, offer)


def _iops(volume: Volume, kind: str, offer: Offer) -> Iterator[Problem]:
    block = volume.block
    iops = block.number("iops") or offer.default
    if not iops and "iops" in block.values:
        return  # null may come from a variable that a caller sets
    if not iops:
        yield _problem(
            volume,
            "iops",
            f"is missing and {volume.kind} is {kind}, which needs it",
            "Give iops, or use gp3.",
            f"'iops' must be set when 'type' is '{kind}'",
        )
        return
    if iops < offer.default:
        error = f"InvalidParameterValue: Volume iops of {iops} is too low; minimum is {offer.default}."
        yield _problem(volume, "iops", f"is {iops}; {kind} begins at {offer.default}", "Remove iops.", error)
    size = block.number(volume.size) if iops > offer.default else None
    if size and iops > size * offer.ratio:
        yield _problem(
            volume,
            "iops",
            f"is {iops} and {volume.size} is {size}: {kind} has {offer.ratio} IOPS for each GiB at most",
            f"Set iops to {int(size * offer.ratio)} or less, or a larger {volume.size}.",
            f"InvalidParameterValue: Iops to volume size ratio of {iops / size:.6f} is too high; maximum is "
            f"{offer.ratio}.000000",
        )
    throughput = block.number("throughput") if kind == "gp3" else None
    if throughput and throughput > iops * _MIBPS_PER_IOPS:
        yield _problem(
            volume,
            "throughput",
            f"is {throughput} and iops is {iops}: gp3 has {_MIBPS_PER_IOPS} MiB/s for each of its IOPS at most",
            f"Set iops to {int(throughput / _MIBPS_PER_IOPS)} or more.",
            f"InvalidParameterValue: Throughput (MiBps) to iops ratio of {throughput / iops:.6f} is too high; maximum "
            f"is {_MIBPS_PER_IOPS:.6f} MiBps per iops.",
        )


def _size(volume: Volume, kind: str, offer: Offer) -> Iterator[Problem]:
    size = volume.block.number(volume.size) if offer.least > 1 else None
    if size and size < offer.least:
        yield _problem(
            volume,
            volume.size,
            f"is {size}; {kind} begins at {offer.least} GiB",
            f"Set {volume.size} to {offer.least} or more, or use gp3.",
            f"InvalidParameterValue: Volume of {size}GiB is too small for volume type {kind}; minimum is "
            f"{offer.least}GiB.",
        )


def _problem(volume: Volume, argument: str, what: str, fix: str, error: str) -> Problem:
    return Problem(
        volume.block,
        argument,
        f"{volume.block.named(argument)} {what}.",
        fix=fix,
        aws_error=error,
        also={volume.kind: volume.block.shown(volume.kind)},
    )
