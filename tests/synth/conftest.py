"""A MariaDB to migrate with what the zip holds."""

from __future__ import annotations

from tests.payments.fixtures_database import mariadb

__all__ = ["mariadb"]
