"""What tells a human that payments are in trouble: alarms with a runbook, and one dashboard to look at first.

``metrics`` says what a metric is, ``sources`` which ones the platform's resources have, ``alarms`` and ``dashboard``
are tables over them, and ``construct`` makes the resources.
"""

from __future__ import annotations

from tercet.stack.monitoring.construct import Monitoring

__all__ = ["Monitoring"]
