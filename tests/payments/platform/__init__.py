"""What the deployment tells the processor, and what the stack and the processor must agree on."""

from __future__ import annotations
