"""What each test card makes the sandbox do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from tercet.payments.acquirer import ActionRequired, Approved, Declined, Instruction, Outcome
from tercet.payments.acquirer.client import AcquirerClient
from tercet.payments.acquirer.journal import Journal, charges, effects
from tercet.payments.acquirer.journals.memory import MemoryJournal
from tercet.payments.acquirer.sandbox import TIME_OUT_S, ConflictingInstructionError, SandboxAcquirer
from tercet.payments.acquirer.tokens import CARDS, SILENCE_S, SLOW_S, table
from tercet.payments.deadline import Deadline
from tercet.payments.errors import AcquirerUnavailable
from tercet.payments.model import FAILURES, Kind
from tests.payments.acquirer.parts import Time, authorize, later, sandbox

OPERATION_DECLINED: Final = Declined(code="operation_declined")
NOT_PROCESSED: Final = Declined(code="not_processed")
UNANSWERED: Final = "unanswered"

Answer = Outcome | str | None


def submit(acquirer: SandboxAcquirer, instruction: Instruction, timeout_s: float = 5.0) -> Answer:
    try:
        return acquirer.submit(instruction, timeout_s=timeout_s)
    except AcquirerUnavailable:
        return UNANSWERED


def inquire(acquirer: SandboxAcquirer, operation_id: str = "op_1") -> Answer:
    try:
        return acquirer.inquire(operation_id, timeout_s=5.0)
    except AcquirerUnavailable:
        return UNANSWERED


def reference_of(outcome: Answer) -> str:
    assert isinstance(outcome, Approved | ActionRequired)
    return outcome.reference


# Token → first answer, what an inquiry then tells, what a second submission is answered, and minor units charged.
APPROVED: Final = "approved"
CAPTURED: Final = "captured"
ACTION: Final = "action required"

AUTHORIZATIONS: Final[Mapping[str, tuple[str, str | None, str, int]]] = {
    "tok_visa": (CAPTURED, CAPTURED, CAPTURED, 1000),
    "tok_mastercard": (CAPTURED, CAPTURED, CAPTURED, 1000),
    "tok_risky": ("risky", "risky", "risky", 0),
    "tok_card_declined": ("card_declined", "card_declined", "card_declined", 0),
    "tok_declined": ("card_declined", "card_declined", "card_declined", 0),
    "tok_insufficient_funds": ("insufficient_funds",) * 3 + (0,),
    "tok_expired_card": ("expired_card",) * 3 + (0,),
    "tok_lost_or_stolen": ("lost_or_stolen",) * 3 + (0,),
    "tok_incorrect_cvc": ("incorrect_cvc",) * 3 + (0,),
    "tok_fraud_suspected": ("fraud_suspected",) * 3 + (0,),
    "tok_3ds": (ACTION, ACTION, ACTION, 0),
    "tok_3ds_fails": (ACTION, ACTION, ACTION, 0),
    "tok_3ds_pending": (ACTION, ACTION, ACTION, 0),
    "tok_timeout_before": (UNANSWERED, None, CAPTURED, 1000),
    "tok_timeout_after": (UNANSWERED, CAPTURED, CAPTURED, 1000),
    "tok_unreachable_once": (UNANSWERED, UNANSWERED, UNANSWERED, 1000),
    "tok_unreachable": (UNANSWERED, UNANSWERED, UNANSWERED, 0),
    "tok_unavailable": (UNANSWERED, None, UNANSWERED, 0),
    "tok_error_500": (UNANSWERED, None, CAPTURED, 1000),
    "tok_slow": (CAPTURED, CAPTURED, CAPTURED, 1000),
    "tok_duplicate": (CAPTURED, CAPTURED, CAPTURED, 1000),
    "tok_capture_declined": (APPROVED, APPROVED, APPROVED, 0),
    "tok_capture_timeout": (APPROVED, APPROVED, APPROVED, 0),
    "tok_capture_unreachable": (APPROVED, APPROVED, APPROVED, 0),
    "tok_refund_declined": (CAPTURED, CAPTURED, CAPTURED, 1000),
    "tok_refund_timeout": (CAPTURED, CAPTURED, CAPTURED, 1000),
    "tok_refund_unreachable": (CAPTURED, CAPTURED, CAPTURED, 1000),
    "tok_void_timeout": (CAPTURED, CAPTURED, CAPTURED, 1000),
    "tok_disputed": (CAPTURED, CAPTURED, CAPTURED, 1000),
    "tok_disputed_lost": (CAPTURED, CAPTURED, CAPTURED, 1000),
}


def told(answer: Answer) -> str | None:
    """Put an answer into the table's words."""
    if isinstance(answer, Approved):
        if answer.elevated_risk:
            assert not answer.captured
            return "risky"
        return CAPTURED if answer.captured else APPROVED
    if isinstance(answer, ActionRequired):
        assert re.fullmatch(r"https://acquirer\.example/3ds/auth_[0-9a-f]{24}", answer.url)
        return ACTION
    if isinstance(answer, Declined):
        assert answer.code in FAILURES
        return answer.code
    return answer


