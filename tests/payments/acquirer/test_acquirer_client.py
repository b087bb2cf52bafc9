"""How patiently, and how carefully, an acquirer is asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tercet.payments.acquirer import Acquirer, Approved, Declined, Instruction, Outcome
from tercet.payments.acquirer.client import FIRST_PAUSE_S, LONGEST_PAUSE_S, AcquirerClient
from tercet.payments.acquirer.journal import charges
from tercet.payments.acquirer.journals.memory import MemoryJournal
from tercet.payments.deadline import Deadline
from tercet.payments.errors import AcquirerUnavailable
from tests.payments.acquirer.parts import Time, authorize, sandbox

APPROVED = Approved(reference="auth_1", captured=True)
NOT_PROCESSED = Declined(code="not_processed")
SILENCE = AcquirerUnavailable("nothing is answered")
INSTRUCTION = authorize()


class Script:
    """An acquirer that answers as it is written down, and then not at all; each attempt may take time."""

    def __init__(self, time: Time, answers: list[tuple[str, Outcome | Exception | None]], takes_s: float = 0.0) -> None:
        self._time = time
        self._answers = list(answers)
        self._takes_s = takes_s
        self.asked: list[str] = []
        self.limits: list[float] = []

    def submit(self, instruction: Instruction, *, timeout_s: float) -> Outcome:
        assert instruction == INSTRUCTION
        answer = self._answer("submit", timeout_s)
        assert answer is not None
        return answer

    def inquire(self, operation_id: str, *, timeout_s: float) -> Outcome | None:
        assert operation_id == INSTRUCTION.operation_id
        return self._answer("inquire", timeout_s)

    def reverse(self, operation_id: str, *, timeout_s: float) -> Outcome:
        assert operation_id == INSTRUCTION.operation_id
        answer = self._answer("reverse", timeout_s)
        assert answer is not None
        return answer

    def _answer(self, question: str, timeout_s: float) -> Outcome | None:
        self.asked.append(question)
        self.limits.append(timeout_s)
        self._time.now_s += min(self._takes_s, timeout_s)
        expected, answer = self._answers.pop(0) if self._answers else (question, SILENCE)
        assert question == expected
        if isinstance(answer, Exception):
            raise answer
        return answer


def deadline_of(time: Time, seconds: float) -> Deadline:
    end = time.now_s + seconds
    return Deadline(lambda: end - time.now_s)


def client_of(acquirer: Acquirer, time: Time, *, attempts: int = 6, jitter: Callable[[], float] = lambda: 1.0):
    return AcquirerClient(acquirer, attempts=attempts, timeout_s=5.0, sleep=time.sleep, random=jitter)


@pytest.mark.parametrize("outcome", [APPROVED, Declined(code="card_declined")])
def test_an_answer_is_given_at_once(outcome: Outcome) -> None:
    time = Time()
    script = Script(time, [("submit", outcome)])
    assert client_of(script, time).submit(INSTRUCTION, deadline_of(time, 20)) == outcome
    assert script.asked == ["submit"]
    assert time.slept == []


@pytest.mark.parametrize(
    ("method", "answers", "outcome"),
    [
        ("submit", [("submit", SILENCE), ("inquire", APPROVED)], APPROVED),
        ("submit", [("submit", SILENCE), ("inquire", None), ("submit", APPROVED)], APPROVED),
        ("submit", [("submit", SILENCE), ("inquire", SILENCE), ("inquire", APPROVED)], APPROVED),
        (
            "submit",
            [("submit", SILENCE), ("inquire", None), ("submit", SILENCE), ("inquire", NOT_PROCESSED)],
            NOT_PROCESSED,
        ),
        ("resume", [("inquire", APPROVED)], APPROVED),
        ("resume", [("inquire", None), ("submit", APPROVED)], APPROVED),
        ("resume", [("inquire", SILENCE), ("inquire", None), ("submit", APPROVED)], APPROVED),
        ("resume", [("inquire", None), ("submit", SILENCE), ("inquire", APPROVED)], APPROVED),
    ],
)
def test_what_was_unanswered_is_inquired_about_before_it_is_submitted_again(
    method: str, answers: list[tuple[str, Outcome | Exception | None]], outcome: Outcome
) -> None:
    time = Time()
    script = Script(time, answers)
    assert getattr(client_of(script, time), method)(INSTRUCTION, deadline_of(time, 20)) == outcome
    assert script.asked == [question for question, _ in answers]


@pytest.mark.parametrize("method", ["submit", "resume"])
@pytest.mark.parametrize("attempts", [1, 2, 7])
def test_attempts_are_bounded(method: str, attempts: int) -> None:
    time = Time()
    script = Script(time, [])
    with pytest.raises(AcquirerUnavailable, match="op_1") as unavailable:
        getattr(client_of(script, time, attempts=attempts), method)(INSTRUCTION, deadline_of(time, 1e6))
    assert unavailable.value.__cause__ is SILENCE
    first = "submit" if method == "submit" else "inquire"
    assert script.asked == [first, *["inquire"] * (attempts - 1)]
    assert len(time.slept) == attempts - 1


def test_an_acquirer_that_never_hears_of_it_is_not_asked_for_ever() -> None:
    time = Time()
    script = Script(time, [("submit", SILENCE), ("inquire", None)] * 100)
    with pytest.raises(AcquirerUnavailable):
        client_of(script, time, attempts=6).submit(INSTRUCTION, deadline_of(time, 1e6))
    assert script.asked == ["submit", "inquire"] * 3


def test_pauses_double_up_to_a_limit_and_have_full_jitter() -> None:
    time = Time()
    with pytest.raises(AcquirerUnavailable):
        client_of(Script(time, []), time, attempts=9).submit(INSTRUCTION, deadline_of(time, 1e6))
    assert time.slept == [min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2**number) for number in range(8)]
    jitter = iter([0.0, 0.25, 0.5])
    time = Time()
    with pytest.raises(AcquirerUnavailable):
        client_of(Script(time, []), time, attempts=4, jitter=lambda: next(jitter)).submit(
            INSTRUCTION, deadline_of(time, 1e6)
        )
    assert time.slept == [0.0, FIRST_PAUSE_S * 2 * 0.25, FIRST_PAUSE_S * 4 * 0.5]


@given(
    seconds=st.floats(0.01, 40),
    takes_s=st.floats(0, 10),
    attempts=st.integers(1, 20),
    jitter=st.lists(st.floats(0, 1), min_size=20, max_size=20),
    never_arrives=st.booleans(),
)
def test_nothing_is_done_past_the_deadline(
    seconds: float, takes_s: float, attempts: int, jitter: list[float], never_arrives: bool
) -> None:
    time = Time()
    began_s = time.now_s
    script = Script(time, [("submit", SILENCE), ("inquire", None)] * 10 if never_arrives else [], takes_s)
    chances = iter(jitter)
    client = client_of(script, time, attempts=attempts, jitter=lambda: next(chances))
    with pytest.raises(AcquirerUnavailable):
        client.submit(INSTRUCTION, deadline_of(time, seconds))
    assert time.now_s - began_s <= seconds + 1e-6
    assert 1 <= len(script.asked) <= attempts
    assert all(0 < limit <= min(5.0, seconds + 1e-6) for limit in script.limits)


@pytest.mark.parametrize("left_s", [0.0, -3.0])
def test_without_any_time_left_nobody_is_asked(left_s: float) -> None:
    time = Time()
    script = Script(time, [])
    client = client_of(script, time)
    deadline = deadline_of(time, left_s)
    for ask in (
        lambda: client.submit(INSTRUCTION, deadline),
        lambda: client.resume(INSTRUCTION, deadline),
        lambda: client.fate("op_1", deadline),
    ):
        with pytest.raises(AcquirerUnavailable, match="no time was left"):
            ask()
    assert script.asked == []
    assert time.slept == []


def test_fate_reverses_only_what_never_arrived() -> None:
    time = Time()
    arrived = Script(time, [("inquire", APPROVED)])
    assert client_of(arrived, time).fate("op_1", deadline_of(time, 20)) == APPROVED
    assert arrived.asked == ["inquire"]
    lost = Script(time, [("inquire", None), ("reverse", NOT_PROCESSED)])
    assert client_of(lost, time).fate("op_1", deadline_of(time, 20)) == NOT_PROCESSED
    assert lost.asked == ["inquire", "reverse"]


@pytest.mark.parametrize("answers", [[("inquire", SILENCE)], [("inquire", None), ("reverse", SILENCE)]])
def test_fate_that_is_not_told_stays_unknown(answers: list[tuple[str, Outcome | Exception | None]]) -> None:
    time = Time()
    script = Script(time, answers)
    with pytest.raises(AcquirerUnavailable):
        client_of(script, time).fate("op_1", deadline_of(time, 20))
    assert len(script.asked) == len(answers)
    assert "submit" not in script.asked


def test_fate_does_not_reverse_when_the_time_is_up() -> None:
    time = Time()
    script = Script(time, [("inquire", None)], takes_s=3.0)
    with pytest.raises(AcquirerUnavailable, match="no time was left"):
        client_of(script, time).fate("op_1", deadline_of(time, 3.0))
    assert script.asked == ["inquire"]


@pytest.mark.parametrize("defect", [ValueError("another instruction"), RuntimeError("a defect"), KeyboardInterrupt()])
def test_only_a_missing_answer_is_handled(defect: BaseException) -> None:
    time = Time()
    script = Script(time, [("submit", defect)])
    script._answer = _raising(script, defect)
    with pytest.raises(type(defect)):
        client_of(script, time).submit(INSTRUCTION, deadline_of(time, 20))
    assert script.asked == ["submit"]


def _raising(script: Script, defect: BaseException) -> Callable[[str, float], Outcome | None]:
    def answer(question: str, _timeout_s: float) -> Outcome | None:
        script.asked.append(question)
        raise defect

    return answer


@pytest.mark.parametrize("arguments", [{"attempts": 0}, {"timeout_s": 0.0}])
def test_a_client_that_could_not_ask_is_not_made(arguments: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="cannot be asked"):
        AcquirerClient(sandbox(MemoryJournal()), **arguments)


# An acquirer that knows nothing of idempotency: what the inquiry is for, and that this test would notice its absence.


class Forgetful:
    """Charges whatever is submitted, as often as it is; it answers only the second submission and all inquiries."""

    def __init__(self) -> None:
        self.charged: list[str] = []
        self.lost_answers = 1

    def submit(self, instruction: Instruction, *, timeout_s: float) -> Outcome:
        self.charged.append(instruction.operation_id)
        if self.lost_answers:
            self.lost_answers -= 1
            raise SILENCE
        return APPROVED

    def inquire(self, operation_id: str, *, timeout_s: float) -> Outcome | None:
        return APPROVED if operation_id in self.charged else None

    def reverse(self, operation_id: str, *, timeout_s: float) -> Outcome:
        raise AssertionError("nothing that arrived is reversed")


class Impatient(AcquirerClient):
    """Submits again without asking first: the guard is removed."""

    def _inquiry(self, operation_id: str) -> Callable[[float], Outcome | None]:
        return self._submission(INSTRUCTION)


@pytest.mark.parametrize(("client", "charged"), [(AcquirerClient, 1), (Impatient, 2)])
def test_the_inquiry_is_what_keeps_a_forgetful_acquirer_from_charging_twice(
    client: type[AcquirerClient], charged: int
) -> None:
    acquirer = Forgetful()
    outcome = client(acquirer, sleep=lambda _seconds: None).submit(INSTRUCTION, Deadline.after(20))
    assert outcome == APPROVED
    assert len(acquirer.charged) == charged


class AnotherId(AcquirerClient):
    """Submits again without asking first, and under another id: the second guard is removed, too."""

    def _inquiry(self, operation_id: str) -> Callable[[float], Outcome | None]:
        return self._submission(authorize("tok_timeout_after", operation_id=f"{operation_id}_again"))


@pytest.mark.parametrize(("client", "charged"), [(AcquirerClient, 1), (AnotherId, 2)])
def test_the_operation_id_is_what_keeps_the_sandbox_from_charging_twice(
    client: type[AcquirerClient], charged: int
) -> None:
    journal = MemoryJournal()
    time = Time()
    instruction = authorize("tok_timeout_after")
    asking = client(sandbox(journal, time), attempts=2, sleep=time.sleep, random=lambda: 0.0)
    try:
        asking.submit(instruction, deadline_of(time, 20))
    except AcquirerUnavailable:
        assert client is AnotherId
    assert len(charges(journal.records())) == charged
