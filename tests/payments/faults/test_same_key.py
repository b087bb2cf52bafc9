"""Fifty concurrent callers with one key; and the same key with different bodies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tercet.payments.database.opening import open_database
from tercet.payments.errors import KeyInUseError, KeyReusedError
from tercet.payments.model import PaymentRequest
from tests.payments.faults import knobs
from tests.payments.faults.callers import Intent
from tests.payments.faults.crowd import at_once, in_processes, told
from tests.payments.faults.room import Room
from tests.payments.faults.scenarios import SCENARIOS, prepare
from tests.payments.faults.unguarded import PARTS
from tests.payments.oracle import Acknowledgement, Verdict

PROCESSES = 2


def test_threads_get_one_answer_and_one_effect(database_url: str, tmp_path: Path) -> None:
    room = Room(open_database(database_url), tmp_path)
    for number in range(knobs.chosen.same_key_rounds):
        for scenario in ("create", "capture a part", "refund a part"):
            intent = prepare(room.processor, scenario, f"merchant-{number}-{scenario}", room.answers.note)
            crowd = at_once([partial(told, room, intent)] * knobs.chosen.callers)
            _expect_one(crowd, room, intent)
    _judge(room).assert_sound()


def test_processes_get_one_answer_and_one_effect(database_url: str, tmp_path: Path) -> None:
    room = Room(open_database(database_url), tmp_path)
    intent = prepare(room.processor, "create", "acme", room.answers.note)
    outcomes = Counter(in_processes(database_url, tmp_path, [intent] * knobs.chosen.callers, PROCESSES))
    assert outcomes["answer"] >= 1
    assert outcomes["answer"] + outcomes["KeyInUseError"] == knobs.chosen.callers == 50
    verdict = _judge(room)
    verdict.assert_sound()
    assert (verdict.payments, verdict.effects) == (1, 1)


def test_one_of_different_bodies_wins(database_url: str, tmp_path: Path) -> None:
    room = Room(open_database(database_url), tmp_path)
    for number in range(knobs.chosen.same_key_rounds):
        intents = _different_bodies(f"merchant-{number}")
        crowd = at_once([partial(told, room, intent) for intent in intents])
        assert Counter(map(type, crowd)) == {Acknowledgement: 1, KeyReusedError: knobs.chosen.callers - 1}
    verdict = _judge(room)
    verdict.assert_sound()
    assert verdict.payments == verdict.effects == knobs.chosen.same_key_rounds


def test_one_of_different_bodies_wins_among_processes(database_url: str, tmp_path: Path) -> None:
    outcomes = Counter(in_processes(database_url, tmp_path, _different_bodies("acme"), PROCESSES))
    assert outcomes == {"answer": 1, "KeyReusedError": knobs.chosen.callers - 1}
    verdict = _judge(Room(open_database(database_url), tmp_path))
    verdict.assert_sound()
    assert (verdict.payments, verdict.effects) == (1, 1)


def test_a_missing_key_is_noticed(sqlite_url: str, tmp_path: Path) -> None:
    room = Room(open_database(sqlite_url), tmp_path, parts=PARTS["no unique key"])
    intent = prepare(room.processor, "create", "acme", room.answers.note)
    at_once([lambda: told(room, intent)] * 5)
    verdict = _judge(room)
    assert {"doubled", "contradicted"} <= verdict.violations.keys(), str(verdict)


def test_a_missing_comparison_is_noticed(sqlite_url: str, tmp_path: Path) -> None:
    room = Room(open_database(sqlite_url), tmp_path, parts=PARTS["no comparison"])
    crowd = [told(room, intent) for intent in _different_bodies("acme")]
    with pytest.raises(AssertionError):
        assert Counter(map(type, crowd))[Acknowledgement] == 1


def _different_bodies(merchant: str) -> list[Intent]:
    intent = SCENARIOS["create"][0].intent(merchant, "act-1", "")
    return [
        replace(intent, request=PaymentRequest(amount_minor=1_000 + number, currency="EUR", card_token="tok_visa"))
        for number in range(knobs.chosen.callers)
    ]


def _expect_one(crowd: Sequence[object], room: Room, intent: Intent) -> None:
    """Everybody got the same answer, or was told that the first request is still running; then all get the answer."""
    answers = [each for each in crowd if isinstance(each, Acknowledgement)]
    others = [each for each in crowd if not isinstance(each, Acknowledgement)]
    assert answers
    assert len(set(answers)) == 1
    assert {type(each) for each in others} <= {KeyInUseError}, others
    assert told(room, intent) == answers[0]
    _expect_effects(room, intent, answers[0].payment_id)


def _expect_effects(room: Room, intent: Intent, payment_id: str) -> None:
    done = [each for each in room.journal.records() if each.payment_id == payment_id and each.is_effect]
    assert Counter(each.kind for each in done)[intent.kind] == 1


def _judge(room: Room) -> Verdict:
    room.recover()
    assert room.judge_bus() == []
    return room.judge()