def test_every_card_is_in_the_table() -> None:
    assert AUTHORIZATIONS.keys() == CARDS.keys()
    assert all(re.fullmatch(r"tok_[A-Za-z0-9_]{3,64}", token) for token in CARDS)


@pytest.mark.parametrize("token", CARDS)
def test_an_authorization(token: str) -> None:
    journal, time = MemoryJournal(), Time()
    acquirer = sandbox(journal, time)
    first, inquired, second, charged = AUTHORIZATIONS[token]
    assert told(submit(acquirer, authorize(token))) == first
    assert told(inquire(acquirer)) == inquired
    assert told(submit(acquirer, authorize(token))) == second
    assert sum(record.charged_minor for record in charges(journal.records())) == charged
    assert len(effects(journal.records())) <= 1


@pytest.mark.parametrize("token", [token for token, card in CARDS.items() if not card.declined])
def test_nothing_is_captured_that_is_not_to_be(token: str) -> None:
    journal, time = MemoryJournal(), Time()
    acquirer = sandbox(journal, time)
    for _ in range(2):
        answer = submit(acquirer, authorize(token, capture=False))
        assert not (isinstance(answer, Approved) and answer.captured)
    assert charges(journal.records()) == []


@pytest.mark.parametrize("token", ["tok_visaa", "tok_unheard_of", "tok_VISA", "tok_x"])
def test_every_other_token_is_declined_and_not_written_down(token: str) -> None:
    journal = MemoryJournal()
    assert submit(sandbox(journal), authorize(token)) == Declined(code="card_declined")
    assert token not in repr(list(journal.records()))


def test_what_was_unreachable_for_a_while_is_told_afterwards(journal: Journal) -> None:
    time = Time()
    acquirer = sandbox(journal, time)
    assert submit(acquirer, authorize("tok_unreachable_once")) == UNANSWERED
    time.now_s += SILENCE_S - 1
    assert inquire(acquirer) == UNANSWERED
    assert submit(acquirer, authorize("tok_unreachable_once")) == UNANSWERED
    with pytest.raises(AcquirerUnavailable):
        acquirer.reverse("op_1", timeout_s=5.0)
    time.now_s += 1
    assert told(inquire(acquirer)) == CAPTURED
    assert told(acquirer.reverse("op_1", timeout_s=5.0)) == CAPTURED  # it stands
    assert len(charges(journal.records())) == 1


@pytest.mark.parametrize(("token", "silence_s"), [("tok_unreachable", SILENCE_S), ("tok_unavailable", 0)])
def test_what_never_arrives_can_be_reversed(journal: Journal, token: str, silence_s: float) -> None:
    time = Time()
    acquirer = sandbox(journal, time)
    assert submit(acquirer, authorize(token)) == UNANSWERED
    time.now_s += silence_s
    assert inquire(acquirer) is None
    assert submit(acquirer, authorize(token)) == UNANSWERED
    assert inquire(acquirer) is None
    assert acquirer.reverse("op_1", timeout_s=5.0) == NOT_PROCESSED
    assert inquire(acquirer) == NOT_PROCESSED
    assert submit(acquirer, authorize(token)) == NOT_PROCESSED
    assert effects(journal.records()) == []


def test_a_payment_that_the_client_cannot_find_out_about_is_found_out_about_later() -> None:
    journal, time = MemoryJournal(), Time()
    client = AcquirerClient(sandbox(journal, time), sleep=time.sleep)
    deadline = Deadline.after(600)
    with pytest.raises(AcquirerUnavailable):
        client.submit(authorize("tok_unreachable_once"), deadline)
    time.now_s += SILENCE_S
    assert told(client.fate("op_1", deadline)) == CAPTURED


