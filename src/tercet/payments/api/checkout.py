"""The operations on checkout sessions.

A session's item learns of its payment from events, which come a moment later. A merchant that has just been told that
its payment was made must not read that the session is open: so the database is asked whenever the item says so.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from tercet.payments.api import bodies, parameters, presentation
from tercet.payments.api.exchange import Request, Response
from tercet.payments.errors import IllegalTransitionError, SessionNotFoundError
from tercet.payments.model import UNPAID

if TYPE_CHECKING:
    from tercet.payments.services import Services
    from tercet.payments.sessions import Session
    from tercet.payments.store import Store

# Of `sessions`, only what a call needs is imported by it: it brings boto3 with it, which most operations do without.


def create(request: Request, services: Services) -> Response:
    """Open a session."""
    key = parameters.idempotency_key(request)
    wanted = bodies.session_request(request)
    asked = json.dumps({"object": "session", **asdict(wanted)}, sort_keys=True, separators=(",", ":"))
    fingerprint = hashlib.sha256(asked.encode()).hexdigest()
    made, is_replay = services.sessions.create(request.merchant, key, fingerprint, wanted)
    return _response(made, 201, is_replay=is_replay)


def retrieve(request: Request, services: Services) -> Response:
    """Give a session as it is now."""
    session = services.sessions.get(request.merchant, parameters.session_id(request))
    return _response(_as_paid(session, services.store), 200)


def expire(request: Request, services: Services) -> Response:
    """End a session before its time."""
    session_id = parameters.session_id(request)
    key = parameters.idempotency_key(request)
    bodies.empty(request)
    _refuse_paid(request.merchant, session_id, services)
    ended, is_replay = services.sessions.expire(request.merchant, key, session_id)
    return _response(ended, 200, is_replay=is_replay)


def _response(session: Session, status: int, *, is_replay: bool = False) -> Response:
    return Response(status, presentation.session(session), {"Idempotent-Replayed": "true"} if is_replay else {})


def _as_paid(session: Session, store: Store) -> Session:
    """Give a session as complete if the database says so."""
    from tercet.payments.sessions import SessionStatus

    if session.status is SessionStatus.COMPLETE:
        return session
    operation = store.operation_of_session(session.merchant, session.id)
    payment = store.payment(operation.payment_id) if operation else None
    # While a refund is unknown, the payment has been made none the less.
    if payment is None or (payment.resumes_as or payment.state) in UNPAID:
        return session
    return replace(session, status=SessionStatus.COMPLETE, payment_id=payment.id)


def _refuse_paid(merchant: str, session_id: str, services: Services) -> None:
    """Refuse to end a session that is open, as far as its item knows, but was paid a moment ago.

    One that was ended is left to the table: it may have been by this very key.
    """
    from tercet.payments.sessions import SessionStatus

    try:
        session = services.sessions.get(merchant, session_id)
    except SessionNotFoundError:
        return
    if session.status is SessionStatus.OPEN and _as_paid(session, services.store) is not session:
        raise IllegalTransitionError("The session is complete, which does not allow `expire`.")
