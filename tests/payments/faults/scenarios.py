"""What is done to payments while something breaks: each operation of the platform once, with what must precede it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from tercet.payments.model import Kind, PaymentRequest
from tercet.payments.processor import Processor
from tests.payments.faults.callers import Intent, ask_until_answered
from tests.payments.oracle import Acknowledgement

AMOUNT: Final = 10_000


@dataclass(frozen=True, kw_only=True)
class Act:
    """One thing that is done to a payment.

    Parameters
    ----------
    token, capture
        Of a creation.
    """

    kind: Kind
    token: str = "tok_visa"
    capture: bool = True
    amount_minor: int | None = None
    final: bool = False

    def intent(self, merchant: str, name: str, payment_id: str) -> Intent:
        """Make it a merchant's intent."""
        request = None
        if self.kind is Kind.AUTHORIZE:
            request = PaymentRequest(amount_minor=AMOUNT, currency="EUR", card_token=self.token, capture=self.capture)
        return Intent(
            kind=self.kind,
            merchant=merchant,
            name=name,
            request=request,
            payment_id=payment_id,
            amount_minor=self.amount_minor,
            final=self.final,
        )


_CREATE = Act(kind=Kind.AUTHORIZE)
_AUTHORIZE = Act(kind=Kind.AUTHORIZE, capture=False)
_CAPTURE = Act(kind=Kind.CAPTURE)
_CAPTURE_PART = Act(kind=Kind.CAPTURE, amount_minor=4_000)
_DISPUTE = Act(kind=Kind.DISPUTE)

SCENARIOS: Final[Mapping[str, tuple[Act, ...]]] = {
    "create": (_CREATE,),
    "create, not captured": (_AUTHORIZE,),
    "create, declined": (Act(kind=Kind.AUTHORIZE, token="tok_insufficient_funds"),),
    "create, 3-D Secure": (Act(kind=Kind.AUTHORIZE, token="tok_3ds"),),
    "authenticate": (Act(kind=Kind.AUTHORIZE, token="tok_3ds"), Act(kind=Kind.AUTHENTICATE)),
    "capture": (_AUTHORIZE, _CAPTURE),
    "capture a part": (_AUTHORIZE, _CAPTURE_PART),
    "capture a second part": (_AUTHORIZE, _CAPTURE_PART, Act(kind=Kind.CAPTURE, amount_minor=3_000, final=True)),
    "refund": (_CREATE, Act(kind=Kind.REFUND)),
    "refund a part": (_CREATE, Act(kind=Kind.REFUND, amount_minor=2_500)),
    "void": (_AUTHORIZE, Act(kind=Kind.VOID)),
    "settle": (_CREATE, Act(kind=Kind.SETTLE)),
    "dispute": (Act(kind=Kind.AUTHORIZE, token="tok_disputed_lost"), _DISPUTE),
    "lose a dispute": (
        Act(kind=Kind.AUTHORIZE, token="tok_disputed_lost"),
        _DISPUTE,
        Act(kind=Kind.DISPUTE_LOST),
    ),
}
"""Name → what is done, the last of which is what breaks."""


def prepare(
    processor: Processor,
    scenario: str,
    merchant: str,
    answers: Callable[[Acknowledgement], None],
    *,
    between: Callable[[], None] = lambda: None,
) -> Intent:
    """Do all but the last act of a scenario, and give that one as an intent.

    Parameters
    ----------
    merchant
        One for each time that a scenario is played, so that its keys are its own.
    answers, between
        As for :func:`~tests.payments.faults.callers.ask_until_answered`.
    """
    payment_id = ""
    *before, last = SCENARIOS[scenario]
    for number, act in enumerate(before, start=1):
        intent = act.intent(merchant, f"act-{number}", payment_id)
        payment_id = ask_until_answered(processor, intent, answers, between=between).payment_id
    return last.intent(merchant, f"act-{len(before) + 1}", payment_id)
