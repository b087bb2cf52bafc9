"""Rules that hold only under a stated intent."""

from __future__ import annotations
