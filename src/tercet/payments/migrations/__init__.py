"""The database's schema, and how it gets from one version to the next: forward only, by Alembic.

A migration is a module in ``versions``, named ``v0002_what_it_does``, with ``revision = "0002"``. Four rules:

- Every statement can be repeated (``IF NOT EXISTS``, ``REPLACE``): MySQL commits each that defines something by itself,
  so a migration that is cut short is done again from its beginning.
- The last statement sets ``schema_version``. ``version`` is the migration's number, as is ``KNOWN`` in ``schema.py``;
  ``oldest_compatible`` is the oldest one whose processors can still work with the schema.
- The processors of the release before go on while and after it runs, and come back if the deployment is undone: what
  they use is taken away one release after the last that uses it.
- A table that payments log in for is named in ``grants.py``.

Only the function that a deployment runs imports this package; the others never load Alembic.
"""

from __future__ import annotations
