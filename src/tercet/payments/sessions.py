"""Payment sessions in DynamoDB: one item per payment, which holds its idempotency record and its outbox, too.

One item, so that one conditional write decides everything at once: whether the key was used before, what state the
payment is in, and which events must follow.

An item with something left to do cannot expire: it has no ``expires_at``, which is the attribute that DynamoDB's time
to live looks at. It gets one when the payment is at its end and its outbox is empty, and loses it when it moves again.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from tercet.payments.errors import IllegalTransitionError, PaymentNotFoundError, StoreUnavailableError
from tercet.payments.events import Event
from tercet.payments.model import Payment, State, session_of

SHARDS: Final = tuple("01234567")
"""Partition keys of the outbox's index: enough that no single partition takes every write, few enough to query all."""

UNPUBLISHED_INDEX: Final = "unpublished"
MAX_TIMELINE: Final = 50
"""Most events that a payment's timeline keeps; its states allow five."""

_NOT_EXPIRED: Final = "(attribute_not_exists(expires_at) OR expires_at > :now)"
_REFUSED: Final = "ConditionalCheckFailedException"
_OURS: Final = frozenset({_REFUSED, "ValidationException"})
"""Errors that tell of the request itself, so that repeating it does not help."""


class Sessions:
    """The table of payment sessions.

    Parameters
    ----------
    client
        A boto3 DynamoDB client; shared by threads.
    ttl_s
        Seconds that a session is kept, and its idempotency key with it, after the last event of its payment's end.
    now
        Seconds since 1970.
    """

    def __init__(self, client: Any, table: str, *, ttl_s: int, now: Callable[[], float] = time.time) -> None:
        self._client = client
        self._table = table
        self._ttl_s = ttl_s
        self._now = now

    def create(self, payment: Payment) -> Payment:
        """Store a new payment unless its session is taken; one write, which is the idempotency check.

        Returns
        -------
        Payment
            The payment that the session holds now: the given one, known by its id, or the one that was there before.

        Raises
        ------
        StoreUnavailableError
            Whether it was stored is unknown.
        """
        try:
            with _translated():
                self._client.put_item(
                    TableName=self._table,
                    Item=_to_item(payment, self._now()),
                    # What has expired gives way: DynamoDB deletes it only some days later.
                    ConditionExpression="attribute_not_exists(id) OR expires_at <= :now",
                    ExpressionAttributeValues=_values(now=int(self._now())),
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ClientError as error:
            # The refusal holds the item that stood in the way. It may be the given payment itself: botocore repeats a
            # write whose answer was lost.
            if "Item" not in error.response:
                raise
            return _from_item(error.response["Item"])
        return payment

    def get(self, payment_id: str) -> Payment:
        """Read a payment, consistently.

        Raises
        ------
        PaymentNotFoundError
            There is none, or its session has expired: DynamoDB deletes it only some days later.
        StoreUnavailableError
            The table cannot be read.
        """
        with _translated():
            answer = self._client.get_item(TableName=self._table, Key=_key(payment_id), ConsistentRead=True)
        item = _from_map(answer.get("Item", {}))
        # Its key may have made another payment since.
        if item.get("payment_id") != payment_id or item.get("expires_at", math.inf) <= self._now():
            raise PaymentNotFoundError(f"There is no payment {payment_id}, or its session has expired.")
        return _from_item(answer["Item"])

    def advance(
        self, payment: Payment, to: State, *, reference: str | None = None, elevated_risk: bool = False
    ) -> Payment:
        """Move a payment on from the state it was read in, and put the event of that into its outbox: one write.

        Parameters
        ----------
        reference, elevated_risk
            What the card network answered, where ``to`` is ``authorized``.

        Raises
        ------
        IllegalTransitionError
            The payment is not in that state any more; nothing was changed.
        StoreUnavailableError
            Whether it moved is unknown.
        """
        sets = {
            "#state": str(to),
            "unpublished_shard": _shard(payment.id),
        }
        if reference is not None:
            sets |= {"acquirer_reference": reference}
        assignments = [f"{name} = :{name.strip('#')}" for name in sets]
        assignments += [
            "elevated_risk = :elevated_risk",
            "unpublished_since = if_not_exists(unpublished_since, :now)",
            "unpublished_events = list_append(if_not_exists(unpublished_events, :none), :events)",
            "events_written = events_written + :one",
        ]
        try:
            with _translated():
                answer = self._client.update_item(
                    TableName=self._table,
                    Key=_key(payment.id),
                    # The card's token has served its purpose with the card network's first answer.
                    UpdateExpression=f"SET {', '.join(assignments)} REMOVE card_token, expires_at",
                    ConditionExpression=f"payment_id = :payment_id AND #state = :before AND {_NOT_EXPIRED}",
                    ExpressionAttributeNames={"#state": "state"},
                    ExpressionAttributeValues=_values(
                        payment_id=payment.id,
                        before=str(payment.state),
                        elevated_risk=elevated_risk or payment.elevated_risk,
                        events=[_event_to_map(payment.event(to))],
                        none=[],
                        now=int(self._now()),
                        one=1,
                        **{name.strip("#"): value for name, value in sets.items()},
                    ),
                    ReturnValues="ALL_NEW",
                )
        except ClientError as error:
            _raise_unless_refused(error)
            raise IllegalTransitionError(f"Payment {payment.id} is not {payment.state} any more.") from error
        return _from_item(answer["Attributes"])

    def note_failure(self, payment: Payment, code: str) -> None:
        """Keep why a payment was declined, for the step that ends it; does nothing if the payment has moved on."""
        try:
            with _translated():
                self._client.update_item(
                    TableName=self._table,
                    Key=_key(payment.id),
                    UpdateExpression="SET failure_code = :code",
                    ConditionExpression="payment_id = :payment_id AND #state = :before",
                    ExpressionAttributeNames={"#state": "state"},
                    ExpressionAttributeValues=_values(code=code, payment_id=payment.id, before=str(payment.state)),
                )
        except ClientError as error:
            _raise_unless_refused(error)

    def mark_published(self, payment: Payment, count: int) -> bool:
        """Take the first ``count`` events out of the outbox, as the payment was read; the last one closes it.

        A closed outbox is what lets a payment that is at its end expire.

        Returns
        -------
        bool
            ``False`` if another has changed the outbox meanwhile: then its events are published again, at worst.
        """
        rest = payment.unpublished[count:]
        values: dict[str, Any] = {
            "payment_id": payment.id,
            "version": payment.events_written,
            "waiting": len(payment.unpublished),
        }
        if rest:
            change = "SET unpublished_events = :rest"
            values["rest"] = [_event_to_map(event) for event in rest]
        else:
            change = "REMOVE unpublished_shard, unpublished_since, unpublished_events"
            if payment.is_at_its_end():  # and still is: the condition holds only while nothing else was written
                change += " SET expires_at = :expires_at"
                values["expires_at"] = int(self._now()) + self._ttl_s
        try:
            with _translated():
                self._client.update_item(
                    TableName=self._table,
                    Key=_key(payment.id),
                    UpdateExpression=change,
                    ConditionExpression=(
                        "payment_id = :payment_id AND events_written = :version"
                        " AND attribute_exists(unpublished_events) AND size(unpublished_events) = :waiting"
                    ),
                    ExpressionAttributeValues=_values(**values),
                )
        except ClientError as error:
            _raise_unless_refused(error)
            return False
        return True

    def unpublished(self, *, older_than_s: float, per_shard: int) -> Iterator[tuple[str, float]]:
        """Find payments whose outbox is not empty, through the sparse index; each shard's oldest first.

        Parameters
        ----------
        older_than_s
            Leaves younger ones to whoever wrote them and is about to publish.
        per_shard
            Most payments to yield of each of the :data:`SHARDS`. Which shard comes first changes every minute, so that
            one full of payments that cannot be published does not keep the others waiting.

        Yields
        ------
        tuple
            Payment id, and the age of its oldest unpublished event in seconds. The index lags behind the table, so
            some may have been published since.
        """
        now = self._now()
        first = int(now // 60) % len(SHARDS)
        for shard in (*SHARDS[first:], *SHARDS[:first]):
            with _translated():
                page = self._client.query(
                    TableName=self._table,
                    IndexName=UNPUBLISHED_INDEX,
                    KeyConditionExpression="unpublished_shard = :shard AND unpublished_since <= :before",
                    ExpressionAttributeValues=_values(shard=shard, before=int(now - older_than_s)),
                    Limit=per_shard,
                )
            for item in page["Items"]:
                values = _from_map(item)
                yield str(values["payment_id"]), now - float(values["unpublished_since"])

    def record(self, payment_id: str, *, event_id: str, kind: str) -> bool:
        """Note in the payment's timeline that an event of it was received; once per event id.

        Returns
        -------
        bool
            ``False`` if there is nothing to note: the event is there already, the timeline is full, or the payment is
            gone.
        """
        entry = {"event_id": event_id, "kind": kind, "at": iso(self._now())}
        try:
            with _translated():
                self._client.update_item(
                    TableName=self._table,
                    Key=_key(payment_id),
                    UpdateExpression=(
                        "SET timeline = list_append(if_not_exists(timeline, :none), :entry) ADD seen_events :seen"
                    ),
                    ConditionExpression=(
                        f"payment_id = :payment_id AND {_NOT_EXPIRED} AND NOT contains(seen_events, :event_id)"
                        " AND (attribute_not_exists(timeline) OR size(timeline) < :most)"
                    ),
                    ExpressionAttributeValues=_values(
                        payment_id=payment_id,
                        none=[],
                        entry=[entry],
                        seen={event_id},
                        event_id=event_id,
                        most=MAX_TIMELINE,
                        now=int(self._now()),
                    ),
                )
        except ClientError as error:
            _raise_unless_refused(error)
            return False
        return True


def iso(seconds: float) -> str:
    """Give a time as UTC in ISO 8601 with milliseconds."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


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


def _raise_unless_refused(error: ClientError) -> None:
    if error.response["Error"]["Code"] != _REFUSED:
        raise error


def _key(payment_id: str) -> dict[str, Any]:
    return _values_of({"id": session_of(payment_id)})


def _shard(payment_id: str) -> str:
    return SHARDS[hashlib.sha256(payment_id.encode()).digest()[0] % len(SHARDS)]


def _values(**values: Any) -> dict[str, Any]:
    return {f":{name}": value for name, value in _values_of(values).items()}


def _values_of(values: Mapping[str, Any]) -> dict[str, Any]:
    serialize = TypeSerializer().serialize
    return {name: serialize(value) for name, value in values.items()}


def _from_map(item: Mapping[str, Any]) -> dict[str, Any]:
    deserialize = TypeDeserializer().deserialize
    return {name: deserialize(value) for name, value in item.items()}


def _to_item(payment: Payment, now: float) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": session_of(payment.id),
        "payment_id": payment.id,
        "merchant": payment.merchant,
        "amount_minor": payment.amount_minor,
        "currency": payment.currency,
        "capture": payment.capture,
        "metadata": dict(payment.metadata),
        "state": str(payment.state),
        "fingerprint": payment.fingerprint,
        "created_at": payment.created_at,
        "card_token": payment.card_token,
        "elevated_risk": payment.elevated_risk,
        "events_written": payment.events_written,
        "unpublished_shard": _shard(payment.id),
        "unpublished_since": int(now),
        "unpublished_events": [_event_to_map(event) for event in payment.unpublished],
    }
    return _values_of(item)


def _from_item(item: Mapping[str, Any]) -> Payment:
    values = _from_map(item)
    return Payment(
        id=values["payment_id"],
        merchant=values["merchant"],
        amount_minor=int(values["amount_minor"]),
        currency=values["currency"],
        capture=values["capture"],
        metadata=values["metadata"],
        state=State(values["state"]),
        fingerprint=values["fingerprint"],
        created_at=values["created_at"],
        card_token=values.get("card_token"),
        reference=values.get("acquirer_reference"),
        elevated_risk=values["elevated_risk"],
        failure_code=values.get("failure_code"),
        unpublished=tuple(Event(**each) for each in values.get("unpublished_events", ())),
        events_written=int(values["events_written"]),
    )


def _event_to_map(event: Event) -> dict[str, str]:
    return {"event_id": event.event_id, "kind": event.kind, "detail": event.detail}
