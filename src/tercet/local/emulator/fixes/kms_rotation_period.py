"""Keys remember their rotation period.

Plain moto drops ``RotationPeriodInDays``, which the AWS provider shows as a change in every plan. Delete this module
when moto returns it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from tercet.local.emulator.extension import Extension

EXTENSION = Extension()

DEFAULT_DAYS: Final = 365
"""EnableKeyRotation, AWS KMS API Reference."""


def _key(response: Any) -> Any:
    return response.kms_backend.describe_key(response._get_param("KeyId"))


@EXTENSION.around("moto.kms.responses:KmsResponse.enable_key_rotation")
def enable_key_rotation(original: Callable[[Any], str], self: Any) -> str:
    """Keep the period."""
    answer = original(self)
    _key(self).rotation_period_in_days = int(self._get_param("RotationPeriodInDays") or DEFAULT_DAYS)
    return answer


@EXTENSION.around("moto.kms.responses:KmsResponse.get_key_rotation_status")
def get_key_rotation_status(original: Callable[[Any], str], self: Any) -> str:
    """Return the period of a key that is rotated."""
    answer = json.loads(original(self))
    if answer["KeyRotationEnabled"]:
        answer["RotationPeriodInDays"] = getattr(_key(self), "rotation_period_in_days", DEFAULT_DAYS)
    return json.dumps(answer)
