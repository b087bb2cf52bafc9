"""Journals of every kind, a clock that a test moves, and instructions."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3

from tercet.payments.acquirer import Instruction
from tercet.payments.acquirer.journal import Journal
from tercet.payments.acquirer.journals.dynamo import DynamoJournal
from tercet.payments.acquirer.journals.file import FileJournal
from tercet.payments.acquirer.journals.memory import MemoryJournal
from tercet.payments.acquirer.sandbox import SandboxAcquirer
from tercet.payments.model import Kind

KINDS_OF_JOURNAL = ("memory", "file", "dynamo")


class OneAtATime:
    """A client of DynamoDB whose requests take effect one after the other, as DynamoDB's do.

    moto checks a condition before it writes without any lock. Requests of several threads still come in any order.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            with self._lock:
                return getattr(self._client, name)(**arguments)

        return call


def dynamo() -> Any:
    """A client of moto in this process; `mock_aws` must be on."""
    return boto3.client(
        "dynamodb",
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        endpoint_url="https://dynamodb.us-east-1.amazonaws.com",  # what moto answers for; it never leaves the process
    )


def new_journal(kind: str, folder: Path) -> Journal:
    """An empty journal; for DynamoDB, `mock_aws` must be on."""
    name = uuid.uuid4().hex
    if kind == "memory":
        return MemoryJournal()
    if kind == "file":
        return FileJournal(folder / name, durable=False)
    client = dynamo()
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )
    return DynamoJournal(OneAtATime(client), name, sleep=lambda _seconds: None)


class Time:
    """A clock that stands still unless somebody sleeps or a test moves it."""

    def __init__(self) -> None:
        self.now_s = 1_800_000_000.0
        self.slept: list[float] = []

    def now_ms(self) -> int:
        return round(self.now_s * 1000)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now_s += seconds


def sandbox(journal: Journal, time: Time | None = None) -> SandboxAcquirer:
    time = time or Time()
    return SandboxAcquirer(journal, now_ms=time.now_ms, sleep=time.sleep)


def authorize(
    token: str = "tok_visa", *, operation_id: str = "op_1", payment_id: str = "pay_1", **fields: Any
) -> Instruction:
    return Instruction(
        **{
            "kind": Kind.AUTHORIZE,
            "operation_id": operation_id,
            "payment_id": payment_id,
            "amount_minor": 1000,
            "currency": "EUR",
            "card_token": token,
            "capture": True,
            **fields,
        }
    )


def later(kind: Kind, reference: str | None, *, operation_id: str, **fields: Any) -> Instruction:
    return Instruction(
        **{
            "kind": kind,
            "operation_id": operation_id,
            "payment_id": "pay_1",
            "amount_minor": 0 if kind in {Kind.VOID, Kind.AUTHENTICATE} else 1000,
            "currency": "EUR",
            "reference": reference,
            **fields,
        }
    )
