"""What can go wrong in the processor.

The workflow's state machine decides by the *names* of :class:`PaymentDeclined` and :class:`AcquirerUnavailable`; they
are part of its interface. No message here holds a card token, a card number or anything else that a caller sent.

::

    PaymentsError
    ├── ConfigurationError       an environment variable is missing or wrong
    ├── RequestError             the caller's fault, with the answer it gets
    ├── PaymentNotFoundError     there is none of this id, or its session has expired
    ├── IllegalTransitionError   the payment's state does not allow the step
    ├── PaymentDeclined          the card network's final word; do not retry
    ├── AcquirerUnavailable      the card network did not answer; the outcome is unknown, repeat with the same payment
    ├── StoreUnavailableError    DynamoDB did not answer as hoped; whether it wrote is unknown
    ├── PublishError             EventBridge did not answer as hoped; the events stay in the outbox
    └── MalformedEventError      a record that the consumer cannot read
"""

from __future__ import annotations

from collections.abc import Mapping


class PaymentsError(Exception):
    """Base of all errors of the processor."""


class ConfigurationError(PaymentsError):
    """An environment variable is missing or wrong: the deployment is at fault, and repeating does not help."""


class RequestError(PaymentsError):
    """The request cannot be served as it is.

    Parameters
    ----------
    status
        HTTP status of the answer.
    kind
        ``error.type`` of the envelope: the class of error that a client's code branches on first.
    code
        ``error.code`` of the envelope: exactly one cause.
    param
        The field, header or parameter at fault.
    headers
        Headers that the answer carries beside the usual ones.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        kind: str = "invalid_request_error",
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.code = code
        self.param = param
        self.headers = dict(headers or {})


class PaymentNotFoundError(PaymentsError):
    """No payment of this id, or its session has expired."""


class IllegalTransitionError(PaymentsError):
    """The state that the payment is in does not allow the step; nothing was changed."""


class PaymentDeclined(PaymentsError):  # noqa: N818 - the state machine matches this name
    """The card network, or the risk check, said no for good.

    Parameters
    ----------
    code
        Which of the two: a key of :data:`tercet.payments.model.FAILURES`.
    """

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class AcquirerUnavailable(PaymentsError):  # noqa: N818 - the state machine matches this name
    """The card network did not answer. What it did is unknown: repeat, or void, under the same payment id."""


class StoreUnavailableError(PaymentsError):
    """DynamoDB failed or did not answer. A write may or may not have happened: repeat it, all writes are idempotent."""


class PublishError(PaymentsError):
    """EventBridge failed or did not answer. The events are still in the outbox."""


class MalformedEventError(PaymentsError):
    """A record is not an event of this platform."""
