"""How often each fault is played: few rounds for every run of the tests, many for a soak.

``python -m tests.payments.faults.soak --minutes 30`` plays the same tests with :data:`SOAK`, again and again. Nothing
else changes between the two, and no environment variable is read.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Knobs:
    """Rounds and sizes.

    Parameters
    ----------
    database_kills
        How often the server is killed during a COMMIT.
    callers
        How many callers share a key.
    same_key_rounds
        How many keys they share, one after the other.
    storm_threads, storm_operations
        How many threads storm a hot merchant, and how much each of them does.
    delivery_orders
        In how many orders the same events are delivered.
    skew_rounds
        How many payments are made by processors whose clocks disagree.
    examples, steps
        How many sequences of operations are tried, and how long the longest is.
    server_examples
        How many of them on a database server.
    """

    database_kills: int
    callers: int = 50
    same_key_rounds: int
    storm_threads: int
    storm_operations: int
    delivery_orders: int
    skew_rounds: int
    examples: int
    steps: int
    server_examples: int


QUICK = Knobs(
    database_kills=10,
    same_key_rounds=3,
    storm_threads=12,
    storm_operations=12,
    delivery_orders=8,
    skew_rounds=6,
    examples=200,
    steps=30,
    server_examples=30,
)
"""For `make test`."""

SOAK = Knobs(
    database_kills=60,
    same_key_rounds=30,
    storm_threads=24,
    storm_operations=100,
    delivery_orders=500,
    skew_rounds=60,
    examples=1500,
    steps=60,
    server_examples=200,
)
"""For an hour in which nobody waits."""

chosen = QUICK
"""What the tests play. The soak sets it before it starts them, in the same process."""
