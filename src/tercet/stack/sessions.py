"""Sessions: checkouts, each an amount that one payment is to complete, kept apart from the payments themselves.

Derived data: the database is the authority on every payment, and a session may be late or lost, never decisive.
"""

from __future__ import annotations

from typing import Final

from cdktn_provider_aws.dynamodb_table import (
    DynamodbTable,
    DynamodbTableAttribute,
    DynamodbTablePointInTimeRecovery,
    DynamodbTableServerSideEncryption,
    DynamodbTableTtl,
)
from constructs import Construct

from tercet.stack.deployment import Deployment, Kind
from tercet.stack.encryption import Key
from tercet.stack.iam import Role, Statement

_HASH_KEY: Final = "id"
_EXPIRY: Final = "expires_at"


class Sessions(Construct):
    """The session table, billed by request, recoverable to any second of the last 35 days."""

    def __init__(self, scope: Construct, construct_id: str, *, deployment: Deployment, key: Key) -> None:
        super().__init__(scope, construct_id)
        self._key = key
        self._table = DynamodbTable(
            self,
            "table",
            name=deployment.name("sessions", Kind.TABLE),
            billing_mode="PAY_PER_REQUEST",
            hash_key=_HASH_KEY,
            attribute=[DynamodbTableAttribute(name=_HASH_KEY, type="S")],
            ttl=DynamodbTableTtl(attribute_name=_EXPIRY, enabled=True),
            point_in_time_recovery=DynamodbTablePointInTimeRecovery(enabled=True),
            server_side_encryption=DynamodbTableServerSideEncryption(enabled=True, kms_key_arn=key.arn),
            deletion_protection_enabled=deployment.settings.protect,
        )

    @property
    def table_name(self) -> str:
        """Name of the table: the value of the ``TableName`` dimension of its metrics."""
        return self._table.name

    @property
    def table_arn(self) -> str:
        """ARN of the table."""
        return self._table.arn

    def grant_read_write(self, role: Role) -> None:
        """Let a role read and write items, by key; not query, not scan, and nothing of the table itself."""
        role.grant(
            "use-sessions",
            Statement(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], [self.table_arn]),
            self._key.usable_through("dynamodb"),
        )
