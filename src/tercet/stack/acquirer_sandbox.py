"""What the sandbox acquirer remembers: it stands in for a card network until a real acquirer is connected.

No money moves. The sandbox must nonetheless remember, as an acquirer would, which operation it was asked for and what
it answered, across invocations and in all zones at once: that is what makes a repetition harmless and an inquiry worth
anything. With a real acquirer, this construct, its parameter, its grants and its alarms go.
"""

from __future__ import annotations

from typing import Final

from cdktn_provider_aws.dynamodb_table import (
    DynamodbTable,
    DynamodbTableAttribute,
    DynamodbTablePointInTimeRecovery,
    DynamodbTableServerSideEncryption,
)
from constructs import Construct

from tercet.stack.deployment import Deployment, Kind
from tercet.stack.encryption import Key
from tercet.stack.iam import Role, Statement

_HASH_KEY: Final = "id"


class SandboxJournal(Construct):
    """A table of operations and their outcomes; nothing in it expires, for it is what payments are reconciled with."""

    def __init__(self, scope: Construct, construct_id: str, *, deployment: Deployment, key: Key) -> None:
        super().__init__(scope, construct_id)
        self._key = key
        self._table = DynamodbTable(
            self,
            "table",
            name=deployment.name("acquirer-sandbox", Kind.TABLE),
            billing_mode="PAY_PER_REQUEST",
            hash_key=_HASH_KEY,
            attribute=[DynamodbTableAttribute(name=_HASH_KEY, type="S")],
            point_in_time_recovery=DynamodbTablePointInTimeRecovery(enabled=True),
            server_side_encryption=DynamodbTableServerSideEncryption(enabled=True, kms_key_arn=key.arn),
            deletion_protection_enabled=deployment.settings.protect,
        )

    @property
    def table_name(self) -> str:
        """Name of the table."""
        return self._table.name

    def grant_read_write(self, role: Role) -> None:
        """Let a role read items and add to them, by key; not delete, not scan, and nothing of the table itself."""
        role.grant(
            "use-sandbox-acquirer",
            Statement(["dynamodb:GetItem", "dynamodb:UpdateItem"], [self._table.arn]),
            self._key.usable_through("dynamodb"),
        )
