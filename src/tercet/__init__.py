"""A payment platform for one AWS region that goes on taking payments when an availability zone is lost."""

from __future__ import annotations
