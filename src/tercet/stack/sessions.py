"""Sessions: what a payment's client may ask for again and again without asking the database.

Derived data: the database is the authority on every payment, and a session may be late or lost, never decisive.
"""

from __future__ import annotations

from typing import Final

from cdktn_provider_aws.dynamodb_table import (
    DynamodbTable,
    DynamodbTableAttribute,
    DynamodbTableGlobalSecondaryIndex,
    DynamodbTablePointInTimeRecovery,
    DynamodbTableServerSideEncryption,
    DynamodbTableTtl,
)
from constructs import Construct

from tercet.stack.deployment import Deployment, Kind
from tercet.stack.encryption import Key
from tercet.stack.iam import Role, Statement

UNPUBLISHED_INDEX: Final = "unpublished"

_HASH_KEY: Final = "id"
_EXPIRY: Final = "expires_at"
_SHARD: Final = "unpublished_shard"
_SINCE: Final = "unpublished_since"


class Sessions(Construct):
    """The session table, billed by request, recoverable to any second of the last 35 days.

    The ``unpublished`` index is sparse: an item is in it only while it has both of the index's attributes, which is
    until its events are published. The shard spreads the items, the time orders them.
    """

    def __init__(self, scope: Construct, construct_id: str, *, deployment: Deployment, key: Key) -> None:
        super().__init__(scope, construct_id)
        self._key = key
        self._table = DynamodbTable(
            self,
            "table",
            name=deployment.name("sessions", Kind.TABLE),
            billing_mode="PAY_PER_REQUEST",
            hash_key=_HASH_KEY,
            attribute=[
                DynamodbTableAttribute(name=_HASH_KEY, type="S"),
                DynamodbTableAttribute(name=_SHARD, type="S"),
                DynamodbTableAttribute(name=_SINCE, type="N"),
            ],
            global_secondary_index=[
                DynamodbTableGlobalSecondaryIndex(
                    name=UNPUBLISHED_INDEX, hash_key=_SHARD, range_key=_SINCE, projection_type="ALL"
                )
            ],
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

    @property
    def unpublished_index(self) -> str:
        """Name of the index of what has events still to be published."""
        return UNPUBLISHED_INDEX

    def grant_read_write(self, role: Role) -> None:
        """Let a role read, write and query items, by key; not scan, and nothing of the table itself."""
        role.grant(
            "use-sessions",
            Statement(
                [
                    "dynamodb:ConditionCheckItem",
                    "dynamodb:DeleteItem",
                    "dynamodb:GetItem",
                    "dynamodb:PutItem",
                    "dynamodb:Query",
                    "dynamodb:UpdateItem",
                ],
                [self.table_arn],
            ),
            Statement(["dynamodb:Query"], [f"{self.table_arn}/index/{UNPUBLISHED_INDEX}"]),
            self._key.usable_through("dynamodb"),
        )
