"""Lifecycles of backups, and locks of vaults."""

from __future__ import annotations

from typing import Final

from tercet.preflight.graph import Block, Resource
from tercet.preflight.policies import completions

COLD_DAYS: Final = 90
"""How long a backup stays in cold storage at least."""


def days_missing(lifecycle: Block) -> float | None:
    """Return by how many days a backup is deleted too early after its move to cold storage; None where it is not."""
    cold, delete = lifecycle.number("cold_storage_after", 0), lifecycle.number("delete_after", 0)
    if not cold or not delete:
        return None
    missing = cold + COLD_DAYS - delete
    return missing if missing > 0 else None


def locks_of(vault: Resource) -> list[Resource]:
    """Return the locks of a vault."""
    found = completions(vault.graph, "aws_backup_vault_lock_configuration", "backup_vault_name", "aws_backup_vault")
    sure, _ = found.of(vault, [vault.value("name")])
    return sure
