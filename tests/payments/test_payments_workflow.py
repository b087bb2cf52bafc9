"""Steps move a payment along its states, once each, and say so in events."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tercet.payments import workflow
from tercet.payments.errors import (
    AcquirerUnavailable,
    IllegalTransitionError,
    PaymentDeclined,
    PaymentNotFoundError,
    PaymentsError,
)
from tercet.payments.model import TRANSITIONS, State, Step
from tercet.payments.services import services
from tests.payments.conftest import TTL_S


def kinds(platform) -> list[str]:
    return [event["detail-type"].removeprefix("payment.") for event in platform.published()]


def test_a_payment_goes_all_the_way(platform):
    payment_id = platform.pay().body["id"]
    assert platform.step("authorize", payment_id) == "authorized"
    assert platform.step("assess_risk", payment_id) == "authorized"
    assert platform.step("capture", payment_id) == "captured"
    assert platform.step("settle", payment_id) == "settled"
    assert platform.show(payment_id).body["state"] == "settled"
    assert "failure" not in platform.show(payment_id).body
    assert kinds(platform) == ["requested", "authorized", "captured", "settled"]


def test_the_card_token_is_gone_once_the_card_network_has_answered(platform):
    payment_id = platform.pay().body["id"]
    assert platform.items()[0]["card_token"]["S"] == "tok_visa"
    platform.step("authorize", payment_id)
    assert "card_token" not in platform.items()[0]


def test_repeating_any_step_changes_nothing(platform):
    payment_id = platform.pay().body["id"]
    for step in ("authorize", "assess_risk", "capture", "settle"):
        platform.step(step, payment_id)
        before, _ = platform.items(), platform.published()
        platform.step(step, payment_id)
        assert platform.items() == before
        assert platform.published() == []
    for step in ("authorize", "assess_risk", "capture"):
        assert platform.step(step, payment_id) == "settled"


def test_a_declined_card_fails_with_the_reason(platform):
    for token in ("tok_declined", "tok_unheard_of"):
        payment_id = platform.pay(card_token=token).body["id"]
        with pytest.raises(PaymentDeclined):
            platform.step("authorize", payment_id)
        assert platform.step("fail", payment_id) == "failed"
        assert platform.show(payment_id).body["failure"]["code"] == "card_declined"
    assert kinds(platform) == ["requested", "failed"] * 2


def test_a_risky_payment_is_never_captured_and_can_be_voided(platform):
    payment_id = platform.pay(card_token="tok_risky").body["id"]
    platform.step("authorize", payment_id)
    for step in ("assess_risk", "capture"):
        with pytest.raises(PaymentDeclined):
            platform.step(step, payment_id)
    assert platform.step("void", payment_id) == "voided"
    assert platform.show(payment_id).body["failure"]["code"] == "risk_check_failed"
    assert kinds(platform) == ["requested", "authorized", "voided"]


def test_an_acquirer_that_does_not_answer_leaves_the_payment_to_be_voided(platform):
    payment_id = platform.pay(card_token="tok_unavailable").body["id"]
    for _ in range(3):
        with pytest.raises(AcquirerUnavailable):
            platform.step("authorize", payment_id)
    assert platform.show(payment_id).body["state"] == "requested"
    assert platform.step("void", payment_id) == "voided"
    assert platform.show(payment_id).body["failure"]["code"] == "processing_failed"


def test_without_capture_a_payment_stays_authorized(platform):
    payment_id = platform.pay(capture=False).body["id"]
    for step in ("authorize", "assess_risk", "capture", "settle"):
        assert platform.step(step, payment_id) == "authorized"
    assert workflow.handler({"step": "authorize", "payment_id": payment_id}, None)["capture"] is False
    assert kinds(platform) == ["requested", "authorized"]


@pytest.mark.parametrize(
    ("steps", "may_expire"),
    [
        ((), False),
        (("authorize",), False),
        (("authorize", "capture"), False),
        (("authorize", "capture", "settle"), True),
        (("void",), True),
        (("fail",), True),
    ],
)
def test_a_payment_can_only_expire_at_its_end_and_once_its_events_are_published(platform, bus_down, steps, may_expire):
    payment_id = platform.pay().body["id"]
    for step in steps:
        platform.step(step, payment_id)
    assert platform.expires_in_s(payment_id) is None
    bus_down()
    platform.age_outbox(payment_id)
    assert platform.sweep() == {"published": 1, "left": 0}
    left_s = platform.expires_in_s(payment_id)
    assert (left_s is not None) is may_expire
    assert left_s is None or abs(left_s - TTL_S) < 60


def test_a_payment_that_moves_again_does_not_expire_before_it_is_done(platform, monkeypatch):
    payment_id = platform.pay(capture=False, card_token="tok_risky").body["id"]
    platform.step("authorize", payment_id)
    assert platform.expires_in_s(payment_id) is not None  # nothing is to be captured: this may be the end
    with monkeypatch.context() as down:
        down.setattr(services().publisher._client, "put_events", lambda **_: {"Entries": [{"ErrorCode": "x"}]})
        platform.step("void", payment_id)
    assert platform.expires_in_s(payment_id) is None
    platform.age_outbox(payment_id)
    platform.sweep()
    assert platform.expires_in_s(payment_id) is not None


REACHED_BY = {
    State.REQUESTED: (),
    State.AUTHORIZED: ("authorize",),
    State.CAPTURED: ("authorize", "capture"),
    State.SETTLED: ("authorize", "capture", "settle"),
    State.VOIDED: ("void",),
    State.FAILED: ("fail",),
}
ILLEGAL = [
    (state, step)
    for state in State
    for step in Step
    if state not in TRANSITIONS[step].sources and state not in TRANSITIONS[step].done
]


def test_the_table_of_transitions_says_what_it_should():
    assert {(str(a), str(b)) for a, b in ILLEGAL} == {
        ("requested", "assess_risk"),
        ("requested", "capture"),
        ("requested", "settle"),
        ("authorized", "settle"),
        ("authorized", "fail"),
        ("captured", "void"),
        ("captured", "fail"),
        ("settled", "void"),
        ("settled", "fail"),
        *((end, step) for end in ("voided", "failed") for step in ("authorize", "assess_risk", "capture", "settle")),
    }


@pytest.mark.parametrize(("state", "step"), ILLEGAL, ids=str)
def test_an_illegal_step_changes_nothing(platform, state, step):
    payment_id = platform.pay().body["id"]
    for each in REACHED_BY[state]:
        platform.step(each, payment_id)
    before, _ = platform.items(), platform.published()
    with pytest.raises(IllegalTransitionError):
        platform.step(step, payment_id)
    assert platform.items() == before
    assert platform.published() == []


def test_of_two_steps_at_once_one_wins_and_the_payment_has_one_story(platform):
    payment_id = platform.pay().body["id"]
    platform.published()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: platform.step("authorize", payment_id), range(8)))
    assert set(answers) == {"authorized"}
    # Published at least once: who lost may publish what the winner wrote. But it is one and the same event.
    assert len({event["detail"]["event_id"] for event in platform.published()}) == 1


def test_a_step_that_lost_against_another_does_not_undo_it(platform, monkeypatch):
    payment_id = platform.pay().body["id"]
    sandbox = services().acquirer

    def voided_meanwhile(*args, **kwargs):
        platform.step("void", payment_id)
        return type(sandbox).authorize(sandbox, *args, **kwargs)

    monkeypatch.setattr(sandbox, "authorize", voided_meanwhile, raising=False)
    with pytest.raises(IllegalTransitionError):
        platform.step("authorize", payment_id)
    assert platform.show(payment_id).body["state"] == "voided"


def test_a_crash_after_the_card_networks_answer_is_cured_by_repeating(platform, monkeypatch):
    payment_id = platform.pay().body["id"]
    client = services().sessions._client
    with monkeypatch.context() as crash:
        crash.setattr(client, "update_item", lambda **_: (_ for _ in ()).throw(MemoryError))
        with pytest.raises(MemoryError):
            platform.step("authorize", payment_id)
    assert platform.step("authorize", payment_id) == "authorized"


@pytest.mark.parametrize(
    "event", [{}, {"step": "steal", "payment_id": "x"}, {"step": "void"}, {"step": "void", "payment_id": 1}]
)
def test_a_wrong_input_names_the_state_machine(platform, event):
    with pytest.raises(PaymentsError, match="state machine"):
        workflow.handler(event, None)


def test_an_unknown_or_expired_payment_is_not_found(platform):
    payment_id = platform.pay().body["id"]
    platform.step("fail", payment_id)
    platform.expire(payment_id)
    for each in (payment_id, "pay_" + "a" * 40):
        with pytest.raises(PaymentNotFoundError):
            platform.step("authorize", each)
