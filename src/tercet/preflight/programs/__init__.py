"""Python programs: what Python, the bindings or Terraform would refuse, found without running anything."""

from __future__ import annotations

from tercet.preflight.programs.check import ProgramReport, check_programs
from tercet.preflight.programs.rules import PROGRAM_RULES

__all__ = ["PROGRAM_RULES", "ProgramReport", "check_programs"]
