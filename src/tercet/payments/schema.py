"""Which schema this processor knows. It serves no other: what it does not know, it could only damage.

The schema says its own version, and the oldest processor that can still work with it. A migration that only adds keeps
the second number, so that the processors that are still running go on while the new ones come up.
"""

from __future__ import annotations

from typing import Final

from tercet.payments.database import Database, Statement
from tercet.payments.errors import RefusedError, SchemaError

KNOWN: Final = 1
"""The version of the schema that this processor was written for."""

_VERSION: Final = Statement("SELECT version, oldest_compatible FROM schema_version WHERE id = 1")


def require_known(database: Database) -> None:
    """Refuse a schema that this processor does not know; one round trip.

    Raises
    ------
    SchemaError
        There is none, or it is too old or too new.
    StoreUnavailableError
        The database does not answer.
    """
    try:
        rows = database.read(_VERSION)
    except RefusedError as error:
        raise SchemaError(
            "The database has no schema, or its user may not read it. Run the migration first."
        ) from error
    if not rows:
        raise SchemaError("The database's schema was begun, not completed. Run the migration again.")
    version, oldest_compatible = int(rows[0]["version"]), int(rows[0]["oldest_compatible"])
    if version < KNOWN:
        raise SchemaError(
            f"The database's schema is version {version}, and this processor needs {KNOWN}. Run its migration first."
        )
    if oldest_compatible > KNOWN:
        raise SchemaError(
            f"The database's schema is version {version}, which serves processors from {oldest_compatible} on; this one"
            f" knows {KNOWN}. Deploy a newer one."
        )
