"""Random sequences of operations, repetitions and faults, against a plain model and the oracle after each step.

The model (:mod:`tests.payments.model_of_payments`) says what the specification allows. A fault may leave open what was
done: then a payment may stand at several places, and the database is asked which it is once nothing is running any
more. The oracle compares the database with the acquirer's journal and with everything that callers were told.
"""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tercet.payments.acquirer.tokens import CARDS, UNKNOWN_CARD, Authentication, Card, Lost
from tercet.payments.database import Database, Row, Statement
from tercet.payments.database.opening import open_database, sqlite_path
from tercet.payments.deadline import Deadline
from tercet.payments.errors import (
    AcquirerUnavailable,
    CommitUnknownError,
    IllegalTransitionError,
    KeyReusedError,
    PaymentDeclined,
    PaymentNotFoundError,
    PublishError,
    StoreUnavailableError,
)
from tercet.payments.idempotency import SKEW_MS
from tercet.payments.model import Kind, PaymentRequest
from tercet.payments.processor import Step
from tests.payments.faults import knobs
from tests.payments.faults.callers import TO_BE_REPEATED, Intent, ask
from tests.payments.faults.points import (
    AFTER,
    BEFORE,
    LATE,
    Point,
    Watch,
    WatchedAcquirer,
    WatchedDatabase,
    WatchedPublisher,
    deliver_write,
)
from tests.payments.faults.room import KEY_TTL_MS, Clock, Room
from tests.payments.faults.unguarded import PARTS, Parts
from tests.payments.fixtures_database import TABLES
from tests.payments.mariadb import MariaDb
from tests.payments.model_of_payments import Refusal, Standing, after, created, left
from tests.payments.oracle import Acknowledgement

MERCHANTS = ("acme", "globex")
FIVE_MINUTES_MS = 300_000


@dataclass(frozen=True)
class Strike:
    """A fault during one step.

    Parameters
    ----------
    call
        ``write``, ``submit``, ``inquire``, ``reverse`` or ``publish``.
    first, count
        The calls of this sort that fail: how many, from which.
    moment
        When: see :mod:`tests.payments.faults.points`.
    """

    call: str
    first: int
    count: int
    moment: str

    def hits(self, point: Point) -> bool:
        is_meant = (point.call, point.moment) == (self.call, self.moment)
        return is_meant and self.first <= point.number < self.first + self.count


@dataclass
class Modelled:
    """What the model knows of a payment.

    Parameters
    ----------
    stands
        Every place at which it may stand: one, unless something is open.
    is_open
        Whether an operation on it may be running.
    was_disputed
        Whether the acquirer knows of a dispute: it confirms no second one.
    """

    intent: Intent
    card: Card
    stands: set[Standing]
    id: str = ""
    is_open: bool = False
    was_disputed: bool = False


@dataclass
class Asked:
    """What the model knows of one thing that a merchant wanted."""

    intent: Intent
    modelled: Modelled


_STRIKES = st.lists(
    st.builds(
        Strike,
        st.sampled_from(("write", "write", "submit", "inquire", "reverse", "publish")),
        st.sampled_from((1, 2, 3)),
        st.sampled_from((1, 1, 3, 9)),
        st.sampled_from((BEFORE, LATE, AFTER)),
    ),
    max_size=3,
)
"""Nine in a row outlast every patience there is."""

_AMOUNTS = st.integers(1, 1_000)
_WHICH = st.integers(0, 20)
_PARTS = st.one_of(st.none(), st.integers(1, 400), st.sampled_from((-1, 0, 1)).map(lambda over: ("left", over)))


