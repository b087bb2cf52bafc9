"""What a journal outlives: the end of its process, a torn line, a table that fails."""

from __future__ import annotations

import contextlib
import fcntl
import gc
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from tercet.payments.acquirer import ActionRequired, Approved, Declined, Outcome
from tercet.payments.acquirer.journal import Journal, Past, Record, charges, decode, encode
from tercet.payments.acquirer.journals.dynamo import ATTEMPTS, DynamoJournal
from tercet.payments.acquirer.journals.file import FileJournal
from tercet.payments.errors import AcquirerUnavailable, ConfigurationError
from tercet.payments.model import Kind
from tests.payments.acquirer.parts import authorize, dynamo, new_journal, sandbox

texts = st.none() | st.text(max_size=20)
outcomes: st.SearchStrategy[Outcome | None] = st.one_of(
    st.none(),
    st.builds(Approved, reference=st.text(), captured=st.booleans(), elevated_risk=st.booleans()),
    st.builds(Declined, code=st.text()),
    st.builds(ActionRequired, reference=st.text(), url=st.text()),
)
records = st.builds(
    Record,
    operation_id=st.text(),
    at_ms=st.integers(),
    outcome=outcomes,
    payment_id=texts,
    kind=st.none() | st.sampled_from(Kind),
    amount_minor=st.integers(),
    currency=texts,
    final=st.booleans(),
    reference=texts,
    card=texts,
    fingerprint=texts,
)


@given(records)
def test_a_record_is_read_as_it_was_written_and_is_one_line(record: Record) -> None:
    line = encode(record)
    assert decode(line) == record
    assert line.isascii()
    assert len(line.splitlines()) == 1


@pytest.mark.parametrize("line", ["", "x", "[]", "3", "{}", '{"operation_id":"op_1","surprise":1}', '{"kind":"x"}'])
def test_what_is_no_record_is_not_taken_for_one(line: str) -> None:
    with pytest.raises(ValueError, match="not a record"):
        decode(line)


def fill(journal: Journal, count: int = 3) -> list[Record]:
    acquirer = sandbox(journal)
    for number in range(count):
        acquirer.submit(authorize(operation_id=f"op_{number}", payment_id=f"pay_{number}"), timeout_s=5.0)
    return list(journal.records())


