"""What numbers have functions for."""

from __future__ import annotations

import math
from typing import Any

from tercet.preflight.evaluation.functions.conversion import to_number
from tercet.preflight.values import Unknown, Value


def logarithm(number: Any, base: Any) -> Value:
    """Compute a logarithm."""
    number, base = to_number(number), to_number(base)
    made = math.log(number) / math.log(base)
    if abs(made - round(made)) > 1e-9:
        return made
    # Powers of two come out whole; of others the last digit may differ from Terraform's, and so what ceil() makes.
    return round(made) if base == 2 else Unknown("log() of this is computed only at apply")


def power(base: Any, power: Any) -> Value:
    """Compute a power: a whole number where it is one."""
    made = math.pow(to_number(base), to_number(power))
    return int(made) if made.is_integer() and abs(made) < 2**53 else made
