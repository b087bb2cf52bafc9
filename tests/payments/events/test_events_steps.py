"""Steps move a payment on, once each, and tell the state machine where to go."""

from __future__ import annotations

import json

import pytest

from tercet.payments.errors import AcquirerUnavailable, PaymentDeclined, PaymentNotFoundError, PaymentsError
from tercet.payments.handlers import steps
from tercet.payments.model import State
from tests.payments.events.invocations import Context, Platform


@pytest.fixture
def step(world, monkeypatch):
    platform = Platform(world)
    monkeypatch.setattr(steps, "services", platform.services)

    def run(name, payment_id, **more):
        answer = steps.handler({"step": name, "payment_id": payment_id, **more}, Context(25_000))
        assert answer.pop("payment_id") == payment_id
        return answer

    run.lines = platform.lines
    return run


def test_what_the_acquirer_did_not_capture_is_captured_and_settled(world, step):
    payment = world.create(token="tok_3ds").answer.payment
    assert step("authorize", payment.id) == {"state": "requires_action", "capture": False, "settle": False}
    world.processor.notify(world.caller(), payment.id, steps.Kind.AUTHENTICATE)
    payment_id = payment.id
    assert step("authorize", payment_id) == {"state": "authorized", "capture": True, "settle": False}
    assert step("assess_risk", payment_id) == {"state": "authorized", "capture": True, "settle": False}
    assert step("capture", payment_id) == {"state": "captured", "capture": False, "settle": True}
    assert step("settle", payment_id) == {"state": "captured", "capture": False, "settle": False}
    before = world.store.payment(payment_id)
    for name in ("authorize", "assess_risk", "capture", "settle", "void"):
        assert step(name, payment_id) == {"state": "captured", "capture": False, "settle": False}
    assert world.store.payment(payment_id) == before


def test_without_the_merchants_wish_nothing_is_captured(world, step):
    payment_id = world.create(capture=False).answer.payment.id
    for name in ("authorize", "assess_risk", "capture", "settle"):
        assert step(name, payment_id) == {"state": "authorized", "capture": False, "settle": False}


def test_what_was_captured_in_part_is_settled_in_part(world, step):
    payment_id = world.create(capture=False).answer.payment.id
    world.processor.capture(world.caller(), world.key(), payment_id, amount_minor=300)
    assert step("authorize", payment_id) == {"state": "partially_captured", "capture": False, "settle": True}
    assert step("settle", payment_id)["settle"] is False
    assert world.store.payment(payment_id).settled_minor == 300
    world.processor.capture(world.caller(), world.key(), payment_id)
    assert step("assess_risk", payment_id) == {"state": "captured", "capture": False, "settle": True}


def test_a_declined_payment_ends_the_workflow(world, step):
    payment_id = world.create(token="tok_declined").answer.payment.id
    with pytest.raises(PaymentDeclined):
        step("authorize", payment_id)


def test_a_risky_payment_is_voided(world, step):
    payment_id = world.create(token="tok_risky").answer.payment.id
    assert step("authorize", payment_id)["state"] == "authorized"
    for name in ("assess_risk", "capture"):
        with pytest.raises(PaymentDeclined):
            step(name, payment_id)
    assert step("void", payment_id) == {"state": "voided", "capture": False, "settle": False}
    assert world.store.payment(payment_id).failure_code == "risk_check_failed"


def test_an_acquirer_that_does_not_answer_is_to_be_asked_again(world, step):
    payment_id = world.create(token="tok_unreachable_once").answer.payment.id
    assert world.store.payment(payment_id).state is State.UNKNOWN
    with pytest.raises(AcquirerUnavailable):
        step("authorize", payment_id)
    world.clock.shift_ms += 60_000
    with pytest.raises(AcquirerUnavailable):
        step("authorize", payment_id)
    assert world.resolve_all() == 1  # the sweeper's doing: what it publishes may start the workflow
    assert step("authorize", payment_id)["state"] == "captured"


def test_an_unknown_payment_is_not_found(step):
    with pytest.raises(PaymentNotFoundError):
        step("authorize", "pay_0")


def test_the_correlation_id_goes_all_the_way(world, step, capsys):
    payment_id = world.create(token="tok_capture_timeout").answer.payment.id
    capsys.readouterr()
    step("capture", payment_id, correlation_id="request-of-old")
    step("settle", payment_id)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    ends = [line for line in lines if line["event"] == "step_done"]
    assert [(line["correlation_id"], line["step"]) for line in ends] == [
        ("request-of-old", "capture"),
        (Context.aws_request_id, "settle"),
    ]
    correlations = [event.detail["correlation_id"] for event in world.store.events("acme", payment_id, limit=99)]
    assert correlations[-2:] == ["request-of-old", Context.aws_request_id]


def test_a_step_that_fails_says_so_and_writes_its_metrics(world, step, capsys, monkeypatch):
    payment_id = world.create(token="tok_declined").answer.payment.id
    flushed = []
    monkeypatch.setattr("tercet.payments.metrics.Metrics.flush", lambda self: flushed.append(1))
    capsys.readouterr()
    with pytest.raises(PaymentDeclined):
        step("authorize", payment_id)
    (line,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (line["event"], line["cause"], line["payment_id"]) == ("step_failed", "PaymentDeclined", payment_id)
    assert flushed == [1]


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"step": "steal", "payment_id": "pay_1"},
        {"step": ["void"], "payment_id": "pay_1"},
        {"step": "void"},
        {"step": "void", "payment_id": 1},
        {"step": "void", "payment_id": ""},
        {"step": "void", "payment_id": "p" * 81},
        {"step": "void", "payment_id": "pay_1", "correlation_id": "a\nb"},
        {"step": "void", "payment_id": "pay_1", "correlation_id": {}, "x": 1} | {"correlation_id": [1]},
    ],
)
def test_a_wrong_input_names_the_state_machine(event):
    with pytest.raises(PaymentsError, match="state machine"):
        steps.handler(event, Context())


def test_the_names_that_the_state_machine_matches():
    assert (PaymentDeclined.__name__, AcquirerUnavailable.__name__) == ("PaymentDeclined", "AcquirerUnavailable")
