"""The infrastructure: one construct per concern, composed by :mod:`tercet.stack.payment_stack`."""

from __future__ import annotations
