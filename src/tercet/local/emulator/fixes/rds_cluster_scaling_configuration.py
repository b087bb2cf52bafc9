"""Clusters without a serverless scaling configuration return none.

Plain moto returns ``ScalingConfigurationInfo`` without members for every cluster, which the AWS provider shows as an
empty ``scaling_configuration`` block to be removed, in every plan. Delete this module when moto omits it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tercet.local.emulator.extension import Extension

EXTENSION = Extension()


@EXTENSION.around("moto.rds.models:DBCluster.scaling_configuration_info")
def scaling_configuration_info(original: Callable[[Any], dict[str, Any]], self: Any) -> dict[str, Any] | None:
    """Return the configuration if there is one."""
    return original(self) if self.scaling_configuration else None
