"""Rules of web access control lists: AWS WAF."""

from __future__ import annotations
