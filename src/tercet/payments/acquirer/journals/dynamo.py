"""A journal in a DynamoDB table, for the sandbox of a deployment: any number of functions share it.

An operation's item and its payment's item each hold their records in a list that only ever grows. A decision is made on
what was read, and written to both in one transaction on condition that neither has grown since; otherwise it is made
anew. DynamoDB keeps an item below 400 KB, so a payment may have some thousand operations:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from tercet.payments.acquirer.journal import Decided, Decision, Past, Record, decode, encode
from tercet.payments.errors import AcquirerUnavailable, ConfigurationError

ATTEMPTS: Final = 10
"""How often a decision is made anew because somebody else has decided something meanwhile."""

_LONGEST_PAUSE_S: Final = 0.4
_MISCONFIGURED: Final = frozenset({"AccessDeniedException", "ResourceNotFoundException"})
_OPERATION: Final = "operation#"
_PAYMENT: Final = "payment#"


class DynamoJournal:
    """The :class:`~tercet.payments.acquirer.journal.Journal` in a table whose hash key is ``id``, a string.

    It raises :class:`~tercet.payments.errors.ConfigurationError` if the table is not there, or not for us.

    Parameters
    ----------
    client
        boto3's client of DynamoDB.
    table
        The table's name.
    sleep
        Waits for so many seconds.
    """

    def __init__(self, client: Any, table: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client = client
        self._table = table
        self._sleep = sleep

    def decide(self, operation_id: str, payment_id: str | None, decision: Decision) -> Decided:
        """Decide, and append in one transaction if nobody else has meanwhile."""
        operation_key = _OPERATION + operation_id
        payment_key = _PAYMENT + payment_id if payment_id else None
        for attempt in range(ATTEMPTS):
            past = Past(self._read(operation_key), self._read(payment_key) if payment_key else ())
            record = decision(past)
            if any(record is known for known in past.operation):
                return Decided(record, is_new=False)
            items = {operation_key: len(past.operation)}
            if payment_key:
                items[payment_key] = len(past.payment)
            if self._append(record, items):
                return Decided(record, is_new=True)
            longest_s = min(_LONGEST_PAUSE_S, 0.01 * 2**attempt)
            self._sleep(longest_s * random.random())  # noqa: S311 - jitter, not a secret
        raise AcquirerUnavailable(
            f"Operation {operation_id}: others kept writing to the sandbox's journal {self._table}, {ATTEMPTS} times."
        )

    def operation(self, operation_id: str) -> Sequence[Record]:
        """Read the records of an operation."""
        return self._read(_OPERATION + operation_id)

    def records(self) -> Iterator[Record]:
        """Scan the table; the records of each operation oldest first, the operations in no order."""
        start: dict[str, Any] = {}
        while True:
            page = self._call(
                "scan",
                ConsistentRead=True,
                FilterExpression="begins_with(id, :operation)",
                ExpressionAttributeValues={":operation": {"S": _OPERATION}},
                **start,
            )
            for item in page["Items"]:
                yield from _records(item)
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def _read(self, key: str) -> Sequence[Record]:
        return _records(self._call("get_item", Key={"id": {"S": key}}, ConsistentRead=True).get("Item", {}))

    def _append(self, record: Record, items: dict[str, int]) -> bool:
        """Append to each item if it still has so many records; tells whether that was so."""
        updates = [{"Update": self._update(key, count, record)} for key, count in items.items()]
        try:
            self._client.transact_write_items(TransactItems=updates)
        except (ClientError, BotoCoreError) as error:
            if isinstance(error, ClientError) and _is_overtaken(error):
                return False
            raise self._failed(error) from error
        return True

    def _update(self, key: str, count: int, record: Record) -> dict[str, Any]:
        return {
            "TableName": self._table,
            "Key": {"id": {"S": key}},
            "UpdateExpression": "SET records = list_append(if_not_exists(records, :none), :new)",
            "ConditionExpression": "size(records) = :count" if count else "attribute_not_exists(records)",
            "ExpressionAttributeValues": {
                ":none": {"L": []},
                ":new": {"L": [{"S": encode(record)}]},
                **({":count": {"N": str(count)}} if count else {}),
            },
        }

    def _call(self, method: str, **arguments: Any) -> Any:
        try:
            return getattr(self._client, method)(TableName=self._table, **arguments)
        except (ClientError, BotoCoreError) as error:
            raise self._failed(error) from error

    def _failed(self, error: ClientError | BotoCoreError) -> AcquirerUnavailable | ConfigurationError:
        code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
        if code in _MISCONFIGURED:
            return ConfigurationError(
                f"The sandbox's journal, DynamoDB table {self._table}, cannot be used: {code}. Deploy again, and look "
                "at the function's role."
            )
        return AcquirerUnavailable(f"The sandbox's journal, DynamoDB table {self._table}, failed: {code}.")


def _is_overtaken(error: ClientError) -> bool:
    """Tell whether a transaction was given up because somebody else has written, or is writing, to the same items."""
    reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", ())}
    return bool(reasons & {"ConditionalCheckFailed", "TransactionConflict"})


def _records(item: dict[str, Any]) -> Sequence[Record]:
    return tuple(decode(each["S"]) for each in item.get("records", {}).get("L", ()))
