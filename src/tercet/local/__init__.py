"""The embedded AWS: the whole platform on one machine, deployed by real Terraform, taking real requests."""

from __future__ import annotations
