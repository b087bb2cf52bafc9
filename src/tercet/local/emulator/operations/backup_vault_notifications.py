"""PutBackupVaultNotifications, GetBackupVaultNotifications and DeleteBackupVaultNotifications of AWS Backup.

Plain moto answers 404. Nothing is ever notified, as moto has no backup jobs. Delete this module when moto serves the
operations.
"""

from __future__ import annotations

from typing import Any

from moto.backup.models import backup_backends

from tercet.local.emulator.extension import Answer, Call, Extension, State, refuse

EXTENSION = Extension()
NOTIFICATIONS: State[dict[str, Any]] = State()


@EXTENSION.operation("backup", "PutBackupVaultNotifications")
def put_backup_vault_notifications(call: Call) -> Answer:
    """Remember the topic and the events of a vault."""
    vault = backup_backends[call.account][call.region].describe_backup_vault(call.params["BackupVaultName"])
    NOTIFICATIONS.of(call)[vault.backup_vault_name] = {
        "BackupVaultName": vault.backup_vault_name,
        "BackupVaultArn": vault.backup_vault_arn,
        "SNSTopicArn": call.params["SNSTopicArn"],
        "BackupVaultEvents": call.params["BackupVaultEvents"],
    }
    return {}


@EXTENSION.operation("backup", "GetBackupVaultNotifications")
def get_backup_vault_notifications(call: Call) -> Answer:
    """Return what was put."""
    name = call.params["BackupVaultName"]
    if name not in NOTIFICATIONS.of(call):
        raise refuse("ResourceNotFoundException", f"Backup vault {name} has no notifications")
    return NOTIFICATIONS.of(call)[name]


@EXTENSION.operation("backup", "DeleteBackupVaultNotifications")
def delete_backup_vault_notifications(call: Call) -> Answer:
    """Forget what was put."""
    NOTIFICATIONS.of(call).pop(call.params["BackupVaultName"], None)
    return {}
