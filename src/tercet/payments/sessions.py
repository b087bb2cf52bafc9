"""Checkout sessions in DynamoDB: what a merchant's page is to be paid, until when, and whether it has been.

A session assists. Whether it is paid is decided by the database, in which at most one payment can hold a session; what
stands here is a projection of the payments' events, which comes late, and after their end only for as long as DynamoDB
keeps the item. Wherever something depends on it, the database is asked.

Three kinds of item share the table, all with DynamoDB's time to live on ``expires_at``:

======================  =================================================================================
``ses_…``               A session, with what is known of each payment that tried to complete it.
``key#<digest>``        An idempotency key of a merchant, with the first answer that was given to it.
``evt#<event id>``      An event that was projected, so that it is recognized when it comes again.
======================  =================================================================================
"""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from tercet.payments.errors import (
    IllegalTransitionError,
    KeyReusedError,
    SessionNotFoundError,
    StoreUnavailableError,
)
from tercet.payments.model import SESSION_ID, UNPAID, State, new_id

EVENT_KEPT_S: Final = 46 * 86_400
"""Seconds that a projected event is remembered: as long as it can come again. A replay repeats what the bus's archive
keeps, for 30 days; EventBridge tries to deliver it for one more, and the queue holds it for up to 14; and a day to
spare. A session seldom lives as long, and the sequence numbers guard it too: this is the guard that needs neither."""

_ATTEMPTS: Final = 5
_PAUSE_S: Final = 0.02
"""Before the second attempt, doubled before each further one: as long as another's transaction on the item takes."""

_OURS: Final = frozenset({"TransactionCanceledException", "ValidationException"})
"""Errors that tell of the request itself, so that repeating it as it is does not help."""

_REFUSED: Final = "ConditionalCheckFailed"
_DEFECTIVE: Final = frozenset({"ItemCollectionSizeLimitExceeded", "ValidationError"})
"""Reasons of a cancelled transaction that no repetition cures; the others are conflicts and throttling
("TransactWriteItems", Amazon DynamoDB API Reference)."""


class SessionStatus(StrEnum):
    """Where a session stands."""

    OPEN = "open"
    COMPLETE = "complete"
    EXPIRED = "expired"


@dataclass(frozen=True, kw_only=True)
class SessionRequest:
    """What a merchant makes a session of, validated.

    Parameters
    ----------
    amount_minor
        In the currency's minor unit.
    """

    amount_minor: int
    currency: str
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Session:
    """A checkout session at one point of its life.

    Parameters
    ----------
    payment_id
        The payment that has completed it; ``None`` in every status but ``complete``.
    expires_at_ms
        Until when it may be paid. Afterwards it is ``expired`` unless it is complete; and at any time, some days later
        at most, it is gone.
    """

    id: str
    merchant: str
    amount_minor: int
    currency: str
    metadata: Mapping[str, str]
    status: SessionStatus
    payment_id: str | None
    created_at_ms: int
    expires_at_ms: int