@pytest.mark.parametrize(
    "token", ["tok_timeout_before", "tok_timeout_after", "tok_error_500", "tok_duplicate", "tok_slow"]
)
def test_the_client_gets_an_answer_out_of_what_fails_once(token: str) -> None:
    journal, time = MemoryJournal(), Time()
    client = AcquirerClient(sandbox(journal, time), sleep=time.sleep)
    assert told(client.submit(authorize(token), Deadline.after(600))) == CAPTURED
    assert len(charges(journal.records())) == 1


def test_a_simulated_time_out_takes_little_time_and_an_error_none() -> None:
    time = Time()
    acquirer = sandbox(MemoryJournal(), time)
    submit(acquirer, authorize("tok_timeout_after"), timeout_s=25.0)
    assert time.slept == [TIME_OUT_S]
    submit(acquirer, authorize("tok_timeout_after", operation_id="op_2"), timeout_s=0.05)
    assert time.slept == [TIME_OUT_S, 0.05]
    submit(acquirer, authorize("tok_error_500", operation_id="op_3"))
    assert time.slept == [TIME_OUT_S, 0.05]


@pytest.mark.parametrize(("timeout_s", "answer"), [(5.0, CAPTURED), (2.0, UNANSWERED), (0.5, UNANSWERED)])
def test_a_slow_answer_comes_too_late_for_who_does_not_wait(timeout_s: float, answer: str) -> None:
    journal, time = MemoryJournal(), Time()
    acquirer = sandbox(journal, time)
    assert told(submit(acquirer, authorize("tok_slow"), timeout_s)) == answer
    assert time.slept == [SLOW_S] if answer == CAPTURED else sum(time.slept) <= timeout_s
    assert told(inquire(acquirer)) == CAPTURED
    assert len(charges(journal.records())) == 1


def test_a_submission_that_is_processed_twice_charges_once(journal: Journal) -> None:
    class Processed(SandboxAcquirer):
        times = 0

        def _decide(self, instruction: Instruction):
            self.times += 1
            return super()._decide(instruction)

    acquirer = Processed(journal)
    assert told(submit(acquirer, authorize("tok_duplicate"))) == CAPTURED
    assert acquirer.times == 2
    assert len(charges(journal.records())) == 1


