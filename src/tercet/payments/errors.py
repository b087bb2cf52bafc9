"""What can go wrong in the processor.

The workflow's state machine decides by the *names* of :class:`PaymentDeclined` and :class:`AcquirerUnavailable`; they
are part of its interface. No message here holds a card token, a card number or anything else that a caller sent.

::

    PaymentsError
    ├── ConfigurationError            the deployment is at fault
    │   └── SchemaError               the database's schema is not one that this processor knows
    ├── RequestError                  the caller's fault, with the answer it gets
    ├── PaymentNotFoundError          the merchant has none of this id
    ├── IllegalTransitionError        the payment's state, or what is left of its amount, does not allow it
    ├── PaymentBusyError              another operation on this payment is running, or its outcome is unknown
    ├── KeyInUseError                 the first request with this idempotency key is still running
    ├── KeyReusedError                this idempotency key was used for another request
    ├── SessionNotFoundError          the merchant has no session of this id
    ├── SessionInUseError             the session has been paid, or is being paid, by another payment
    ├── LedgerError                   entries that do not balance; nothing was written
    ├── PaymentDeclined               a final no, of the acquirer or of the risk check
    ├── AcquirerUnavailable           the acquirer did not answer; the outcome is unknown
    ├── StoreUnavailableError         a store did not answer, or refused for the moment
    │   └── CommitUnknownError        the connection ended while a transaction was being committed
    ├── RefusedError                  the database refuses a statement for what it says: a defect of ours
    ├── DuplicateError                a row with this key is there already; nothing was written
    ├── PublishError                  EventBridge did not answer as hoped; the events stay in the outbox
    └── MalformedEventError           a record that the consumer cannot read
"""

from __future__ import annotations

from collections.abc import Mapping


class PaymentsError(Exception):
    """Base of all errors of the processor."""


class ConfigurationError(PaymentsError):
    """An environment variable or parameter is missing or wrong: the deployment is at fault, repeating does not help."""


class SchemaError(ConfigurationError):
    """The database's schema is older than this processor needs, or too new for it. Nothing was read or written."""


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
    details
        Further members of the envelope.
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
        details: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.code = code
        self.param = param
        self.headers = dict(headers or {})
        self.details = dict(details or {})


class PaymentNotFoundError(PaymentsError):
    """The merchant has no payment of this id."""


class IllegalTransitionError(PaymentsError):
    """The payment does not allow the operation; nothing was changed.

    Parameters
    ----------
    code
        ``state_not_allowed``, ``amount_too_large``, ``nothing_left`` or ``elevated_risk``.
    """

    def __init__(self, message: str, code: str = "state_not_allowed") -> None:
        super().__init__(message)
        self.code = code


class PaymentBusyError(PaymentsError):
    """Another operation on this payment is running, or its outcome is unknown yet; nothing was changed."""


class KeyInUseError(PaymentsError):
    """The first request with this idempotency key is still running; nothing was changed."""


class KeyReusedError(PaymentsError):
    """The idempotency key was used for another request; nothing was changed."""


class SessionNotFoundError(PaymentsError):
    """The merchant has no session of this id."""


class SessionInUseError(PaymentsError):
    """Another payment has completed this session, or is about to; nothing was changed."""


class LedgerError(PaymentsError):
    """Entries that do not balance, or post nothing: a defect of ours. Nothing was written."""


class PaymentDeclined(PaymentsError):  # noqa: N818 - the state machine matches this name
    """The acquirer, or the risk check, said no for good.

    Parameters
    ----------
    code
        Why: a key of :data:`tercet.payments.model.FAILURES`.
    """

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class AcquirerUnavailable(PaymentsError):  # noqa: N818 - the state machine matches this name
    """The acquirer did not answer, or not usably. What it did is unknown until it is asked."""


class StoreUnavailableError(PaymentsError):
    """A database, Parameter Store or Secrets Manager did not answer, or refused for the moment.

    Whether something was written is said where it is raised; to repeat it with the same key is safe.
    """


class CommitUnknownError(StoreUnavailableError):
    """The connection ended while a transaction was being committed: look for what it would have written."""


class DuplicateError(PaymentsError):
    """A row with this key is there already, so the transaction was rolled back."""


class RefusedError(PaymentsError):
    """The database refuses a statement for what it says: a constraint that it violates, or its SQL. A defect of ours.

    Nothing was written, and repeating does not help. The message names the database's code; the database's own words,
    which may repeat a value, are in ``__cause__`` alone.
    """


class PublishError(PaymentsError):
    """EventBridge failed or did not answer. The events are still in the outbox."""


class MalformedEventError(PaymentsError):
    """A record is not an event of this platform."""
