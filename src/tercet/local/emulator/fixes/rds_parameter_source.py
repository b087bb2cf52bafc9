"""Parameters of an instance's parameter group say that the user set them.

Plain moto leaves out ``Source``, by which the AWS provider tells the user's values from the engine's, so that every
plan sets them again. Delete this module when DescribeDBParameters returns ``Source``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tercet.local.emulator.extension import Extension

EXTENSION = Extension()


@EXTENSION.around("moto.rds.models:DBParameterGroup.update_parameters")
def update_parameters(original: Callable[..., None], self: Any, new_parameters: Iterable[dict[str, Any]]) -> None:
    """Note whose values these are."""
    original(self, [{**parameter, "Source": "user"} for parameter in new_parameters])
