"""What the tests of the processor share: a database of each kind, and a processor on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tercet.payments.database import Database
from tests.payments.fixtures_database import (
    _migrated_mariadb,
    _migrated_sqlite,
    database,
    database_url,
    mariadb,
    mariadb_url,
    sqlite_url,
)
from tests.payments.world import World

__all__ = [
    "_migrated_mariadb",
    "_migrated_sqlite",
    "database",
    "database_url",
    "mariadb",
    "mariadb_url",
    "sqlite_url",
    "world",
]


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    """A processor with everything real around it, on a database of each kind."""
    return World(database, tmp_path)
