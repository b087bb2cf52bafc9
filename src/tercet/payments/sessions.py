"""Payment sessions in DynamoDB: one item per payment, which holds its idempotency record and its outbox, too.

One item, so that one conditional write decides everything at once: whether the key was used before, what state the
payment is in, and which events must follow.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from tercet.payments.errors import IllegalTransitionError, PaymentNotFoundError, StoreUnavailableError
from tercet.payments.events import Event
from tercet.payments.model import Payment, State

SHARDS: Final = tuple("01234567")
"""Partition keys of the outbox's index: enough that no single partition takes every write, few enough to query all."""

UNPUBLISHED_INDEX: Final = "unpublished"
MAX_TIMELINE: Final = 50
"""Most events that a payment's timeline keeps; its states allow five."""

_REFUSED: Final = "ConditionalCheckFailedException"
_OURS: Final = frozenset({_REFUSED, "ValidationException"})
"""Errors that tell of the request itself, so that repeating it does not help."""


class Sessions:
    """The table of payment sessions.

    Parameters
    ----------
    client
        A boto3 DynamoDB client; shared by threads.
    now
        Seconds since 1970.
    """

    def __init__(self, client: Any, table: str, now: Callable[[], float] = time.time) -> None:
        self._client = client
        self._table = table
        self._now = now

    def create(self, payment: Payment) -> Payment:
        """Store a new payment unless there is one of its id; one write, which is the idempotency check.

        An expired session gives way, but never one whose events are still to be published.

        Returns
        -------
        Payment
            The argument itself if it was stored, else the payment that was there before.

        Raises
        ------
        StoreUnavailableError
            Whether it was stored is unknown; or an expired session still waits for its events to be published.
        """
        try:
            with _translated():
                self._client.put_item(
                    TableName=self._table,
                    Item=_to_item(payment, self._now()),
                    ConditionExpression=(
                        "attribute_not_exists(id) OR (expires_at <= :now AND attribute_not_exists(unpublished_shard))"
                    ),
                    ExpressionAttributeValues=_values(now=int(self._now())),
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ClientError as error:
            return self._existing(error)
        return payment

    def _existing(self, error: ClientError) -> Payment:
        """Read, from the refusal, the item that stood in the way: the very one that the condition saw."""
        if not (item := error.response.get("Item")):
            raise error
        existing = _from_item(item)
        if existing.expires_at <= self._now():
            raise StoreUnavailableError("ExpiredButUnpublished")
        return existing

    def get(self, payment_id: str) -> Payment:
        """Read a payment, consistently.

        Raises
        ------
        PaymentNotFoundError
            There is none, or its session has expired: DynamoDB deletes it only some days later.
        StoreUnavailableError
            The table cannot be read.
        """
        payment = self.get_even_expired(payment_id)
        if payment is None or payment.expires_at <= self._now():
            raise PaymentNotFoundError(f"There is no payment {payment_id}, or its session has expired.")
        return payment

    def get_even_expired(self, payment_id: str) -> Payment | None:
        """Read whatever the table still holds: what an expired session has to publish is published all the same."""
        with _translated():
            answer = self._client.get_item(
                TableName=self._table, Key=_values_of({"id": payment_id}), ConsistentRead=True
            )
        return _from_item(answer["Item"]) if "Item" in answer else None

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
                    Key=_values_of({"id": payment.id}),
                    # The card's token has served its purpose with the card network's first answer.
                    UpdateExpression=f"SET {', '.join(assignments)} REMOVE card_token",
                    ConditionExpression="#state = :before AND expires_at > :now",
                    ExpressionAttributeNames={"#state": "state"},
                    ExpressionAttributeValues=_values(
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
                    Key=_values_of({"id": payment.id}),
                    UpdateExpression="SET failure_code = :code",
                    ConditionExpression="#state = :before",
                    ExpressionAttributeNames={"#state": "state"},
                    ExpressionAttributeValues=_values(code=code, before=str(payment.state)),
                )
        except ClientError as error:
            _raise_unless_refused(error)

    def mark_published(self, payment: Payment, count: int) -> bool:
        """Take the first ``count`` events out of the outbox, as the payment was read; the last one closes it.

        Returns
        -------
        bool
            ``False`` if another has changed the outbox meanwhile: then its events are published again, at worst.
        """
        rest = payment.unpublished[count:]
        values: dict[str, Any] = {"version": payment.events_written, "waiting": len(payment.unpublished)}
        if rest:
            change = "SET unpublished_events = :rest"
            values["rest"] = [_event_to_map(event) for event in rest]
        else:
            change = "REMOVE unpublished_shard, unpublished_since, unpublished_events"
        try:
            with _translated():
                self._client.update_item(
                    TableName=self._table,
                    Key=_values_of({"id": payment.id}),
                    UpdateExpression=change,
                    ConditionExpression=(
                        "events_written = :version AND attribute_exists(unpublished_events)"
                        " AND size(unpublished_events) = :waiting"
                    ),
                    ExpressionAttributeValues=_values(**values),
                )
        except ClientError as error:
            _raise_unless_refused(error)
            return False
        return True

    def unpublished(self, *, older_than_s: float, limit: int) -> Iterator[tuple[str, float]]:
        """Find payments whose outbox is not empty, through the sparse index; each shard's oldest first.

        Parameters
        ----------
        older_than_s
            Leaves younger ones to whoever wrote them and is about to publish.
        limit
            Most payments to yield.

        Yields
        ------
        tuple
            Payment id, and the age of its oldest unpublished event in seconds. The index lags behind the table, so
            some may have been published since.
        """
        now = self._now()
        found = 0
        for shard in SHARDS:
            start: dict[str, Any] = {}
            while found < limit:
                with _translated():
                    page = self._client.query(
                        TableName=self._table,
                        IndexName=UNPUBLISHED_INDEX,
                        KeyConditionExpression="unpublished_shard = :shard AND unpublished_since <= :before",
                        ExpressionAttributeValues=_values(shard=shard, before=int(now - older_than_s)),
                        Limit=min(100, limit - found),
                        **start,
                    )
                for item in page["Items"]:
                    found += 1
                    values = _from_map(item)
                    yield str(values["id"]), now - float(values["unpublished_since"])
                if "LastEvaluatedKey" not in page:
                    break
                start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

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
                    Key=_values_of({"id": payment_id}),
                    UpdateExpression=(
                        "SET timeline = list_append(if_not_exists(timeline, :none), :entry) ADD seen_events :seen"
                    ),
                    ConditionExpression=(
                        "attribute_exists(id) AND expires_at > :now AND NOT contains(seen_events, :event_id)"
                        " AND (attribute_not_exists(timeline) OR size(timeline) < :most)"
                    ),
                    ExpressionAttributeValues=_values(
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
        "id": payment.id,
        "merchant": payment.merchant,
        "amount_minor": payment.amount_minor,
        "currency": payment.currency,
        "capture": payment.capture,
        "metadata": dict(payment.metadata),
        "state": str(payment.state),
        "fingerprint": payment.fingerprint,
        "created_at": payment.created_at,
        "expires_at": payment.expires_at,
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
        id=values["id"],
        merchant=values["merchant"],
        amount_minor=int(values["amount_minor"]),
        currency=values["currency"],
        capture=values["capture"],
        metadata=values["metadata"],
        state=State(values["state"]),
        fingerprint=values["fingerprint"],
        created_at=values["created_at"],
        expires_at=int(values["expires_at"]),
        card_token=values.get("card_token"),
        reference=values.get("acquirer_reference"),
        elevated_risk=values["elevated_risk"],
        failure_code=values.get("failure_code"),
        unpublished=tuple(Event(**each) for each in values.get("unpublished_events", ())),
        events_written=int(values["events_written"]),
    )


def _event_to_map(event: Event) -> dict[str, str]:
    return {"event_id": event.event_id, "kind": event.kind, "detail": event.detail}
