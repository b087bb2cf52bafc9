"""The operations on a merchant's accounts in the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tercet.payments.api import parameters, presentation
from tercet.payments.api.exchange import Request, Response

if TYPE_CHECKING:
    from tercet.payments.services import Services


def entries(request: Request, services: Services) -> Response:
    """Give a page of an account's entries, the newest first."""
    account, limit = parameters.account(request), parameters.limit(request)
    before = parameters.after_entry(request)
    found = services.store.entries(request.merchant, account, limit=limit + 1, before=before)
    return Response(200, presentation.page(found, limit, presentation.entry))


def balances(request: Request, services: Services) -> Response:
    """Give an account's balances, one per currency that it ever had an entry in."""
    account = parameters.account(request)
    sums = services.store.balances(request.merchant, account)
    data = [presentation.balance(account, currency, sum_minor) for currency, sum_minor in sums.items()]
    return Response(200, presentation.listing(data, has_more=False))
