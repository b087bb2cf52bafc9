"""Rules of names and certificates: Route 53 and Certificate Manager."""

from __future__ import annotations
