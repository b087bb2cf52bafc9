"""How many examples are tried."""

from __future__ import annotations

from hypothesis import HealthCheck, settings


def trying(examples: int) -> settings:
    """Try so many examples, and in proportion more in a profile that tries more than Hypothesis does by itself."""
    return settings(
        max_examples=max(1, examples * settings.default.max_examples // 100),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
