"""A session table on an in-process DynamoDB, and a clock that tests move."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends

from tercet.payments.sessions import Sessions

REGION = "us-east-1"
TABLE = "tercet-sessions-test"
TTL_S = 90_000


class Clock:
    """Seconds since 1970, standing still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Table:
    """The session table."""

    def __init__(self) -> None:
        self.client = boto3.client("dynamodb", region_name=REGION)
        self.client.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        )

    def clear(self) -> None:
        dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[TABLE].items.clear()

    def items(self) -> dict[str, dict[str, Any]]:
        found = self.client.scan(TableName=TABLE, ConsistentRead=True)["Items"]
        return {item["id"]["S"]: item for item in found}


@pytest.fixture(scope="module")
def clean_table() -> Iterator[Table]:
    """One for all tests of a module: making the client takes longer than most tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        # A conditional write is one step to DynamoDB; moto takes several, which threads can get between.
        lock = threading.RLock()
        for name in ("get_item", "put_item", "update_item", "transact_write_items"):
            patch.setattr(DynamoDBBackend, name, _locked(lock, getattr(DynamoDBBackend, name)))
        with mock_aws():
            yield Table()


def _locked(lock: Any, original: Any) -> Any:
    def locked(*args: Any, **kwargs: Any) -> Any:
        with lock:
            return original(*args, **kwargs)

    return locked


@pytest.fixture
def table(clean_table: Table) -> Table:
    clean_table.clear()
    return clean_table


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(table: Table, clock: Clock) -> Sessions:
    return Sessions(table.client, TABLE, ttl_s=TTL_S, now=clock, sleep=lambda _seconds: None)
