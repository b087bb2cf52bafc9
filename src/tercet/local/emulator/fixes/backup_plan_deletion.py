"""The name of a deleted backup plan can be used again.

Plain moto keeps deleted plans and refuses a new one with the name of any of them, so that a plan cannot be destroyed
and applied again, or replaced. Delete this module when moto looks at the plans that are left only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tercet.local.emulator.extension import Extension

EXTENSION = Extension()


@EXTENSION.around("moto.backup.models:BackupBackend.create_backup_plan")
def create_backup_plan(original: Callable[..., Any], self: Any, *args: Any, **kwargs: Any) -> Any:
    """Create the plan while the deleted ones are out of sight."""
    deleted = {key: plan for key, plan in self.plans.items() if plan.deletion_date is not None}
    for key in deleted:
        del self.plans[key]
    try:
        return original(self, *args, **kwargs)
    finally:
        self.plans.update(deleted)
