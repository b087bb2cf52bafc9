"""ListRecoveryPointsByBackupVault of AWS Backup.

Plain moto answers 404. The AWS provider lists the recovery points of a vault that is destroyed with
``force_destroy``. moto makes no recovery points, so there are none to list. Delete this module when moto serves the
operation.
"""

from __future__ import annotations

from moto.backup.models import backup_backends

from tercet.local.emulator.extension import Answer, Call, Extension

EXTENSION = Extension()


@EXTENSION.operation("backup", "ListRecoveryPointsByBackupVault")
def list_recovery_points_by_backup_vault(call: Call) -> Answer:
    """Return none, of a vault that exists."""
    backup_backends[call.account][call.region].describe_backup_vault(call.params["BackupVaultName"])
    return {"RecoveryPoints": []}
