"""What happens to payments when things break: each fault with a count, and each with a guard removed to see it fail."""

from __future__ import annotations
