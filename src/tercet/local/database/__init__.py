"""The database of an embedded deployment, in place of Aurora: gone with its session, unless the user brought one.

What is taken, the first that there is:

1. the one that ``TERCET_DATABASE_URL`` names, which belongs to the user and is left alone in the end;
2. a private MariaDB, if one is installed: it speaks Aurora's protocol, and its deadlocks and lock waits are real;
3. SQLite, which needs nothing, so that one command runs anywhere.
"""

from __future__ import annotations

from tercet.local.database.choice import VARIABLE, Database, check, serve

__all__ = ["VARIABLE", "Database", "check", "serve"]
