"""Whatever is submitted, inquired about and reversed, in any order and by however many: each operation happens once."""

from __future__ import annotations

import multiprocessing
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from moto import mock_aws

from tercet.payments.acquirer import ActionRequired, Approved, Declined, Instruction, Outcome
from tercet.payments.acquirer.journal import Decided, Decision, Journal, Past, charges, effects
from tercet.payments.acquirer.journals.file import FileJournal
from tercet.payments.acquirer.journals.memory import MemoryJournal
from tercet.payments.acquirer.sandbox import SandboxAcquirer
from tercet.payments.acquirer.tokens import CARDS
from tercet.payments.errors import AcquirerUnavailable
from tercet.payments.model import Kind
from tests.payments.acquirer.parts import Time, authorize, later, new_journal, sandbox

NOT_PROCESSED = Declined(code="not_processed")
FORK = multiprocessing.get_context("fork")
"""Workers are forked so that they inherit an open journal, which is the hardest case for a lock on a file."""


class AnyOrder(RuleBasedStateMachine):
    """Two payments, a few operations, and no order in which anything is asked."""

    kind_of_journal = "memory"

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.aws = ExitStack()
        if self.kind_of_journal == "dynamo":
            self.aws.enter_context(mock_aws())
        self.time = Time()
        self.journal = new_journal(self.kind_of_journal, Path(self.folder.name))
        self.sandbox = sandbox(self.journal, self.time)
        self.submitted: dict[str, Instruction] = {}
        self.told: dict[str, Outcome] = {}
        self.reversed: set[str] = set()

    @initialize(tokens=st.tuples(st.sampled_from(sorted(CARDS)), st.sampled_from(sorted(CARDS))), capture=st.booleans())
    def two_payments(self, tokens: tuple[str, str], capture: bool) -> None:
        for number, token in enumerate(tokens):
            self.submitted[f"op_{number}"] = authorize(
                token, operation_id=f"op_{number}", payment_id=f"pay_{number}", capture=capture
            )

    @rule(
        number=st.integers(0, 1),
        kind=st.sampled_from([kind for kind in Kind if kind is not Kind.AUTHORIZE]),
        amount=st.integers(1, 1000),
        final=st.booleans(),
    )
    @precondition(lambda self: len(self.submitted) < 12)
    def begin(self, number: int, kind: Kind, amount: int, final: bool) -> None:
        first = self.told.get(f"op_{number}")
        operation_id = f"op_{len(self.submitted)}"
        self.submitted[operation_id] = later(
            kind,
            first.reference if isinstance(first, Approved | ActionRequired) else None,
            operation_id=operation_id,
            payment_id=f"pay_{number}",
            amount_minor=0 if kind in {Kind.VOID, Kind.AUTHENTICATE} else amount,
            final=final,
        )

    @rule(chosen=st.integers(0, 11))
    def submit(self, chosen: int) -> None:
        instruction = self.submitted[self.pick(chosen)]
        self.ask(instruction.operation_id, lambda: self.sandbox.submit(instruction, timeout_s=5.0))

    @rule(chosen=st.integers(0, 11))
    def inquire(self, chosen: int) -> None:
        operation_id = self.pick(chosen)
        self.ask(operation_id, lambda: self.sandbox.inquire(operation_id, timeout_s=5.0))

    @rule(chosen=st.integers(0, 11))
    def reverse(self, chosen: int) -> None:
        operation_id = self.pick(chosen)
        if self.ask(operation_id, lambda: self.sandbox.reverse(operation_id, timeout_s=5.0)) == NOT_PROCESSED:
            self.reversed.add(operation_id)

    @rule(seconds=st.integers(1, 40))
    def wait(self, seconds: int) -> None:
        self.time.now_s += seconds

    def pick(self, chosen: int) -> str:
        return f"op_{chosen % len(self.submitted)}"

    def ask(self, operation_id: str, question: Callable[[], Outcome | None]) -> Outcome | None:
        try:
            outcome = question()
        except AcquirerUnavailable:
            return None
        if outcome is None:
            assert operation_id not in self.told, "what was told is taken for never arrived"
        else:
            assert self.told.setdefault(operation_id, outcome) == outcome, "an answer has changed"
        return outcome

    @invariant()
    def each_operation_has_one_effect_and_no_more_is_moved_than_there_is(self) -> None:
        records = list(self.journal.records())
        done = effects(records)
        assert all(count == 1 for count in Counter(record.operation_id for record in done).values())
        decided = Counter(record.operation_id for record in records if record.outcome is not None)
        assert all(count == 1 for count in decided.values())
        assert not self.reversed & {record.operation_id for record in done}
        for payment_id in ("pay_0", "pay_1"):
            of_payment = [record for record in done if record.payment_id == payment_id]
            captured = sum(record.charged_minor for record in of_payment)
            moved = {
                kind: sum(record.amount_minor for record in of_payment if record.kind is kind)
                for kind in (Kind.REFUND, Kind.SETTLE, Kind.DISPUTE)
            }
            assert captured <= 1000
            assert moved[Kind.REFUND] <= captured
            assert moved[Kind.SETTLE] <= captured
            assert moved[Kind.DISPUTE] <= captured
            if any(record.kind is Kind.VOID for record in of_payment):
                assert captured == 0

    def teardown(self) -> None:
        self.aws.close()
        self.folder.cleanup()


