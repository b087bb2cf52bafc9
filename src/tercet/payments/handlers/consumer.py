"""The consumer's Lambda handler: follows the payments' events from the queue and projects them onto the sessions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from tercet.payments.errors import MalformedEventError, StoreUnavailableError
from tercet.payments.logs import bound, log
from tercet.payments.model import SESSION_ID, State
from tercet.payments.publisher import SOURCE
from tercet.payments.services import services
from tercet.payments.sessions import Sessions

FOLLOWED: Final = (
    "payment.authorized",
    "payment.authenticated",
    "payment.captured",
    "payment.voided",
    "payment.failed",
)
"""The kinds of event that tell whether a session is paid. What becomes of the money afterwards does not open it again;
and while an outcome is unknown, what was known stands."""


def handler(event: Mapping[str, Any], _context: Any) -> dict[str, list[dict[str, str]]]:
    """Project every record of an SQS batch.

    Returns
    -------
    dict
        ``batchItemFailures``: the records that SQS must deliver again, and at last move to the dead-letter queue
        ("Implementing partial batch responses", AWS Lambda Developer Guide).
    """
    sessions = services().sessions
    failed: list[dict[str, str]] = []
    for record in event["Records"]:
        try:
            _project(record, sessions)
        except (MalformedEventError, StoreUnavailableError) as error:
            log("event_not_projected", message_id=record["messageId"], cause=f"{type(error).__name__}: {error}")
            failed.append({"itemIdentifier": record["messageId"]})
        except Exception as error:  # noqa: BLE001 - a defect with one record is no fault of the others
            # Not the message: it may repeat what somebody wrote.
            code = error.response["Error"]["Code"] if isinstance(error, ClientError) else None
            log("event_not_projected", message_id=record["messageId"], cause=type(error).__name__, code=code)
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def _project(record: Mapping[str, Any], sessions: Sessions) -> None:
    kind, detail = _parse(record["body"])
    correlation_id = _text(detail, "correlation_id")
    event_id, payment_id = _text(detail, "event_id", "evt_"), _text(detail, "payment_id", "pay_")
    session_id = detail.get("session_id")
    with bound(correlation_id=correlation_id, payment_id=payment_id, event_id=event_id, kind=kind):
        if session_id is None:
            log("event_passed_over")
            return
        if not isinstance(session_id, str) or not SESSION_ID.fullmatch(session_id):
            raise MalformedEventError("session_id is none")
        projected = sessions.project(
            session_id=session_id,
            merchant=_text(detail, "merchant"),
            event_id=event_id,
            payment_id=payment_id,
            sequence=_sequence(detail),
            state=_state(detail),
        )
        # Passed over is no failure: it came before, a later one did, or there is no session any more.
        log("event_projected" if projected else "event_passed_over", session_id=session_id)


def _parse(body: str) -> tuple[str, Mapping[str, Any]]:
    try:
        envelope = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedEventError("not JSON") from error
    if not isinstance(envelope, dict) or envelope.get("source") != SOURCE:
        raise MalformedEventError("not an event of the platform")
    kind, detail = envelope.get("detail-type"), envelope.get("detail")
    if kind not in FOLLOWED or not isinstance(detail, dict):
        raise MalformedEventError("not a kind of event that is followed")
    return str(kind), detail


def _text(detail: Mapping[str, Any], name: str, prefix: str = "") -> str:
    value = detail.get(name)
    if not isinstance(value, str) or not value.startswith(prefix) or not 0 < len(value) <= 128 or not value.isascii():
        raise MalformedEventError(f"no {name}")
    return value


def _sequence(detail: Mapping[str, Any]) -> int:
    value = detail.get("sequence")
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise MalformedEventError("no sequence")
    return value


def _state(detail: Mapping[str, Any]) -> State:
    try:
        return State(str(detail.get("state")))
    except ValueError as error:
        raise MalformedEventError("no state") from error
