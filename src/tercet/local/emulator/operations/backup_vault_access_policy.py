"""PutBackupVaultAccessPolicy, GetBackupVaultAccessPolicy and DeleteBackupVaultAccessPolicy of AWS Backup.

Plain moto answers 404. The policy is kept and not enforced, as no policy is. Delete this module when moto serves the
operations.
"""

from __future__ import annotations

from moto.backup.models import backup_backends

from tercet.local.emulator.extension import Answer, Call, Extension, State, refuse

EXTENSION = Extension()
POLICIES: State[str] = State()


@EXTENSION.operation("backup", "PutBackupVaultAccessPolicy")
def put_backup_vault_access_policy(call: Call) -> Answer:
    """Remember the policy of a vault."""
    vault = backup_backends[call.account][call.region].describe_backup_vault(call.params["BackupVaultName"])
    POLICIES.of(call)[vault.backup_vault_name] = call.params["Policy"]
    return {}


@EXTENSION.operation("backup", "GetBackupVaultAccessPolicy")
def get_backup_vault_access_policy(call: Call) -> Answer:
    """Return what was put."""
    vault = backup_backends[call.account][call.region].describe_backup_vault(call.params["BackupVaultName"])
    name = vault.backup_vault_name
    if name not in POLICIES.of(call):
        raise refuse("ResourceNotFoundException", f"Backup vault {name} has no access policy")
    return {"BackupVaultName": name, "BackupVaultArn": vault.backup_vault_arn, "Policy": POLICIES.of(call)[name]}


@EXTENSION.operation("backup", "DeleteBackupVaultAccessPolicy")
def delete_backup_vault_access_policy(call: Call) -> Answer:
    """Forget what was put."""
    POLICIES.of(call).pop(call.params["BackupVaultName"], None)
    return {}
