"""The preflight: finds in anybody's Terraform what would fail on deploy, or fall with an availability zone.

::

    loading ─► syntax ─► evaluation ─┐
       └─────► plan ─────────────────┴─► graph ─► rules (asked by engine) ─► findings ─► suppressions ─► reporting
                                          └─────► zones

`check` is what programs call. A stack that accepts a finding imports `accept` and nothing more.
"""

from __future__ import annotations

from tercet.preflight.accepting import accept

__all__ = ["accept"]
