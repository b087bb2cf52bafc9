"""What CDKTF's own bindings have and CDK Terrain's lack, for programs that are measured by the latter."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from typing import Any

from tercet.preflight.programs.bindings import BindingClass, Bindings


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    text = files("tercet.preflight.programs").joinpath("older_bindings.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


class Older:
    """Asks for the bindings of the generation that a program imports.

    Parameters
    ----------
    bindings
        The bindings that are installed.
    core
        What the program imports: ``cdktf`` or ``cdktn``.
    """

    def __init__(self, bindings: Bindings, core: str) -> None:
        aws = bindings.package("cdktf_cdktf_provider_aws")
        found = bindings.package("cdktf")
        self._is_provider_mapped = core == "cdktf" and aws is not None and aws[0].startswith("cdktn")
        self._is_core_mapped = core == "cdktf" and found is not None and found[0] == "cdktn"

    def knows_name(self, module: str, name: str) -> bool:
        """Whether an older provider has this module or, `name` given, this class in it."""
        if not self._is_provider_mapped or "provider_aws" not in module:
            return False
        last = module.rpartition(".")[2]
        return last in _data()["modules"] or name in _data()["names"].get(last, ())

    def has_otherwise(self, made: BindingClass, argument: str) -> bool:
        """Whether an older provider has this argument, and the newer one not, or of another type."""
        if not self._is_provider_mapped or not made.module.package.endswith("provider_aws"):
            return False
        return argument in _data()["arguments"].get(made.module.name, {}).get(made.name, ())

    def had_attribute(self, of: BindingClass, attribute: str) -> bool:
        """Whether an older provider has this attribute, and the newer one not, or of another type."""
        if not self._is_provider_mapped or not of.module.package.endswith("provider_aws"):
            return False
        return attribute in _data()["attributes"].get(of.module.name, {}).get(of.name, ())

    def lacks_name(self, package: str, name: str) -> bool:
        """Whether no version of CDKTF has this name, though CDK Terrain has it."""
        return self._is_core_mapped and package == "cdktn" and name in _data()["not_in_cdktf"]["names"]

    def lacks_argument(self, made: BindingClass, argument: str) -> bool:
        """Whether no version of CDKTF has this argument, though CDK Terrain has it."""
        if not self._is_core_mapped or made.module.package != "cdktn":
            return False
        return argument in _data()["not_in_cdktf"]["arguments"].get(made.name, ())
