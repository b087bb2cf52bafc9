"""Daily backups of Aurora into a vault of their own, and a weekly proof that they can be restored.

Daily snapshots, not a continuous backup: that would take the cluster's own retention over from the database construct
("Continuous backups and point-in-time restore", AWS Backup Developer Guide), and going back to any second is what
backtrack and Aurora's own backups are for.
"""

from __future__ import annotations

import json
from typing import Final

from cdktn_provider_aws.backup_plan import BackupPlan, BackupPlanRule, BackupPlanRuleLifecycle
from cdktn_provider_aws.backup_restore_testing_plan import (
    BackupRestoreTestingPlan,
    BackupRestoreTestingPlanRecoveryPointSelection,
)
from cdktn_provider_aws.backup_restore_testing_selection import BackupRestoreTestingSelection
from cdktn_provider_aws.backup_selection import BackupSelection
from cdktn_provider_aws.backup_vault import BackupVault
from cdktn_provider_aws.backup_vault_lock_configuration import BackupVaultLockConfiguration
from cdktn_provider_aws.backup_vault_notifications import BackupVaultNotifications
from cdktn_provider_aws.backup_vault_policy import BackupVaultPolicy
from constructs import Construct

from tercet.stack.alerts import Alerts
from tercet.stack.database import Database
from tercet.stack.deployment import Deployment, Kind
from tercet.stack.encryption import Key
from tercet.stack.iam import Role, Statement, policy

SERVICE: Final = "backup.amazonaws.com"

SCHEDULE: Final = "cron(0 0 * * ? *)"
START_WINDOW_MIN: Final = 60
COMPLETION_WINDOW_MIN: Final = 180
"""From midnight UTC: started within the first hour, done or given up by three, when Aurora's own backup begins."""

RESTORE_TEST_SCHEDULE: Final = "cron(0 8 ? * MON *)"
"""Monday morning, when somebody is there to read that it failed."""

NOTIFIED: Final = ("BACKUP_JOB_COMPLETED", "RESTORE_JOB_COMPLETED")
"""Sent when a job ends, however it ends: the message's ``State`` attribute says how. ``BACKUP_JOB_FAILED``,
``RESTORE_JOB_FAILED`` and their like are still accepted, but deprecated, and nothing is ever sent for them
(PutBackupVaultNotifications, AWS Backup API Reference): a vault that lists only those fails in silence."""

_RESTORED: Final = "awsbackup-restore-test-*"
"""How AWS Backup names what it restores to test ("Restore testing inferred metadata", AWS Backup Developer Guide)."""

_SNAPSHOTS: Final = "awsbackup:*"
"""How AWS Backup names the snapshots it takes (AWSBackupServiceRolePolicyForBackup, an AWS managed policy)."""


