"""Rules of content delivery: CloudFront."""

from __future__ import annotations
