"""Attachments of a transit gateway that are in its default route table already."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule
from tercet.preflight.rules._targets import the_one

_GATEWAY: Final = "aws_ec2_transit_gateway"
_ATTACHMENT: Final = "aws_ec2_transit_gateway_vpc_attachment"

_EXAMPLE = """
resource "aws_ec2_transit_gateway" "payments" {
  description = "payments-dev"
}

resource "aws_ec2_transit_gateway_vpc_attachment" "payments" {
  transit_gateway_id = aws_ec2_transit_gateway.payments.id
  vpc_id             = "vpc-0123456789abcdef0"
  subnet_ids         = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]MORE
}

resource "aws_ec2_transit_gateway_route_table" "payments" {
  transit_gateway_id = aws_ec2_transit_gateway.payments.id
}

resource "aws_ec2_transit_gateway_route_table_association" "payments" {
  transit_gateway_attachment_id  = aws_ec2_transit_gateway_vpc_attachment.payments.id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.payments.id
}
"""

RULE = Rule(
    id="tgw-already-associated",
    title="An attachment that is in the transit gateway's default route table already",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "An attachment is associated with one route table. A transit gateway has a default one, and each attachment "
        "is associated with that unless gateway or attachment say otherwise: an association with another table is "
        "refused."
    ),
    aws_error=(
        "Resource.AlreadyAssociated: Transit Gateway Attachment tgw-attach-<id> is already associated to a route table."
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/vpc/latest/tgw/tgw-route-tables.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/16452",
    ),
    resources=("aws_ec2_transit_gateway_route_table_association",),
    failing=_EXAMPLE.replace("MORE", ""),
    passing=_EXAMPLE.replace("MORE", "\n\n  transit_gateway_default_route_table_association = false"),
)


@RULE.check
def check(association: Resource, _context: Context) -> Iterator[Problem]:
    """Look whether the gateway has associated the attachment by itself."""
    if association.flag("replace_existing_association", False):
        return
    attachment = the_one(association, "transit_gateway_attachment_id", _ATTACHMENT)
    gateway = the_one(attachment, "transit_gateway_id", _GATEWAY) if attachment is not None else None
    if attachment is None or gateway is None:
        return
    if not attachment.flag("transit_gateway_default_route_table_association", True):
        return
    if gateway.text("default_route_table_association", "enable") != "enable":
        return
    yield Problem(
        association,
        "transit_gateway_attachment_id",
        f"{attachment.address} is associated with the default route table of {gateway.address} already.",
        fix=f"Set transit_gateway_default_route_table_association = false on {attachment.block_address}.",
        change=Change(attachment, "transit_gateway_default_route_table_association", False),
        also={"transit_gateway": gateway.address},
    )