def test_a_journal_is_read_by_whoever_opens_it_next(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    first = FileJournal(path)
    written = fill(first)
    second = FileJournal(path)
    assert list(second.records()) == written
    assert second.operation("op_1") == (written[1],)
    third = sandbox(second)
    assert third.submit(authorize(operation_id="op_1", payment_id="pay_1"), timeout_s=5.0) == written[1].outcome
    third.submit(authorize(operation_id="op_3", payment_id="pay_3"), timeout_s=5.0)
    assert [record.operation_id for record in first.records()] == ["op_0", "op_1", "op_2", "op_3"]
    first.close()
    assert len(list(first.records())) == 4
    first.close()
    first.close()


@pytest.mark.parametrize("kept", range(1, 200, 13))
def test_a_torn_last_line_is_ignored_and_cut_off_by_the_next_append(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "journal"
    written = fill(FileJournal(path))
    whole = path.read_bytes()
    torn = whole.splitlines(keepends=True)[-1][:kept].replace(b"op_2", b"op_x")
    path.write_bytes(whole + torn)
    journal = FileJournal(path)
    assert list(journal.records()) == written
    sandbox(journal).submit(authorize(operation_id="op_3", payment_id="pay_3"), timeout_s=5.0)
    assert path.read_bytes().startswith(whole)
    assert [record.operation_id for record in map(decode, path.read_bytes().splitlines())] == [
        *(record.operation_id for record in written),
        "op_3",
    ]


def test_what_was_written_is_never_rewritten(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    journal = FileJournal(path)
    acquirer = sandbox(journal)
    before = b""
    for number, token in enumerate(("tok_visa", "tok_timeout_before", "tok_declined", "tok_unreachable")):
        for _ in range(3):
            with contextlib.suppress(AcquirerUnavailable):
                acquirer.submit(authorize(token, operation_id=f"op_{number}"), timeout_s=5.0)
            after = path.read_bytes()
            assert after.startswith(before)
            before = after
        acquirer.inquire("op_1", timeout_s=5.0)
        assert path.read_bytes() == before


def test_an_error_of_the_disk_is_no_answer_and_leaves_no_torn_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = FileJournal(tmp_path / "journal")
    written = fill(journal)
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, line: real(descriptor, line[:7]))
    with pytest.raises(AcquirerUnavailable, match="the disk is full"):
        sandbox(journal).submit(authorize(operation_id="op_3"), timeout_s=5.0)
    monkeypatch.undo()
    assert list(journal.records()) == written
    assert (tmp_path / "journal").read_bytes().endswith(b"}\n")


def open_inodes() -> set[int]:
    inodes = set()
    for descriptor in range(1024):
        with contextlib.suppress(OSError):
            inodes.add(os.fstat(descriptor).st_ino)
    return inodes


def test_a_journal_that_is_no_longer_needed_keeps_no_file_open(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    fill(FileJournal(path))
    gc.collect()
    assert path.stat().st_ino not in open_inodes()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(AcquirerUnavailable, match=r"nowhere/journal cannot be used"):
        FileJournal(tmp_path / "nowhere" / "journal").operation("op_1")


ROOT = Path(__file__).parents[3]
WORKER = """
import sys
from pathlib import Path
from tercet.payments.acquirer.journals.file import FileJournal
from tests.payments.acquirer.parts import authorize, sandbox

acquirer = sandbox(FileJournal(Path(sys.argv[1]), durable=False))
number = int(sys.argv[2])
while True:
    acquirer.submit(authorize(operation_id=f"op_{number}", payment_id=f"pay_{number}"), timeout_s=5.0)
    print(number, flush=True)
    number += 1
"""


def test_processes_that_are_killed_while_they_write_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    chance = random.Random(7)
    acknowledged: set[int] = set()
    number = 0
    for _ in range(8):
        with subprocess.Popen(
            [sys.executable, "-c", WORKER, path, str(number)], stdout=subprocess.PIPE, text=True, cwd=ROOT
        ) as worker:
            assert worker.stdout is not None
            first = worker.stdout.readline()
            assert first.strip() == str(number)
            time.sleep(chance.uniform(0, 0.05))
            worker.send_signal(signal.SIGKILL)
            told = [int(line) for line in (first + worker.stdout.read()).splitlines()]
        acknowledged.update(told)
        number = told[-1]  # the last one that was answered is submitted once more, and so is the one that was not
    journal = FileJournal(path)
    counts = Counter(record.operation_id for record in charges(journal.records()))
    assert set(counts.values()) == {1}
    assert {f"op_{each}" for each in acknowledged} <= counts.keys()
    assert len(acknowledged) >= 8


@pytest.mark.parametrize(("is_locked", "decided"), [(True, 1), (False, 2)])
def test_the_lock_is_what_keeps_two_processes_from_deciding_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_locked: bool, decided: int
) -> None:
    if not is_locked:
        monkeypatch.setattr(fcntl, "flock", lambda _descriptor, _how: None)
    # Two that have opened the file, as two processes would.
    first, second = FileJournal(tmp_path / "journal"), FileJournal(tmp_path / "journal")
    new: list[bool] = []

    def decision(past: Past) -> Record:
        return past.operation[0] if past.operation else Record(operation_id="op_1", at_ms=1, outcome=None)

    def decide_too() -> None:
        new.append(second.decide("op_1", None, decision).is_new)

    other = threading.Thread(target=decide_too)

    def interrupted(past: Past) -> Record:
        other.start()
        other.join(0.5)  # it ends meanwhile only without the lock
        return decision(past)

    new.append(first.decide("op_1", None, interrupted).is_new)
    other.join(30)
    assert sum(new) == decided
    assert len(new) == 2


def test_the_table_is_written_by_key_and_only_grows() -> None:
    with mock_aws():
        client = dynamo()
        journal = new_journal("dynamo", Path())
        fill(journal, 1)
        (table,) = client.list_tables()["TableNames"]
        items = {item["id"]["S"]: item for item in client.scan(TableName=table)["Items"]}
        assert items.keys() == {"operation#op_0", "payment#pay_0"}
        for item in items.values():
            (record,) = item["records"]["L"]
            assert json.loads(record["S"])["operation_id"] == "op_0"


class Failing:
    """A client whose one method fails some times."""

    def __init__(self, client: Any, method: str, error: Exception, times: int) -> None:
        self._client, self._method, self._error, self.times = client, method, error, times

    def __getattr__(self, name: str) -> Any:
        if name != self._method or not self.times:
            return getattr(self._client, name)
        return self._fail

    def _fail(self, **arguments: Any) -> Any:
        self.times -= 1
        raise self._error


def error_of(code: str, reasons: list[str] | None = None) -> ClientError:
    response: dict[str, Any] = {"Error": {"Code": code, "Message": "-"}}
    if reasons is not None:
        response["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    return ClientError(response, "TransactWriteItems")


def journal_on(client: Any, error: Exception, times: int, method: str = "transact_write_items") -> DynamoJournal:
    client.create_table(
        TableName="journal",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )
    return DynamoJournal(Failing(client, method, error, times), "journal", sleep=lambda _seconds: None)


OVERTAKEN = [
    error_of("TransactionCanceledException", ["None", "ConditionalCheckFailed"]),
    error_of("TransactionCanceledException", ["TransactionConflict", "None"]),
]


@pytest.mark.parametrize("error", OVERTAKEN)
def test_who_was_overtaken_decides_anew_and_not_for_ever(error: ClientError) -> None:
    with mock_aws():
        client = dynamo()
        journal = journal_on(client, error, ATTEMPTS - 1)
        fill(journal, 1)
        assert len(charges(journal.records())) == 1
        never = DynamoJournal(
            Failing(client, "transact_write_items", error, 1000), "journal", sleep=lambda _seconds: None
        )
        with pytest.raises(AcquirerUnavailable, match=f"{ATTEMPTS} times"):
            sandbox(never).submit(authorize(operation_id="op_9"), timeout_s=5.0)
        assert never.operation("op_9") == ()


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (error_of("ProvisionedThroughputExceededException"), AcquirerUnavailable),
        (error_of("TransactionCanceledException", ["ThrottlingError"]), AcquirerUnavailable),
        (EndpointConnectionError(endpoint_url="http://127.0.0.1:9"), AcquirerUnavailable),
        (error_of("AccessDeniedException"), ConfigurationError),
        (error_of("ResourceNotFoundException"), ConfigurationError),
    ],
)
@pytest.mark.parametrize("method", ["transact_write_items", "get_item"])
def test_a_table_that_fails_is_no_answer(method: str, error: Exception, kind: type[Exception]) -> None:
    with mock_aws():
        journal = journal_on(dynamo(), error, 1, method)
        with pytest.raises(kind, match="journal"):
            sandbox(journal).submit(authorize(), timeout_s=5.0)
        assert journal.operation("op_1") == ()


class AnswerLost:
    """A client whose first transaction is carried out, but its answer is lost and the transaction sent again."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.lost = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def transact_write_items(self, **arguments: Any) -> Any:
        self._client.transact_write_items(**arguments)
        if not self.lost:
            self.lost += 1
            raise OVERTAKEN[0]


def test_a_transaction_whose_answer_was_lost_is_recognized() -> None:
    with mock_aws():
        client = dynamo()
        journal_on(client, OVERTAKEN[0], 0)
        losing = AnswerLost(client)
        journal = DynamoJournal(losing, "journal", sleep=lambda _seconds: None)
        fill(journal, 1)
        assert losing.lost == 1
        assert len(charges(journal.records())) == 1


def test_a_stale_read_does_not_decide() -> None:
    """Between reading and writing, somebody else captures all: the capture must then be decided anew."""
    with mock_aws():
        client = dynamo()
        journal_on(client, OVERTAKEN[0], 0)
        journal = DynamoJournal(client, "journal", sleep=lambda _seconds: None)
        seen: list[int] = []

        def decision(past: Past) -> Record:
            seen.append(len(past.payment))
            if len(seen) == 1:
                journal.decide(
                    "op_other", "pay_1", lambda _past: Record(operation_id="op_other", at_ms=1, outcome=None)
                )
            return Record(operation_id="op_1", at_ms=2, outcome=None)

        assert journal.decide("op_1", "pay_1", decision).is_new
        assert seen == [0, 1]
