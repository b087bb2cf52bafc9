"""Whether a secret would take its own name away from its successor."""

from __future__ import annotations

from typing import Final

from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.values import Template, references_in

DEFAULT_DAYS: Final = 30
_GENERATORS: Final = ("random_id", "random_pet", "random_string", "random_uuid", "time_static", "terraform_data")


def is_fixed(secret: Resource) -> bool:
    """Tell whether a secret has the same name each time that it is made.

    Raises
    ------
    Undecidable
        It depends on something that is not known.
    """
    name = secret.value("name")
    if name in (None, ""):
        return False
    if isinstance(name, str):
        return True
    if any(_is_generated(reference.address) for reference in references_in(name)):
        return False
    if isinstance(name, Template) and not references_in(name):
        return True  # a variable in it is the same for the same environment
    raise Undecidable("name", "whether the name is the same each time is not known")


def _is_generated(address: str) -> bool:
    return any(f"{generator}." in address for generator in _GENERATORS)
