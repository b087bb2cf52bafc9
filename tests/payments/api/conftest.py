"""The API's handler over a real database of each kind, a sandbox acquirer and a table of sessions."""

from __future__ import annotations

import pytest

from tercet.payments.configuration import Configuration
from tercet.payments.metrics import Metrics
from tercet.payments.sessions import Sessions
from tests.payments.api.merchant import Parts, Platform
from tests.payments.events.conftest import TABLE, TTL_S, Table, clean_table, table
from tests.payments.world import World

__all__ = ["clean_table", "platform", "table"]


@pytest.fixture
def platform(world: World, table: Table, monkeypatch: pytest.MonkeyPatch) -> Platform:
    """What a merchant calls."""
    metrics = Metrics("test")
    sessions = Sessions(table.client, TABLE, ttl_s=TTL_S, now=lambda: world.clock() / 1000, sleep=lambda _seconds: None)
    parts = Parts(Configuration("test", "/tercet/test"), world.processor, world.store, sessions, metrics)
    monkeypatch.setattr("tercet.payments.handlers.api.services", lambda: parts)
    return Platform(world, parts)
