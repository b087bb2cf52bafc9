"""Volumes that are attached to an instance of another zone."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.network import Zone, zone_of_subnet, zone_of_value
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._targets import the_one

_EXAMPLE = """
resource "aws_instance" "ledger" {
  ami               = "ami-0123456789abcdef0"
  instance_type     = "m6i.large"
  availability_zone = "us-east-1a"

  metadata_options {
    http_tokens = "required"
  }

  root_block_device {
    encrypted = true
  }
}

resource "aws_ebs_volume" "ledger" {
  availability_zone = "ZONE"
  size              = 100
  type              = "gp3"
  encrypted         = true
}

resource "aws_volume_attachment" "ledger" {
  device_name = "/dev/sdf"
  instance_id = aws_instance.ledger.id
  volume_id   = aws_ebs_volume.ledger.id
}
"""

RULE = Rule(
    id="ebs-attachment-zone",
    title="A volume of another zone than its instance",
    severity=Severity.APPLY_FAILS,
    rationale="A volume lives in one zone and can be attached only to instances of that zone.",
    aws_error=(
        "InvalidVolume.ZoneMismatch: The volume 'vol-<id>' is not in the same availability zone as instance 'i-<id>'"
    ),
    confirmed=True,
    sources=("https://docs.aws.amazon.com/ebs/latest/userguide/ebs-attaching-volume.html",),
    resources=("aws_volume_attachment",),
    failing=_EXAMPLE.replace("ZONE", "us-east-1b"),
    passing=_EXAMPLE.replace("ZONE", "us-east-1a"),
)


@RULE.check
def check(attachment: Resource, _context: Context) -> Iterator[Problem]:
    """Compare the zones of both."""
    volume = the_one(attachment, "volume_id", "aws_ebs_volume")
    instance = the_one(attachment, "instance_id", "aws_instance") if volume is not None else None
    if volume is None or instance is None or volume.many or instance.many or not volume.has("availability_zone"):
        return
    there = zone_of_value(volume.value("availability_zone"), volume)
    here = _zone_of(instance)
    if here is not None and here.differs_from(there):
        yield Problem(
            attachment,
            "volume_id",
            f"{volume.address} is in {there} and {instance.address} in {here}.",
            fix=f"Set availability_zone = {instance.block_address}.availability_zone on {volume.block_address}.",
            also={"availability_zone": str(there)},
        )


def _zone_of(instance: Resource) -> Zone | None:
    if instance.has("availability_zone"):
        return zone_of_value(instance.value("availability_zone"), instance)
    subnet = the_one(instance, "subnet_id", "aws_subnet")
    return zone_of_subnet(subnet) if subnet is not None and not subnet.many else None
