"""Rules of Terraform itself: state, providers, versions, references, variables."""

from __future__ import annotations