# Later operations: token → each operation with its answer, in order.
STORIES: Final[Mapping[str, list[tuple[Kind, int, str | None]]]] = {
    "tok_visa": [
        (Kind.AUTHENTICATE, 0, "operation_declined"),
        (Kind.CAPTURE, 400, APPROVED),
        (Kind.CAPTURE, 601, "operation_declined"),
        (Kind.VOID, 0, "operation_declined"),
        (Kind.REFUND, 401, "operation_declined"),
        (Kind.CAPTURE, 600, APPROVED),
        (Kind.CAPTURE, 1, "operation_declined"),
        (Kind.SETTLE, 1001, "operation_declined"),
        (Kind.SETTLE, 1000, APPROVED),
        (Kind.SETTLE, 1, "operation_declined"),
        (Kind.REFUND, 999, APPROVED),
        (Kind.REFUND, 2, "operation_declined"),
        (Kind.REFUND, 0, "operation_declined"),
        (Kind.REFUND, -1, "operation_declined"),
        (Kind.REFUND, 1, APPROVED),
        (Kind.DISPUTE, 1, "operation_declined"),
        (Kind.DISPUTE_WON, 1, "operation_declined"),
        (Kind.DISPUTE_LOST, 1, "operation_declined"),
    ],
    "tok_mastercard": [
        (Kind.SETTLE, 1, "operation_declined"),
        (Kind.REFUND, 1, "operation_declined"),
        (Kind.VOID, 0, APPROVED),
        (Kind.VOID, 0, "operation_declined"),
        (Kind.CAPTURE, 1000, "operation_declined"),
    ],
    "tok_risky": [(Kind.CAPTURE, 1000, APPROVED), (Kind.REFUND, 1000, APPROVED)],
    "tok_3ds": [
        (Kind.CAPTURE, 1000, "operation_declined"),
        (Kind.AUTHENTICATE, 0, APPROVED),
        (Kind.AUTHENTICATE, 0, "operation_declined"),
        (Kind.CAPTURE, 1000, APPROVED),
    ],
    "tok_3ds_fails": [
        (Kind.AUTHENTICATE, 0, "authentication_failed"),
        (Kind.AUTHENTICATE, 0, "operation_declined"),
        (Kind.CAPTURE, 1000, "operation_declined"),
        (Kind.VOID, 0, "operation_declined"),
    ],
    "tok_3ds_pending": [
        (Kind.AUTHENTICATE, 0, ACTION),
        (Kind.AUTHENTICATE, 0, ACTION),
        (Kind.CAPTURE, 1000, "operation_declined"),
        (Kind.VOID, 0, APPROVED),
        (Kind.AUTHENTICATE, 0, "operation_declined"),
    ],
    "tok_capture_declined": [(Kind.CAPTURE, 1000, "operation_declined"), (Kind.VOID, 0, APPROVED)],
    "tok_capture_timeout": [(Kind.CAPTURE, 1000, UNANSWERED), (Kind.VOID, 0, "operation_declined")],
    "tok_capture_unreachable": [(Kind.CAPTURE, 1000, UNANSWERED), (Kind.REFUND, 1000, APPROVED)],
    "tok_refund_declined": [
        (Kind.CAPTURE, 1000, APPROVED),
        (Kind.REFUND, 1000, "operation_declined"),
        (Kind.SETTLE, 1000, APPROVED),
    ],
    "tok_refund_timeout": [
        (Kind.CAPTURE, 1000, APPROVED),
        (Kind.REFUND, 600, UNANSWERED),
        (Kind.DISPUTE, 400, "operation_declined"),
        (Kind.SETTLE, 1000, APPROVED),
    ],
    "tok_refund_unreachable": [
        (Kind.CAPTURE, 1000, APPROVED),
        (Kind.REFUND, 1000, UNANSWERED),
        (Kind.SETTLE, 1000, APPROVED),
    ],
    "tok_void_timeout": [(Kind.VOID, 0, UNANSWERED), (Kind.CAPTURE, 1000, "operation_declined")],
    "tok_disputed": [
        (Kind.DISPUTE, 1000, "operation_declined"),
        (Kind.CAPTURE, 1000, APPROVED),
        (Kind.DISPUTE_WON, 1000, "operation_declined"),
        (Kind.DISPUTE, 1001, "operation_declined"),
        (Kind.DISPUTE, 1000, APPROVED),
        (Kind.DISPUTE, 1000, "operation_declined"),
        (Kind.REFUND, 1, "operation_declined"),
        (Kind.SETTLE, 1000, APPROVED),
        (Kind.DISPUTE_LOST, 1000, "operation_declined"),
        (Kind.DISPUTE_WON, 1000, APPROVED),
        (Kind.DISPUTE_WON, 1000, "operation_declined"),
        (Kind.REFUND, 1000, APPROVED),
    ],
    "tok_disputed_lost": [
        (Kind.CAPTURE, 1000, APPROVED),
        (Kind.DISPUTE, 1000, APPROVED),
        (Kind.DISPUTE_WON, 1000, "operation_declined"),
        (Kind.DISPUTE_LOST, 1000, APPROVED),
        (Kind.REFUND, 1, "operation_declined"),
    ],
}


@pytest.mark.parametrize("token", STORIES)
def test_later_operations(journal: Journal, token: str) -> None:
    acquirer = sandbox(journal)
    reference = reference_of(submit(acquirer, authorize(token, capture=False)))
    for number, (kind, amount, answer) in enumerate(STORIES[token], start=2):
        instruction = later(kind, reference, operation_id=f"op_{number}", amount_minor=amount)
        assert (number, told(submit(acquirer, instruction))) == (number, answer)


