"""Python programs: what Python, the bindings or Terraform would refuse, found without running anything."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tercet.preflight.programs.rules import PROGRAM_RULES

if TYPE_CHECKING:
    from tercet.preflight.programs.check import ProgramReport

__all__ = ["PROGRAM_RULES", "check_programs"]


def check_programs(path: Path) -> ProgramReport:
    """Check a program, or those in a folder; see `tercet.preflight.programs.check.check_programs`."""
    # Imported when there may be a program: what reads them takes a fifth of a second.
    from tercet.preflight.programs.check import check_programs as check

    return check(path)
