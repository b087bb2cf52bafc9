"""The faults again and again, with many rounds, for as long as is wanted.

``python -m tests.payments.faults.soak --minutes 30`` ends with the first failure, or when the time is up. What follows
``--`` goes to pytest: ``-- -k deadlock`` plays one fault only.
"""

from __future__ import annotations

import argparse
import sys
import time

import pytest

from tests.payments.faults import knobs

PLAYED = ("tests/payments/faults", "tests/payments/test_stateful.py")


def main() -> int:
    """Play until the time is up; gives the exit code of the run that failed, or 0."""
    parser = argparse.ArgumentParser(prog="soak", description="Plays the faults again and again.")
    parser.add_argument("--minutes", type=float, default=30.0, help="no further run begins after these")
    parser.add_argument("pytest", nargs="*", help="arguments for pytest, after --")
    arguments = parser.parse_args()
    knobs.chosen = knobs.SOAK
    end = time.monotonic() + arguments.minutes * 60
    runs = 0
    while not runs or time.monotonic() < end:
        runs += 1
        sys.stdout.write(f"run {runs}\n")
        if code := pytest.main(["-q", "-x", *PLAYED, *arguments.pytest]):
            return int(code)
    sys.stdout.write(f"{runs} runs, nothing lost, nothing doubled\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