class Payments(RuleBasedStateMachine):
    """A merchant's, the acquirer's and the workflow's doings, and what befalls them."""

    open_database: Callable[[Path], Database]
    """Gives an empty database; set by the tests."""

    parts: Parts | None = None
    """What a processor is made of; set by the tests that leave out a guard."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="tercet-stateful-"))
        self.database = type(self).open_database(self.folder)
        self.watch = Watch()
        self.rooms = [self._room(0), self._room(FIVE_MINUTES_MS)]
        self.payments: list[Modelled] = []
        self.asked: list[Asked] = []
        self.told: list[Acknowledgement] = []
        self.late: list[Sequence[Statement]] = []
        self.struck = False
        self.number = 0

    def _room(self, shift_ms: int) -> Room:
        return Room(
            WatchedDatabase(self.database, self.watch),
            self.folder,
            around_acquirer=lambda sandbox: WatchedAcquirer(sandbox, self.watch),
            around_publisher=lambda publisher: WatchedPublisher(publisher, self.watch),
            parts=self.parts,
            clock=Clock(shift_ms),
        )

    # What may be done

    @initialize(token=st.sampled_from(sorted(CARDS)), amount=_AMOUNTS, capture=st.booleans())
    def begin(self, token: str, amount: int, capture: bool) -> None:
        self.create(token, amount, capture, "EUR", MERCHANTS[0], 0, [])

    @rule(
        token=st.sampled_from((*sorted(CARDS), "tok_mistyped")),
        amount=_AMOUNTS,
        capture=st.booleans(),
        currency=st.sampled_from(("EUR", "USD", "JPY")),
        merchant=st.sampled_from(MERCHANTS),
        room=st.integers(0, 1),
        strikes=_STRIKES,
    )
    def create(
        self, token: str, amount: int, capture: bool, currency: str, merchant: str, room: int, strikes: list[Strike]
    ) -> None:
        request = PaymentRequest(amount_minor=amount, currency=currency, card_token=token, capture=capture)
        intent = Intent(kind=Kind.AUTHORIZE, merchant=merchant, name=self._name(), request=request)
        modelled = Modelled(intent, CARDS.get(token, UNKNOWN_CARD), set())
        self.payments.append(modelled)
        self.asked.append(Asked(intent, modelled))
        self._create(intent, modelled, room, strikes)

    @precondition(lambda self: self._known())
    @rule(
        kind=st.sampled_from((Kind.CAPTURE, Kind.REFUND, Kind.VOID)),
        which=_WHICH,
        part=_PARTS,
        final=st.booleans(),
        room=st.integers(0, 1),
        strikes=_STRIKES,
    )
    def change(self, kind: Kind, which: int, part: Any, final: bool, room: int, strikes: list[Strike]) -> None:
        modelled = self._pick(which)
        if isinstance(part, tuple):
            part = max(1, (left(next(iter(modelled.stands)), kind) or 0) + part[1])
        intent = Intent(
            kind=kind,
            merchant=modelled.intent.merchant,
            name=self._name(),
            payment_id=modelled.id,
            amount_minor=None if kind is Kind.VOID else part,
            final=final and kind is Kind.CAPTURE,
        )
        self.asked.append(Asked(intent, modelled))
        self._change(intent, modelled, room, strikes)

    @precondition(lambda self: self._known())
    @rule(
        kind=st.sampled_from((Kind.AUTHENTICATE, Kind.DISPUTE, Kind.DISPUTE_WON, Kind.DISPUTE_LOST, Kind.SETTLE)),
        which=_WHICH,
        room=st.integers(0, 1),
        strikes=_STRIKES,
    )
    def be_told(self, kind: Kind, which: int, room: int, strikes: list[Strike]) -> None:
        """The acquirer notifies us, or the workflow settles."""
        modelled = self._pick(which)
        intent = Intent(kind=kind, merchant=modelled.intent.merchant, name=self._name(), payment_id=modelled.id)
        self._nudge(lambda room: ask(room.processor, intent), kind, modelled, room, strikes)

    @precondition(lambda self: self._known())
    @rule(
        step=st.sampled_from((Step.AUTHORIZE, Step.ASSESS_RISK, Step.CAPTURE, Step.VOID)),
        which=_WHICH,
        room=st.integers(0, 1),
        strikes=_STRIKES,
    )
    def step(self, step: Step, which: int, room: int, strikes: list[Strike]) -> None:
        """The workflow does a step."""
        modelled = self._pick(which)
        kind = {Step.CAPTURE: Kind.CAPTURE, Step.VOID: Kind.VOID}.get(step)
        name = self._name()

        def work(room: Room) -> Acknowledgement:
            payment = room.processor.step(step, modelled.id, name, Deadline.after(10.0))
            return Acknowledgement.of_payment(name, payment)

        self._nudge(work, kind, modelled, room, strikes, step=step)

    @precondition(lambda self: self.asked)
    @rule(which=_WHICH, room=st.integers(0, 1), strikes=_STRIKES)
    def repeat(self, which: int, room: int, strikes: list[Strike]) -> None:
        """Ask for the same again, under the same key."""
        asked = self.asked[which % len(self.asked)]
        intent, modelled = asked.intent, asked.modelled
        operation = self._operation(intent)
        is_expired = operation is not None and operation["answer"] is not None and self._has_expired(operation, room)
        if operation is None or is_expired:
            if is_expired:
                intent, modelled = self._anew(asked)
            (self._create if intent.kind is Kind.AUTHORIZE else self._change)(intent, modelled, room, strikes)
            return
        if operation["answer"] is None:
            self._ask_while_running(intent, modelled, room, strikes)
            return
        told = self._try(lambda room: ask(room.processor, intent), room, strikes)
        if isinstance(told, Exception):
            assert self.struck, f"a repetition was refused: {told!r}"
            assert isinstance(told, StoreUnavailableError), f"{told!r}"
        else:
            assert not told.is_running, f"it is answered, and was told as running: {told}"

    @precondition(lambda self: self.asked)
    @rule(which=_WHICH, room=st.integers(0, 1))
    def reuse_key(self, which: int, room: int) -> None:
        """Ask for something else under the same key."""
        intent = self.asked[which % len(self.asked)].intent
        operation = self._operation(intent)
        if operation is None or (operation["answer"] is not None and self._has_expired(operation, room)):
            return
        other = dataclasses.replace(intent, amount_minor=(intent.amount_minor or 1) + 1)
        if intent.kind is Kind.VOID:
            other = dataclasses.replace(intent, kind=Kind.REFUND)
        if intent.request:
            request = dataclasses.replace(intent.request, amount_minor=intent.request.amount_minor + 1)
            other = dataclasses.replace(intent, request=request)
        told = self._try(lambda room: ask(room.processor, other), room, [])
        assert isinstance(told, KeyReusedError), f"the key was used for something else, and the answer was {told!r}"

    @precondition(lambda self: self._known())
    @rule(which=_WHICH, kind=st.sampled_from((Kind.CAPTURE, Kind.REFUND, Kind.VOID)))
    def meddle(self, which: int, kind: Kind) -> None:
        """Another merchant tries to touch a payment."""
        modelled = self._pick(which)
        stranger = next(each for each in MERCHANTS if each != modelled.intent.merchant)
        intent = Intent(kind=kind, merchant=stranger, name=self._name(), payment_id=modelled.id)
        told = self._try(lambda room: ask(room.processor, intent), 0, [])
        assert isinstance(told, PaymentNotFoundError), f"another merchant was told {told!r}"

    @rule(room=st.integers(0, 1), strikes=_STRIKES)
    def resolve(self, room: int, strikes: list[Strike]) -> None:
        """The resolver comes by."""

        def work(room: Room) -> None:
            for running in room.store.running(room.clock() + FIVE_MINUTES_MS, 100):
                room.processor.resolve(running.operation(), Deadline.after(10.0))

        told = self._try(work, room, strikes)
        assert told is None or (self.struck and isinstance(told, StoreUnavailableError)), f"{told!r}"

    @rule(room=st.integers(0, 1), strikes=_STRIKES)
    def sweep(self, room: int, strikes: list[Strike]) -> None:
        """The sweeper comes by."""

        def work(room: Room) -> None:
            for waiting in room.store.backlog(room.clock() + FIVE_MINUTES_MS, 100):
                room.outbox.publish_waiting(waiting.payment_id)

        told = self._try(work, room, strikes)
        assert told is None or (self.struck and isinstance(told, (StoreUnavailableError, PublishError))), f"{told!r}"

    @rule(expires_keys=st.booleans())
    def let_time_pass(self, expires_keys: bool) -> None:
        for room in self.rooms:
            room.clock.shift_ms += KEY_TTL_MS + 3_600_000 if expires_keys else 31_000

    @precondition(lambda self: self.late)
    @rule()
    def deliver_late(self) -> None:
        """A batch arrives that was taken for lost."""
        statements = self.late.pop(0)
        for modelled in self.payments:
            modelled.is_open = True  # it may have begun an operation that nobody waits for
        deliver_write(self.database, statements)

    # What must hold

    @invariant()
    def holds(self) -> None:
        self.rooms[0].judge(self.told, is_settled=False).assert_sound()
        self._observe()

    def teardown(self) -> None:
        try:
            self.watch.listen(lambda _point, _sent: None)
            while self.late:
                self.deliver_late()
            self.rooms[0].recover()
            self.rooms[0].judge(self.told).assert_sound()
            assert self.rooms[0].judge_bus() == []
            self._observe()
            for modelled in self.payments:
                assert not modelled.is_open, f"{modelled} is still open"
        finally:
            self.database.close()
            shutil.rmtree(self.folder)

    # How it is done

    def _create(self, intent: Intent, modelled: Modelled, room: int, strikes: list[Strike]) -> None:
        assert intent.request
        card = modelled.card
        outcome = _outcome_of_creation(card)
        stands = created(
            intent.request.amount_minor, outcome, capture=intent.request.capture and card.is_captured_at_once
        )
        # What was begun and never arrived fails, when it is resolved.
        modelled.stands |= {stands, created(intent.request.amount_minor, "declined", capture=False)}
        modelled.is_open = True
        told = self._try(lambda room: ask(room.processor, intent), room, strikes)
        if isinstance(told, Exception):
            assert self.struck, f"without any fault it was refused: {told!r}"
            assert isinstance(told, TO_BE_REPEATED), f"{told!r}"
            return
        modelled.id = told.payment_id
        if self.struck:
            return
        assert told.is_running is _stays_open(card, Kind.AUTHORIZE), f"{told}"
        if not told.is_running:
            self._stood(modelled, told, {stands})
            assert (told.declined is not None) is (outcome == "declined"), f"{told}"
            assert told.declined == card.declined, f"{told}"

    def _change(self, intent: Intent, modelled: Modelled, room: int, strikes: list[Strike]) -> None:
        before, was_open = set(modelled.stands), modelled.is_open
        ends = {each: _end(each, modelled, intent) for each in before}
        modelled.stands |= {end for end in ends.values() if isinstance(end, Standing)}
        told = self._try(lambda room: ask(room.processor, intent), room, strikes)
        may_be_unclear = self.struck or was_open
        if isinstance(told, IllegalTransitionError):
            codes = {end.code for end in ends.values() if isinstance(end, Refusal)}
            assert told.code in codes, f"refused as {told.code}, and stands at {before}"
        elif isinstance(told, Exception):
            assert may_be_unclear, f"without any fault it was refused: {told!r}"
            assert isinstance(told, TO_BE_REPEATED), f"{told!r}"
            modelled.is_open = True
        elif told.is_running:
            assert may_be_unclear or _stays_open(modelled.card, intent.kind), f"{told}"
            modelled.is_open = True
        else:
            expected = {end for end in ends.values() if isinstance(end, Standing)}
            assert may_be_unclear or not _stays_open(modelled.card, intent.kind), f"{told}"
            self._stood(modelled, told, expected | (before if may_be_unclear else set()))
            if not may_be_unclear:
                is_declined = _is_declined(modelled, intent.kind)
                assert told.declined == ("operation_declined" if is_declined else None), f"{told}"

    def _nudge(
        self,
        work: Callable[[Room], Acknowledgement],
        kind: Kind | None,
        modelled: Modelled,
        room: int,
        strikes: list[Strike],
        *,
        step: Step | None = None,
    ) -> None:
        """Do what no merchant asks for: what is not allowed is taken for done."""
        before, was_open = set(modelled.stands), modelled.is_open
        ends: set[Standing] = set()
        for each in before:
            end = _end_of_step(each, modelled, step) if step else _end(each, modelled, kind)
            ends.add(each if isinstance(end, Refusal) else end)
        modelled.stands |= ends
        told = self._try(work, room, strikes)
        may_be_unclear = self.struck or was_open
        if isinstance(told, PaymentDeclined):
            is_refused = any(_is_refused(each, modelled, step) for each in before)
            assert may_be_unclear or is_refused or _is_declined(modelled, kind), f"{told!r}"
        elif isinstance(told, Exception):
            assert may_be_unclear or _stays_open(modelled.card, kind), f"without any fault it was refused: {told!r}"
            assert isinstance(told, TO_BE_REPEATED), f"{told!r}"
            modelled.is_open = True
        else:
            self._stood(modelled, told, modelled.stands if may_be_unclear else ends)

    def _ask_while_running(self, intent: Intent, modelled: Modelled, room: int, strikes: list[Strike]) -> None:
        told = self._try(lambda room: ask(room.processor, intent), room, strikes)
        if isinstance(told, Exception):
            assert isinstance(told, TO_BE_REPEATED), f"{told!r}"
        elif not told.is_running:
            modelled.id = told.payment_id
            self._stood(modelled, told, modelled.stands)

    def _anew(self, asked: Asked) -> tuple[Intent, Modelled]:
        """A key has expired: it now stands for something new, and for a creation that is another payment."""
        intent = dataclasses.replace(asked.intent, name=self._name(), key=asked.intent.key or asked.intent.name)
        modelled = asked.modelled
        if intent.kind is Kind.AUTHORIZE:
            modelled = Modelled(intent, modelled.card, set())
            self.payments.append(modelled)
        self.asked[self.asked.index(asked)] = Asked(intent, modelled)
        return intent, modelled

    def _try(self, work: Callable[[Room], Any], room: int, strikes: list[Strike]) -> Any:
        """Do something while faults strike; gives what was told, or the error."""
        self.struck = False

        def listen(point: Point, sent: Any) -> None:
            for strike in strikes:
                if strike.hits(point):
                    self._strike(point, sent)

        self.watch.listen(listen)
        try:
            told = work(self.rooms[room])
        except (*TO_BE_REPEATED, IllegalTransitionError, KeyReusedError, PaymentDeclined) as error:
            told = error
        except (PaymentNotFoundError, PublishError) as error:
            told = error
        finally:
            self.watch.listen(lambda _point, _sent: None)
        note(f"→ {told!r}{' (struck)' if self.struck else ''}")
        if isinstance(told, Acknowledgement):
            self.told.append(told)
        return told

    def _strike(self, point: Point, sent: Any) -> None:
        self.struck = True
        if point.call == "publish":
            raise PublishError("The bus does not answer.")
        if point.call != "write":
            raise AcquirerUnavailable("The acquirer does not answer.")
        if point.moment == BEFORE:
            raise StoreUnavailableError("The database does not answer.")
        if point.moment == LATE:
            self.late.append(sent)
        raise CommitUnknownError("The connection ended.")

    def _stood(self, modelled: Modelled, told: Acknowledgement, expected: set[Standing]) -> None:
        """Compare what a caller was told with where the payment may stand."""
        stands = Standing(
            state=told.state,
            amount=next(iter(modelled.stands)).amount,
            captured=told.captured_minor,
            refunded=told.refunded_minor,
            settled=told.settled_minor,
        )
        assert stands in expected, f"told was {stands}, expected one of {expected}"

    def _observe(self) -> None:
        """Let the model know what stands, where nothing is running; it must be something that the model allows."""
        rows = {row["id"]: row for row in self.database.read(Statement("SELECT * FROM payments"))}
        operations = self.database.read(Statement("SELECT * FROM operations"))
        running = {row["payment_id"] for row in operations if row["answer"] is None}
        made = {row["correlation_id"]: row["payment_id"] for row in operations if row["kind"] == "authorize"}
        for modelled in self.payments:
            payment_id = modelled.id or made.get(modelled.intent.name, "")
            modelled.is_open = payment_id in running
            row = rows.pop(payment_id, None)
            if row is None:
                assert not modelled.id, f"payment {payment_id} is gone"
                continue
            modelled.id = payment_id
            if modelled.is_open:
                continue
            stands = Standing(
                state=row["state"],
                amount=int(row["amount_minor"]),
                captured=int(row["captured_minor"]),
                refunded=int(row["refunded_minor"]),
                settled=int(row["settled_minor"]),
            )
            assert stands in modelled.stands, f"it stands at {stands}, and may only at {modelled.stands}"
            modelled.stands = {stands}
            modelled.was_disputed |= stands.state in {"disputed", "won", "lost"}
        assert not rows, f"nobody made these payments: {rows}"

    def _operation(self, intent: Intent) -> Row | None:
        key = intent.key or intent.name
        rows = self.database.read(
            Statement(
                "SELECT * FROM operations WHERE merchant = :merchant AND idempotency_key = :key",
                {"merchant": intent.merchant, "key": key},
            )
        )
        return rows[0] if rows else None

    def _has_expired(self, operation: Row, room: int) -> bool:
        return bool(self.rooms[room].clock() - int(operation["answered_at_ms"]) > KEY_TTL_MS + SKEW_MS)

    def _known(self) -> list[Modelled]:
        return [each for each in self.payments if each.id]

    def _pick(self, which: int) -> Modelled:
        known = self._known()
        return known[which % len(known)]

    def _name(self) -> str:
        self.number += 1
        return f"intent-{self.number}"


def _outcome_of_creation(card: Card) -> str:
    if card.declined:
        return "declined"
    if card.authentication is not Authentication.NOT_WANTED:
        return "action_required"
    return "risky" if card.elevated_risk else "approved"


def _stays_open(card: Card, kind: Kind | None) -> bool:
    """Whether the sandbox never answers about such an operation, however patiently it is asked."""
    fault = card.faults.get(kind) if kind else None
    return fault is not None and (fault.is_silent or fault.lost is Lost.ALL)


def _is_declined(modelled: Modelled, kind: Kind | None) -> bool:
    card = modelled.card
    if kind in card.refuses:
        return True
    if kind is Kind.DISPUTE:
        return card.dispute_ends is None or modelled.was_disputed
    return kind in {Kind.DISPUTE_WON, Kind.DISPUTE_LOST} and card.dispute_ends is not kind


def _end(standing: Standing, modelled: Modelled, asked: Intent | Kind | None) -> Standing | Refusal:
    """Where the payment stands once something was asked for and answered."""
    intent = asked if isinstance(asked, Intent) else None
    kind = intent.kind if intent else asked
    assert isinstance(kind, Kind)
    card = modelled.card
    if kind is Kind.AUTHENTICATE:
        if standing.state != "requires_action":
            return Refusal("state_not_allowed")
        ends = {Authentication.SUCCEEDS: "authorized", Authentication.FAILS: "failed"}
        return dataclasses.replace(standing, state=ends.get(card.authentication, "requires_action"))
    if kind in {Kind.DISPUTE_WON, Kind.DISPUTE_LOST}:  # that there is a dispute is asked first
        begun = _end(standing, modelled, Kind.DISPUTE)
        standing = begun if isinstance(begun, Standing) else standing
    end = after(standing, kind, intent.amount_minor if intent else None, final=bool(intent and intent.final))
    if kind is Kind.CAPTURE and card.elevated_risk and standing.state == "authorized":
        return Refusal("elevated_risk")
    return standing if isinstance(end, Standing) and _is_declined(modelled, kind) else end


def _is_refused(standing: Standing, modelled: Modelled, step: Step | None) -> bool:
    """Whether the workflow is to go and compensate, rather than on."""
    if step is Step.AUTHORIZE:
        return standing.state == "failed"
    return step in {Step.ASSESS_RISK, Step.CAPTURE} and modelled.card.elevated_risk and standing.state == "authorized"


def _end_of_step(standing: Standing, modelled: Modelled, step: Step) -> Standing | Refusal:
    request = modelled.intent.request
    assert request
    if step is Step.CAPTURE:
        is_due = request.capture and standing.state == "authorized" and not modelled.card.elevated_risk
        return _end(standing, modelled, Kind.CAPTURE) if is_due else standing
    may_be_voided = request.capture or modelled.card.elevated_risk
    return _end(standing, modelled, Kind.VOID) if step is Step.VOID and may_be_voided else standing


def _run(open_database: Callable[[Path], Database], examples: int, *, parts: Parts | None = None) -> None:
    attributes = {"open_database": staticmethod(open_database), "parts": parts}
    machine = type("PaymentsHere", (Payments,), attributes)
    is_guarded = parts is None
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=knobs.chosen.steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            # Of an unguarded processor any failure will do; of the real one the smallest is wanted.
            phases=[Phase.generate, Phase.shrink] if is_guarded else [Phase.generate],
            report_multiple_bugs=is_guarded,
            database=None,
            print_blob=False,
        ),
    )


@pytest.mark.slow
def test_payments_on_sqlite(sqlite_url: str) -> None:
    _run(_copies_of(sqlite_url), knobs.chosen.examples)


@pytest.mark.slow
def test_payments_on_mariadb(mariadb: MariaDb, mariadb_url: str) -> None:
    def emptied(_folder: Path) -> Database:
        with mariadb.connect(mariadb_url.rsplit("/", 1)[1]) as connection, connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"TRUNCATE TABLE {table}")
        return open_database(mariadb_url)

    _run(emptied, knobs.chosen.server_examples)


@pytest.mark.parametrize(
    "missing",
    ["no unique key", "no comparison", "unanswered is declined", "another id each time", "published before it is"],
)
def test_a_missing_guard_is_noticed(sqlite_url: str, missing: str) -> None:
    with pytest.raises((AssertionError, ExceptionGroup)):
        _run(_copies_of(sqlite_url), 100, parts=PARTS[missing])


def _copies_of(empty_url: str) -> Callable[[Path], Database]:
    """Give what opens a database of its own for each sequence."""
    empty = sqlite_path(empty_url)
    assert empty

    def copied(folder: Path) -> Database:
        shutil.copyfile(empty, folder / "payments.db")
        return open_database(f"sqlite:///{folder / 'payments.db'}")

    return copied
