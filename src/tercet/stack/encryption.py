"""Customer-managed keys: one per kind of data, rotated, each usable by exactly the services that must."""

from __future__ import annotations

from collections.abc import Sequence

from cdktn_provider_aws.kms_alias import KmsAlias
from cdktn_provider_aws.kms_key import KmsKey
from constructs import Construct

from tercet.stack.deployment import Deployment, Kind
from tercet.stack.iam import Conditions, Role, Statement, policy

_USE = ("kms:Decrypt", "kms:GenerateDataKey")

_ADMINISTER = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListAliases",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListResourceTags",
    "kms:ListRetirableGrants",
    "kms:PutKeyPolicy",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:RetireGrant",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)
"""What the account delegates to its IAM policies: all a symmetric key needs to be run, so that nobody is locked out."""

_IN_A_KEY_POLICY = "a key policy speaks of its own key, which has no ARN yet and is written *"


class Key(Construct):
    """A symmetric customer-managed key, rotated yearly.

    Parameters
    ----------
    purpose
        What it encrypts; part of its alias.
    services
        Service principals that use it in their own name, with the conditions that hold them to this deployment.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        deployment: Deployment,
        purpose: str,
        services: Sequence[tuple[str, Conditions]] = (),
    ) -> None:
        super().__init__(scope, construct_id)
        delegated = Statement(_ADMINISTER, ["*"], principal=deployment.root, any_resource_because=_IN_A_KEY_POLICY)
        used = [
            Statement(
                (*_USE, "kms:DescribeKey", "kms:Encrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo"),
                ["*"],
                service=service,
                conditions=conditions,
                any_resource_because=_IN_A_KEY_POLICY,
            )
            for service, conditions in services
        ]
        self._key = KmsKey(
            self,
            "key",
            description=f"{deployment.name(purpose, Kind.KEY_ALIAS)}: encrypts {purpose}",
            enable_key_rotation=True,
            deletion_window_in_days=30 if deployment.settings.protect else 7,
            policy=policy(delegated, *used),
        )
        KmsAlias(
            self,
            "alias",
            name=f"alias/{deployment.name(purpose, Kind.KEY_ALIAS)}",
            target_key_id=self._key.key_id,
        )
        self._region = deployment.settings.region

    @property
    def arn(self) -> str:
        """ARN of the key."""
        return self._key.arn

    def usable_through(self, service: str) -> Statement:
        """Allow a role to use the key, but only by way of one service, such as ``dynamodb``."""
        return Statement(
            _USE,
            [self.arn],
            conditions={"StringEquals": {"kms:ViaService": f"{service}.{self._region}.amazonaws.com"}},
        )

    def grant_use(self, role: Role, *, through: str) -> None:
        """Let a role use the key through a service."""
        role.grant(f"use-key-{self.node.id}-through-{through}", self.usable_through(through))


class Encryption(Construct):
    """The platform's keys, apart by who must be able to read: data, messages, logs and backups."""

    def __init__(self, scope: Construct, construct_id: str, *, deployment: Deployment) -> None:
        super().__init__(scope, construct_id)
        own: Conditions = {"StringEquals": {"aws:SourceAccount": deployment.account_id}}
        log_groups = deployment.arn("logs", "log-group:*")
        self.data = Key(self, "data", deployment=deployment, purpose="data")
        self.messages = Key(
            self,
            "messages",
            deployment=deployment,
            purpose="messages",
            services=[
                # To an encrypted topic EventBridge delivers without the condition keys of the account and the source
                # ("Key management", Amazon SNS Developer Guide): demanded, they would stop the failover notice.
                ("events.amazonaws.com", {}),
                ("sns.amazonaws.com", own),
                ("cloudwatch.amazonaws.com", own),
                # AWS Backup's guide names no condition key for its notifications: with one they might never come.
                ("backup.amazonaws.com", {}),
            ],
        )
        self.logs = Key(
            self,
            "logs",
            deployment=deployment,
            purpose="logs",
            services=[
                (
                    f"logs.{deployment.settings.region}.amazonaws.com",
                    # CloudWatch Logs proves whom it acts for by the encryption context ("Encrypt log data", its guide).
                    {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": log_groups}},
                )
            ],
        )
        self.backup = Key(self, "backup", deployment=deployment, purpose="backups")
