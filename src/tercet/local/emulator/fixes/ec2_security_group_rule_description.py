"""Security-group rules that name another group or a prefix list return their description.

Plain moto returns the description of rules with an address range only, which the AWS provider shows as a change in
every plan. Delete this module when moto returns all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tercet.local.emulator.extension import Extension

EXTENSION = Extension()


@EXTENSION.around("moto.ec2.models.security_groups:SecurityGroupRule.description")
def description(original: Callable[[Any], str | None], self: Any) -> str | None:
    """Look where moto stores it for each kind of rule."""
    found = original(self)
    for place in (self.source_group, self.prefix_list_id):
        if not found and isinstance(place, dict):
            found = place.get("Description")
    return found
