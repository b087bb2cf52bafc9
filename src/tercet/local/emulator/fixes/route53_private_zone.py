"""A hosted zone that is made with a VPC is private.

Plain moto looks for ``HostedZoneConfig.PrivateZone``, which callers need not send and the AWS provider does not, and
forgets the VPC. Delete this module when moto makes a private zone of what CreateHostedZone is given with a VPC.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult

from tercet.local.emulator.extension import Extension

EXTENSION = Extension()


@EXTENSION.around("moto.route53.responses:Route53.create_hosted_zone")
def create_hosted_zone(original: Callable[[Any], ActionResult], self: Any) -> ActionResult:
    """Add the VPC to the zone that was made."""
    answer = original(self)
    result = answer.result
    vpc, region = self._get_param("VPC.VPCId"), self._get_param("VPC.VPCRegion")
    zone = result["HostedZone"]
    if vpc and not zone.private_zone:
        zone.private_zone = True
        zone.add_vpc(vpc, region)
        result["DelegationSet"] = None
        result["VPC"] = {"VPCRegion": region, "VPCId": vpc}
    return answer
