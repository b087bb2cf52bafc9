"""Between the model and the rows of the database, both ways."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from tercet.payments.database import Row, Value
from tercet.payments.ledger import Account, Entry
from tercet.payments.model import Actor, Answer, Event, Kind, Operation, Payment, PaymentRequest, State


def of_operation(operation: Operation) -> dict[str, Value]:
    """Give an operation's row, without the columns that only the store knows."""
    request = operation.request
    return {
        "id": operation.id,
        "merchant": operation.merchant,
        "idempotency_key": operation.idempotency_key,
        "fingerprint": operation.fingerprint,
        "payment_id": operation.payment_id,
        "kind": str(operation.kind),
        "actor": str(operation.actor),
        "amount_minor": operation.amount_minor,
        "final": int(operation.final),
        "request": _dump_request(request) if request else None,
        "card_token": request.card_token if request else None,
        "session_id": operation.session_id,
        "correlation_id": operation.correlation_id,
        "created_at_ms": operation.created_at_ms,
    }


def operation(row: Row) -> Operation:
    """Read an operation."""
    return Operation(
        id=row["id"],
        payment_id=row["payment_id"],
        merchant=row["merchant"],
        kind=Kind(row["kind"]),
        actor=Actor(row["actor"]),
        amount_minor=int(row["amount_minor"]),
        correlation_id=row["correlation_id"],
        created_at_ms=int(row["created_at_ms"]),
        final=bool(row["final"]),
        request=_load_request(row["request"], row["card_token"]) if row["request"] else None,
        idempotency_key=row["idempotency_key"],
        fingerprint=row["fingerprint"],
        answer=_load_answer(row["answer"]) if row["answer"] else None,
        running_since_ms=row["running_since_ms"],
        answered_at_ms=row["answered_at_ms"],
    )


def of_payment(payment: Payment) -> dict[str, Value]:
    """Give a payment's row."""
    return {
        "merchant": payment.merchant,
        "id": payment.id,
        "amount_minor": payment.amount_minor,
        "currency": payment.currency,
        "capture": int(payment.capture),
        "metadata": _dump(dict(payment.metadata)),
        "state": str(payment.state),
        "version": payment.version,
        "created_at_ms": payment.created_at_ms,
        "captured_minor": payment.captured_minor,
        "refunded_minor": payment.refunded_minor,
        "settled_minor": payment.settled_minor,
        "reference": payment.reference,
        "elevated_risk": int(payment.elevated_risk),
        "failure_code": payment.failure_code,
        "next_action_url": payment.next_action_url,
        "session_id": payment.session_id,
        "resumes_as": str(payment.resumes_as) if payment.resumes_as else None,
    }


def payment(row: Row) -> Payment:
    """Read a payment."""
    return Payment(
        id=row["id"],
        merchant=row["merchant"],
        amount_minor=int(row["amount_minor"]),
        currency=row["currency"],
        capture=bool(row["capture"]),
        metadata=json.loads(row["metadata"]),
        state=State(row["state"]),
        version=int(row["version"]),
        created_at_ms=int(row["created_at_ms"]),
        captured_minor=int(row["captured_minor"]),
        refunded_minor=int(row["refunded_minor"]),
        settled_minor=int(row["settled_minor"]),
        reference=row["reference"],
        elevated_risk=bool(row["elevated_risk"]),
        failure_code=row["failure_code"],
        next_action_url=row["next_action_url"],
        session_id=row["session_id"],
        resumes_as=State(row["resumes_as"]) if row["resumes_as"] else None,
    )


def of_entry(entry: Entry) -> dict[str, Value]:
    """Give a ledger entry's row."""
    return {**vars(entry), "account": str(entry.account)}


def entry(row: Row) -> Entry:
    """Read a ledger entry."""
    fields = {field.name: row[field.name] for field in dataclasses.fields(Entry)}
    return Entry(**{**fields, "account": Account(row["account"])})


def of_event(event: Event, merchant: str) -> dict[str, Value]:
    """Give an event's row as it is written: still to be published."""
    return {
        "payment_id": event.payment_id,
        "sequence": event.sequence,
        "id": event.id,
        "merchant": merchant,
        "kind": event.kind,
        "detail": _dump(event.detail),
        "operation_id": event.operation_id,
        "created_at_ms": event.created_at_ms,
        "unpublished_since_ms": event.created_at_ms,
    }


def event(row: Row) -> Event:
    """Read an event."""
    return Event(
        id=row["id"],
        payment_id=row["payment_id"],
        sequence=int(row["sequence"]),
        kind=row["kind"],
        detail=json.loads(row["detail"]),
        operation_id=row["operation_id"],
        created_at_ms=int(row["created_at_ms"]),
    )


def dump_answer(answer: Answer) -> str:
    """Write an answer as JSON: the payment as it was then, whatever becomes of it."""
    return _dump({"payment": of_payment(answer.payment), "declined": answer.declined})


def _load_answer(text: str) -> Answer:
    value = json.loads(text)
    return Answer(payment=payment(value["payment"]), declined=value["declined"])


def _dump_request(request: PaymentRequest) -> str:
    """Write a request as JSON without its card token, which has a column of its own, to be emptied."""
    return _dump(
        {
            **{name: value for name, value in vars(request).items() if name != "card_token"},
            "metadata": dict(request.metadata),
        }
    )


def _load_request(text: str, card_token: str | None) -> PaymentRequest:
    return PaymentRequest(card_token=card_token or "", **json.loads(text))


def _dump(value: Mapping[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