@pytest.mark.parametrize(
    ("token", "kind", "stands"),
    [
        ("tok_capture_timeout", Kind.CAPTURE, APPROVED),
        ("tok_capture_unreachable", Kind.CAPTURE, APPROVED),
        ("tok_refund_timeout", Kind.REFUND, APPROVED),
        ("tok_refund_unreachable", Kind.REFUND, "not_processed"),
        ("tok_void_timeout", Kind.VOID, APPROVED),
    ],
)
def test_a_later_operation_without_an_answer_is_resolved(token: str, kind: Kind, stands: str) -> None:
    journal, time = MemoryJournal(), Time()
    acquirer = sandbox(journal, time)
    reference = reference_of(submit(acquirer, authorize(token, capture=kind is Kind.REFUND)))
    instruction = later(kind, reference, operation_id="op_2")
    assert submit(acquirer, instruction) == UNANSWERED
    time.now_s += SILENCE_S
    assert told(AcquirerClient(acquirer).fate("op_2", Deadline.after(600))) == stands
    assert told(submit(acquirer, instruction)) == stands
    assert len([record for record in effects(journal.records()) if record.kind is kind]) == (stands == APPROVED)


def test_a_final_capture_releases_the_rest() -> None:
    acquirer = sandbox(MemoryJournal())
    reference = reference_of(submit(acquirer, authorize(capture=False)))
    final = later(Kind.CAPTURE, reference, operation_id="op_2", amount_minor=400, final=True)
    assert told(submit(acquirer, final)) == APPROVED
    assert submit(acquirer, later(Kind.CAPTURE, reference, operation_id="op_3", amount_minor=1)) == OPERATION_DECLINED
    assert told(submit(acquirer, later(Kind.REFUND, reference, operation_id="op_4", amount_minor=400))) == APPROVED


@pytest.mark.parametrize("fields", [{"currency": "USD"}, {"reference": "auth_other"}, {"reference": None}])
def test_what_does_not_fit_the_authorization_is_declined(fields: Mapping[str, str | None]) -> None:
    acquirer = sandbox(MemoryJournal())
    reference = reference_of(submit(acquirer, authorize()))
    assert (
        submit(acquirer, later(Kind.REFUND, **{"reference": reference, "operation_id": "op_2", **fields}))
        == OPERATION_DECLINED
    )


@pytest.mark.parametrize("amount", [0, -1])
def test_an_authorization_of_nothing_is_declined(amount: int) -> None:
    assert submit(sandbox(MemoryJournal()), authorize(amount_minor=amount)) == OPERATION_DECLINED


@pytest.mark.parametrize(
    "fields",
    [
        {"amount_minor": 999},
        {"currency": "USD"},
        {"payment_id": "pay_2"},
        {"card_token": "tok_mastercard"},
        {"capture": False},
        {"kind": Kind.CAPTURE, "reference": "auth_1"},
    ],
)
def test_another_instruction_under_the_same_operation_id_is_refused(
    journal: Journal, fields: Mapping[str, object]
) -> None:
    acquirer = sandbox(journal)
    first = submit(acquirer, authorize())
    with pytest.raises(ConflictingInstructionError, match="op_1"):
        submit(acquirer, authorize(**fields))
    assert inquire(acquirer) == first
    assert len(charges(journal.records())) == 1


def test_a_second_authorization_of_a_payment_is_another_charge() -> None:
    """The sandbox must not hide a processor that asks twice under different ids."""
    journal = MemoryJournal()
    acquirer = sandbox(journal)
    first = reference_of(submit(acquirer, authorize()))
    second = reference_of(submit(acquirer, authorize(operation_id="op_2")))
    assert first != second
    assert [record.operation_id for record in charges(journal.records())] == ["op_1", "op_2"]
    for number, reference in enumerate((first, second)):
        refund = later(Kind.REFUND, reference, operation_id=f"op_refund_{number}")
        assert told(submit(acquirer, refund)) == APPROVED


def test_what_was_reversed_before_it_arrived_never_has_an_effect(journal: Journal) -> None:
    acquirer = sandbox(journal)
    for _ in range(2):
        assert acquirer.reverse("op_1", timeout_s=5.0) == NOT_PROCESSED
    assert inquire(acquirer) == NOT_PROCESSED
    assert submit(acquirer, authorize()) == NOT_PROCESSED
    assert effects(journal.records()) == []
    assert len(list(journal.records())) == 1


def test_the_documentation_has_this_table() -> None:
    page = Path(__file__).parents[3] / "docs" / "sandbox.md"
    assert f"<!-- tokens: begin -->\n{table()}\n<!-- tokens: end -->" in page.read_text(encoding="utf-8")
