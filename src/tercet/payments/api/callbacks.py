"""The acquirer's notifications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tercet.payments.api import bodies
from tercet.payments.api.exchange import Request, Response
from tercet.payments.errors import AcquirerUnavailable, PaymentBusyError

if TYPE_CHECKING:
    from tercet.payments.services import Services


def receive(request: Request, services: Services) -> Response:
    """Look into what the acquirer says has happened; what cannot be done now is to be sent again."""
    said = bodies.notification(request)
    try:
        services.processor.notify(request.caller, said.payment_id, said.kind)
    except PaymentBusyError as error:
        # To a merchant this is a conflict. The acquirer has no choice to make: it sends it again.
        raise AcquirerUnavailable(str(error)) from error
    return Response(202, {"received": True})