@pytest.mark.parametrize(("kind", "examples"), [("memory", 150), ("file", 100), ("dynamo", 12)])
def test_each_operation_happens_once_in_any_order(kind: str, examples: int) -> None:
    machine = type("AnyOrderOnA" + kind.title(), (AnyOrder,), {"kind_of_journal": kind})
    machine.TestCase.settings = settings(
        max_examples=examples,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    machine.TestCase("runTest").runTest()


THREADS = 20


def at_once(work: Callable[[], Outcome]) -> list[Outcome]:
    """Have many threads do the same at the same moment; who gets no answer is left out."""
    barrier = threading.Barrier(THREADS)

    def run() -> Outcome | None:
        barrier.wait(30)
        try:
            return work()
        except AcquirerUnavailable:
            return None

    with ThreadPoolExecutor(THREADS) as threads:
        running = [threads.submit(run) for _ in range(THREADS)]
    return [outcome for each in running if (outcome := each.result())]


@pytest.mark.parametrize("token", ["tok_visa", "tok_timeout_before", "tok_timeout_after", "tok_duplicate"])
def test_many_threads_submit_one_operation_and_the_card_is_charged_once(journal: Journal, token: str) -> None:
    acquirer = SandboxAcquirer(journal, sleep=lambda _seconds: None)
    outcomes = at_once(lambda: acquirer.submit(authorize(token), timeout_s=5.0))
    assert len(charges(journal.records())) == 1
    assert len(set(outcomes)) == 1
    assert len(outcomes) >= THREADS - 1


def test_threads_that_submit_and_reverse_agree_on_what_stands(journal: Journal) -> None:
    acquirer = SandboxAcquirer(journal, sleep=lambda _seconds: None)
    turns = iter(range(THREADS))

    def work() -> Outcome:
        if next(turns) % 2:
            return acquirer.submit(authorize(), timeout_s=5.0)
        return acquirer.reverse("op_1", timeout_s=5.0)

    outcomes = at_once(work)
    assert len(set(outcomes)) == 1
    assert len(charges(journal.records())) == (outcomes[0] != NOT_PROCESSED)


def test_threads_that_refund_one_payment_never_give_back_more_than_was_captured(journal: Journal) -> None:
    acquirer = SandboxAcquirer(journal, sleep=lambda _seconds: None)
    first = acquirer.submit(authorize(), timeout_s=5.0)
    assert isinstance(first, Approved)
    numbers = iter(range(THREADS))

    def refund() -> Outcome:
        instruction = later(Kind.REFUND, first.reference, operation_id=f"op_refund_{next(numbers)}", amount_minor=300)
        # DynamoDB's journal may give up when so many write to one payment at once: nothing was done then.
        for _ in range(20):
            try:
                return acquirer.submit(instruction, timeout_s=5.0)
            except AcquirerUnavailable:
                continue
        raise AssertionError("it gave up twenty times")

    outcomes = at_once(refund)
    assert sum(isinstance(outcome, Approved) for outcome in outcomes) == 3
    assert len(outcomes) == THREADS
    refunds = [record for record in effects(journal.records()) if record.kind is Kind.REFUND]
    assert sum(record.amount_minor for record in refunds) == 900


PROCESSES = 6
OPERATIONS = 40


def _submit_all(acquirer: SandboxAcquirer) -> None:
    for number in range(OPERATIONS):
        acquirer.submit(authorize(operation_id=f"op_{number}", payment_id=f"pay_{number}"), timeout_s=5.0)


def test_processes_that_submit_the_same_operations_charge_each_once(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path / "journal", durable=False)
    acquirer = SandboxAcquirer(journal)
    acquirer.submit(authorize(operation_id="op_0", payment_id="pay_0"), timeout_s=5.0)  # so that it is open
    workers = [FORK.Process(target=_submit_all, args=(acquirer,)) for _ in range(PROCESSES)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    counts = Counter(record.operation_id for record in charges(journal.records()))
    assert counts == {f"op_{number}": 1 for number in range(OPERATIONS)}


class Blind(MemoryJournal):
    """Decides without looking at the operation's past: the guard is removed."""

    def decide(self, operation_id: str, payment_id: str | None, decision: Decision) -> Decided:
        return super().decide(operation_id, payment_id, lambda past: decision(Past((), past.payment)))


@pytest.mark.parametrize(("journal_kind", "charged"), [(MemoryJournal, 1), (Blind, 2)])
def test_the_journal_shows_a_double_charge(journal_kind: type[MemoryJournal], charged: int) -> None:
    journal = journal_kind()
    acquirer = sandbox(journal)
    for _ in range(2):
        acquirer.submit(authorize(), timeout_s=5.0)
    assert Counter(record.operation_id for record in charges(journal.records())) == {"op_1": charged}


def test_a_machine_without_the_guard_is_noticed() -> None:
    class Unguarded(AnyOrder):
        def __init__(self) -> None:
            super().__init__()
            self.journal = Blind()
            self.sandbox = sandbox(self.journal, self.time)

    Unguarded.TestCase.settings = settings(
        max_examples=100,
        stateful_step_count=25,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    with pytest.raises(AssertionError):
        Unguarded.TestCase("runTest").runTest()