class Sessions:
    """The table of checkout sessions.

    Every method raises :class:`~tercet.payments.errors.StoreUnavailableError` if DynamoDB is not to be reached. Then
    nothing was read; whether something was written is unknown, and the same call is safe to repeat.

    Parameters
    ----------
    client
        A boto3 DynamoDB client; shared by threads.
    ttl_s
        Seconds that a session may be paid, and that an idempotency key is remembered.
    now
        Seconds since 1970.
    """

    def __init__(
        self,
        client: Any,
        table: str,
        *,
        ttl_s: int,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._table = table
        self._ttl_s = ttl_s
        self._now = now
        self._sleep = sleep

    def create(self, merchant: str, key: str, fingerprint: str, request: SessionRequest) -> tuple[Session, bool]:
        """Open a session.

        Parameters
        ----------
        key
            The merchant's idempotency key.
        fingerprint
            A digest of what is asked for: a repetition must ask for the same.

        Returns
        -------
        tuple
            The session as it was first answered, and whether this is a repetition.

        Raises
        ------
        KeyReusedError
            The key was used for another request. Nothing was done.
        """
        now_ms = int(self._now() * 1000)
        session = Session(
            id=new_id("ses", now_ms),
            merchant=merchant,
            amount_minor=request.amount_minor,
            currency=request.currency,
            metadata=dict(request.metadata),
            status=SessionStatus.OPEN,
            payment_id=None,
            created_at_ms=now_ms,
            expires_at_ms=now_ms + self._ttl_s * 1000,
        )
        put = {"Put": {"Item": _serialized(_to_item(session)), "ConditionExpression": "attribute_not_exists(id)"}}
        return self._once(merchant, key, fingerprint, lambda: (session, put))

    def get(self, merchant: str, session_id: str) -> Session:
        """Read a session, consistently.

        Raises
        ------
        SessionNotFoundError
            The merchant has none of this id; another may have.
        """
        return self._read(merchant, session_id)[0]

    def expire(self, merchant: str, key: str, session_id: str) -> tuple[Session, bool]:
        """End a session before its time, so that it cannot be paid any more; one that has expired stays so.

        A payment that has begun goes on, and completes the session yet if it succeeds.

        Returns
        -------
        tuple
            The session as it was first answered, and whether this is a repetition.

        Raises
        ------
        SessionNotFoundError
            The merchant has none of this id.
        IllegalTransitionError
            It is complete. Nothing was done.
        KeyReusedError
            The key was used for another request. Nothing was done.
        """

        def end() -> tuple[Session, Mapping[str, Any]]:
            session, revision = self._read(merchant, session_id)
            if session.status is SessionStatus.COMPLETE:
                raise IllegalTransitionError("The session is complete, which does not allow `expire`.")
            update = {
                "Key": _serialized({"id": session_id}),
                "UpdateExpression": "SET is_ended = :yes, revision = revision + :one",
                # Unless an event has changed it since it was read.
                "ConditionExpression": "merchant = :merchant AND revision = :revision",
                "ExpressionAttributeValues": _values(yes=True, one=1, merchant=merchant, revision=revision),
            }
            return replace(session, status=SessionStatus.EXPIRED), {"Update": update}

        fingerprint = hashlib.sha256(f"expire\0{session_id}".encode()).hexdigest()
        return self._once(merchant, key, fingerprint, end)

    def project(
        self, *, session_id: str, merchant: str, event_id: str, payment_id: str, sequence: int, state: State
    ) -> bool:
        """Note what an event tells of the session that its payment is to complete; once per event, in any order.

        What is kept of each payment is its state in its latest event. So whatever comes twice, late or out of order,
        the outcome is that of all events in their order.

        Parameters
        ----------
        sequence, state
            The event's number within its payment, and the payment's state after it.

        Returns
        -------
        bool
            ``False`` if nothing was written: the event was projected before, a later one was, or the merchant has no
            such session any more.
        """
        payment = {"sequence": sequence, "state": str(state)}
        remember = {
            "Put": {
                "Item": _serialized({"id": f"evt#{event_id}", "expires_at": int(self._now()) + EVENT_KEPT_S}),
                "ConditionExpression": "attribute_not_exists(id)",
            }
        }
        update = {
            "Update": {
                "Key": _serialized({"id": session_id}),
                "UpdateExpression": "SET payments.#payment = :payment, revision = revision + :one",
                "ConditionExpression": (
                    "merchant = :merchant"
                    " AND (attribute_not_exists(payments.#payment) OR payments.#payment.#sequence < :sequence)"
                ),
                "ExpressionAttributeNames": {"#payment": payment_id, "#sequence": "sequence"},
                "ExpressionAttributeValues": _values(payment=payment, one=1, merchant=merchant, sequence=sequence),
            }
        }
        return self._transact([remember, update])

    def _once(
        self, merchant: str, key: str, fingerprint: str, decide: Callable[[], tuple[Session, Mapping[str, Any]]]
    ) -> tuple[Session, bool]:
        """Do what a key asks for, or give its first answer: the key is written with what it does, or neither is.

        Parameters
        ----------
        decide
            Gives the answer, and the write that makes it true, if what it read still holds.
        """
        item_id = _key_item(merchant, key)
        for attempt in range(1, _ATTEMPTS + 1):
            if earlier := self._first_answer(item_id, fingerprint):
                return earlier, True
            answer, write = decide()
            if self._transact([self._put_key(item_id, fingerprint, answer), write]):
                return answer, False
            self._pause(attempt)
        raise StoreUnavailableError("Others kept changing the session. Nothing was written.")

    def _first_answer(self, item_id: str, fingerprint: str) -> Session | None:
        item = self._get(item_id)
        if not item or item["expires_at"] <= self._now():  # DynamoDB deletes what has expired some days later
            return None
        if item["fingerprint"] != fingerprint:
            raise KeyReusedError("This idempotency key was used for another request.")
        answer = json.loads(item["answer"])
        return Session(**{**answer, "status": SessionStatus(answer["status"])})

    def _put_key(self, item_id: str, fingerprint: str, answer: Session) -> Mapping[str, Any]:
        now = int(self._now())
        item = {
            "id": item_id,
            "fingerprint": fingerprint,
            "answer": _dump(_fields(answer)),
            "expires_at": now + self._ttl_s,
        }
        return {
            "Put": {
                "Item": _serialized(item),
                "ConditionExpression": "attribute_not_exists(id) OR expires_at <= :now",
                "ExpressionAttributeValues": _values(now=now),
            }
        }

    def _read(self, merchant: str, session_id: str) -> tuple[Session, int]:
        """Read a session of a merchant, and its revision."""
        item = self._get(session_id) if SESSION_ID.fullmatch(session_id) else {}
        if item.get("merchant") != merchant:
            raise SessionNotFoundError(f"There is no session {session_id}, or it is gone.")
        return self._from_item(item), int(item["revision"])

    def _from_item(self, item: Mapping[str, Any]) -> Session:
        payment_id = _paid_by(item["payments"])
        expires_at_ms = int(item["expires_at_ms"])
        if payment_id:
            status = SessionStatus.COMPLETE
        elif item["is_ended"] or expires_at_ms <= self._now() * 1000:
            status = SessionStatus.EXPIRED
        else:
            status = SessionStatus.OPEN
        return Session(
            id=item["id"],
            merchant=item["merchant"],
            amount_minor=int(item["amount_minor"]),
            currency=item["currency"],
            metadata=json.loads(item["metadata"]),
            status=status,
            payment_id=payment_id,
            created_at_ms=int(item["created_at_ms"]),
            expires_at_ms=expires_at_ms,
        )

    def _get(self, item_id: str) -> dict[str, Any]:
        with _translated():
            answer = self._client.get_item(TableName=self._table, Key=_serialized({"id": item_id}), ConsistentRead=True)
        deserialize = TypeDeserializer().deserialize
        return {name: deserialize(value) for name, value in answer.get("Item", {}).items()}

    def _transact(self, writes: Sequence[Mapping[str, Any]]) -> bool:
        """Write all or nothing; what conflicts with another's transaction is tried again.

        Returns
        -------
        bool
            ``False`` if a condition does not hold: nothing was written.
        """
        items = [{kind: {"TableName": self._table, **rest}} for write in writes for kind, rest in write.items()]
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with _translated():
                    self._client.transact_write_items(TransactItems=items)
            except ClientError as error:
                reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", ())}
                if not reasons or reasons & _DEFECTIVE:
                    raise
                if _REFUSED in reasons:
                    return False
                if attempt == _ATTEMPTS:
                    raise StoreUnavailableError(", ".join(sorted(map(str, reasons - {"None"})))) from error
                self._pause(attempt)
            else:
                return True
        return False

    def _pause(self, attempt: int) -> None:
        self._sleep(_PAUSE_S * 2 ** (attempt - 1) * random.uniform(0.5, 1))  # noqa: S311 - jitter, not a secret


def _paid_by(payments: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Give the payment that has completed a session.

    The database lets one payment hold a session at a time. While the event that freed it from an earlier payment is
    still on its way, two may seem to: then the newer one is taken.
    """
    return max(
        (payment_id for payment_id, known in payments.items() if State(known["state"]) not in UNPAID), default=None
    )


def _key_item(merchant: str, key: str) -> str:
    """Name the item of an idempotency key: a digest, for the key is what a caller wrote."""
    return "key#" + hashlib.sha256(f"{merchant}\0{key}".encode()).hexdigest()


def _fields(session: Session) -> dict[str, Any]:
    return {**vars(session), "status": str(session.status), "metadata": dict(session.metadata)}


def _dump(value: Mapping[str, Any]) -> str:
    """Write JSON: what a merchant chose the names of is one value to DynamoDB, not attributes."""
    return json.dumps(dict(value), separators=(",", ":"), ensure_ascii=False)


def _to_item(session: Session) -> dict[str, Any]:
    """Give a new session's item; its status is not in it, but follows from the rest."""
    fields = {name: value for name, value in _fields(session).items() if name not in {"status", "payment_id"}}
    return {
        **fields,
        "metadata": _dump(session.metadata),
        "payments": {},
        "is_ended": False,
        "revision": 1,
        "expires_at": -(-session.expires_at_ms // 1000),  # rounded up: never deleted before its time
    }


@contextmanager
def _translated() -> Iterator[None]:
    """Tell an outage, which the caller may cure by repeating, from an error of ours, which must be seen."""
    try:
        yield
    except ParamValidationError:
        raise
    except BotoCoreError as error:
        raise StoreUnavailableError(type(error).__name__) from error
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _OURS:
            raise
        raise StoreUnavailableError(code) from error


def _values(**values: Any) -> dict[str, Any]:
    return {f":{name}": value for name, value in _serialized(values).items()}


def _serialized(values: Mapping[str, Any]) -> dict[str, Any]:
    serialize = TypeSerializer().serialize
    return {name: serialize(value) for name, value in values.items()}
