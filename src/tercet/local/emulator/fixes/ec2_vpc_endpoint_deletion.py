"""Deleting a VPC endpoint twice is as good as once.

Plain moto looks for the endpoint's routes again and answers 400, so that a repeated request, such as a client makes
whose answer was lost, fails. Delete this module when moto leaves a deleted endpoint alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tercet.local.emulator.extension import Extension

EXTENSION = Extension()


@EXTENSION.around("moto.ec2.models.vpcs:VPCBackend.delete_vpc_endpoints")
def delete_vpc_endpoints(original: Callable[..., None], self: Any, vpce_ids: list[str] | None = None) -> None:
    """Delete those that are still there."""
    there = [each for each in vpce_ids or [] if each in self.vpc_end_points]
    original(self, [each for each in there if self.vpc_end_points[each].state != "deleted"])
