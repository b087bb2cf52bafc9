"""The consumer's Lambda handler: follows the payments' events from the queue and notes them in each one's timeline."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tercet.payments.errors import MalformedEventError, StoreUnavailableError
from tercet.payments.events import FOLLOWING, SOURCE
from tercet.payments.logs import log
from tercet.payments.services import services
from tercet.payments.sessions import Sessions


def handler(event: Mapping[str, Any], _context: Any) -> dict[str, list[dict[str, str]]]:
    """Note every record of an SQS batch.

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
            _note(record, sessions)
        except (MalformedEventError, StoreUnavailableError) as error:
            log("event_not_noted", message_id=record["messageId"], cause=f"{type(error).__name__}: {error}")
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def _note(record: Mapping[str, Any], sessions: Sessions) -> None:
    kind, detail = _parse(record["body"])
    event_id, payment_id = _text(detail, "event_id", "evt_"), _text(detail, "payment_id", "pay_")
    noted = sessions.record(payment_id, event_id=event_id, kind=kind)
    # Not noted is no failure: it was noted before, or there is no session any more to note it in.
    log("event_noted" if noted else "event_passed_over", payment_id=payment_id, event_id=event_id, kind=kind)


def _parse(body: str) -> tuple[str, Mapping[str, Any]]:
    try:
        envelope = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedEventError("not JSON") from error
    if not isinstance(envelope, dict) or envelope.get("source") != SOURCE:
        raise MalformedEventError("not an event of the platform")
    kind, detail = envelope.get("detail-type"), envelope.get("detail")
    if kind not in FOLLOWING or not isinstance(detail, dict):
        raise MalformedEventError("not a kind of event that is followed")
    return str(kind), detail


def _text(detail: Mapping[str, Any], name: str, prefix: str) -> str:
    value = detail.get(name)
    if not isinstance(value, str) or not value.startswith(prefix) or len(value) > 100 or not value.isascii():
        raise MalformedEventError(f"no {name}")
    return value
