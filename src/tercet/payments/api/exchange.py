"""A request and a response of the API, as the operations know them: nothing of API Gateway's event is left in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tercet.payments.deadline import Deadline
from tercet.payments.processor import Caller


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a caller asks for.

    Parameters
    ----------
    request_id
        Identifier of the request: the correlation id of all that it causes.
    merchant
        Who asks, from a verified access token; empty where an operation needs no token.
    deadline
        By when the acquirer must have answered.
    path, query
        Parameters by name. The document knows no query parameter that is given twice.
    headers
        Name in lower case → values.
    body
        As API Gateway passes it on; ``None`` if there is none.
    is_base64
        Whether the body is encoded so.
    """

    request_id: str
    merchant: str
    deadline: Deadline
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    body: str | None = None
    is_base64: bool = False

    @property
    def caller(self) -> Caller:
        """The request as the processor knows it."""
        return Caller(merchant=self.merchant, correlation_id=self.request_id, deadline=self.deadline)


@dataclass(frozen=True)
class Response:
    """What the caller gets.

    Parameters
    ----------
    body
        JSON values only.
    headers
        Beside those that every response has.
    """

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