class Backup(Construct):
    """The vault, the daily plan, and the weekly restore test.

    With ``protect``, the vault is locked in governance mode: its recovery points stay for at least the retention, and
    a policy keeps everybody from deleting them. Who may change the vault's policy and lock can lift both, so that
    nobody is locked out for ever.

    AWS Backup passes over Aurora where the account has not opted in to it, even a cluster that is named ("Assign
    resources with AWS CLI", its guide). That setting is the account's and region's, hence not made here; where it is
    off, the alarm ``backup-absent`` goes off.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        deployment: Deployment,
        key: Key,
        database: Database,
        alerts: Alerts,
    ) -> None:
        super().__init__(scope, construct_id)
        self._deployment = deployment
        self._database = database
        self._vault = BackupVault(
            self,
            "vault",
            name=deployment.name("backups", Kind.BACKUP_NAME),
            kms_key_arn=key.arn,
            force_destroy=not deployment.settings.protect,
        )
        BackupVaultNotifications(
            self,
            "notifications",
            backup_vault_name=self.vault_name,
            sns_topic_arn=alerts.arn,
            backup_vault_events=list(NOTIFIED),
        )
        if deployment.settings.protect:
            self._protect()
        self._back_up_daily()
        self._test_restore_weekly()

    @property
    def vault_name(self) -> str:
        """Name of the vault: the value of the ``BackupVaultName`` dimension of its metrics."""
        return self._vault.name

    @property
    def vault_arn(self) -> str:
        """ARN of the vault."""
        return self._vault.arn

    def _protect(self) -> None:
        """Keep recovery points from people; AWS Backup itself still removes them at the end of their retention.

        A vault's policy takes no wildcard among the actions ("Vault access policies", AWS Backup Developer Guide).
        It does not deny changing the policy itself, which would lock out whoever has to lift it.
        """
        BackupVaultPolicy(
            self,
            "vault-policy",
            backup_vault_name=self.vault_name,
            policy=policy(
                Statement(
                    ["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"],
                    ["*"],
                    principal="*",
                    effect="Deny",
                )
            ),
        )
        BackupVaultLockConfiguration(
            self,
            "vault-lock",
            backup_vault_name=self.vault_name,
            min_retention_days=self._deployment.settings.backup_retention_days,
        )

    def _rds(self, *resources: str) -> list[str]:
        return [self._deployment.arn("rds", resource) for resource in resources]

    def _describe_databases(self) -> Statement:
        """Find clusters and snapshots, by listing them, which is asked of every one in the account."""
        return Statement(
            [
                "rds:DescribeDBClusterAutomatedBackups",
                "rds:DescribeDBClusterSnapshots",
                "rds:DescribeDBClusters",
                "rds:DescribeDBInstances",
                "rds:ListTagsForResource",
            ],
            self._rds("cluster:*", "cluster-auto-backup:*", "cluster-snapshot:*", "db:*"),
        )

    def _grant_on_storage_key(self) -> Statement:
        """Let RDS go on using the key for a snapshot or a restored cluster, and nobody else."""
        return Statement(
            ["kms:CreateGrant"],
            [self._database.storage_key_arn],
            conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
        )

    def _back_up_daily(self) -> None:
        """Take a snapshot each night.

        Aurora's snapshots are encrypted with the cluster's key, not the vault's ("Encryption for backups in AWS
        Backup", its guide), hence no grant on the latter.
        """
        plan = BackupPlan(
            self,
            "plan",
            name=self._deployment.name("daily", Kind.BACKUP_NAME),
            rule=[
                BackupPlanRule(
                    rule_name=self._deployment.name("daily", Kind.BACKUP_NAME),
                    target_vault_name=self.vault_name,
                    schedule=SCHEDULE,
                    start_window=START_WINDOW_MIN,
                    completion_window=COMPLETION_WINDOW_MIN,
                    lifecycle=BackupPlanRuleLifecycle(delete_after=self._deployment.settings.backup_retention_days),
                )
            ],
        )
        role = Role(self, "backup-role", deployment=self._deployment, service=SERVICE, purpose="backup")
        snapshots = self._rds(f"cluster-snapshot:{_SNAPSHOTS}")
        role.grant(
            "back-up-database",
            self._describe_databases(),
            Statement(
                ["rds:AddTagsToResource", "rds:CreateDBClusterSnapshot"], [self._database.cluster_arn, *snapshots]
            ),
            Statement(["rds:DeleteDBClusterSnapshot"], snapshots),
            Statement(["backup:DescribeBackupVault"], [self.vault_arn]),
            Statement(["kms:DescribeKey"], [self._database.storage_key_arn]),
            self._grant_on_storage_key(),
            Statement(
                ["tag:GetResources"],
                ["*"],
                any_resource_because="GetResources searches by tag; it has no resource-level permission",
            ),
        )
        BackupSelection(
            self,
            "database",
            name=self._deployment.name("database", Kind.BACKUP_NAME),
            plan_id=plan.id,
            iam_role_arn=role.arn,
            resources=[self._database.cluster_arn],
            depends_on=[*role.grants],
        )

    def _test_restore_weekly(self) -> None:
        """Restore the latest backup into the isolated subnets, as a cluster without an instance, then delete it."""
        plan = BackupRestoreTestingPlan(
            self,
            "restore-test",
            name=self._deployment.name("restore-test", Kind.RESTORE_TEST),
            schedule_expression=RESTORE_TEST_SCHEDULE,
            start_window_hours=1,
            recovery_point_selection=[
                BackupRestoreTestingPlanRecoveryPointSelection(
                    algorithm="LATEST_WITHIN_WINDOW",
                    include_vaults=[self.vault_arn],
                    recovery_point_types=["SNAPSHOT"],
                    selection_window_days=7,
                )
            ],
        )
        role = Role(self, "restore-role", deployment=self._deployment, service=SERVICE, purpose="restore-test")
        restored = self._rds(f"cluster:{_RESTORED}")
        role.grant(
            "restore-database",
            self._describe_databases(),
            Statement(
                ["rds:RestoreDBClusterFromSnapshot"],
                [
                    *restored,
                    *self._rds(
                        f"cluster-pg:{self._database.cluster_parameter_group_name}",
                        f"cluster-snapshot:{_SNAPSHOTS}",
                        "og:default:*",
                        f"subgrp:{self._database.subnet_group_name}",
                    ),
                ],
            ),
            Statement(["rds:AddTagsToResource", "rds:DeleteDBCluster"], restored),
            Statement(["kms:DescribeKey"], [self._database.storage_key_arn]),
            Statement(
                [
                    "kms:Decrypt",
                    "kms:Encrypt",
                    "kms:GenerateDataKey",
                    "kms:GenerateDataKeyWithoutPlaintext",
                    "kms:ReEncryptFrom",
                    "kms:ReEncryptTo",
                ],
                [self._database.storage_key_arn],
                conditions={
                    "StringEquals": {"kms:ViaService": f"rds.{self._deployment.settings.region}.amazonaws.com"}
                },
            ),
            self._grant_on_storage_key(),
        )
        BackupRestoreTestingSelection(
            self,
            "restore-test-database",
            name=self._deployment.name("database", Kind.RESTORE_TEST),
            restore_testing_plan_name=plan.name,
            protected_resource_type="Aurora",
            protected_resource_arns=[self._database.cluster_arn],
            iam_role_arn=role.arn,
            validation_window_hours=1,
            # Without these it would be restored into the default VPC, which the account may not even have.
            restore_metadata_overrides={
                "dbClusterParameterGroupName": self._database.cluster_parameter_group_name,
                "dbSubnetGroupName": self._database.subnet_group_name,
                "vpcSecurityGroupIds": json.dumps([self._database.security_group_id]),
            },
            depends_on=[*role.grants],
        )
