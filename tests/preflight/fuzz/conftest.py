"""``pytest tests/preflight/fuzz --hypothesis-profile=long`` tries a hundred times as many."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("long", max_examples=10_000)
