"""Compares a call of a module with the module that is called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.declarations import Refused
from tercet.preflight.syntax.tree import BlockSyntax, ModuleSyntax

META: Final = frozenset(("source", "version", "providers", "depends_on", "count", "for_each", "lifecycle"))
_REPEATING: Final = frozenset(("depends_on", "count", "for_each"))


def is_repeating(call: BlockSyntax) -> bool:
    """Tell whether the call has what a module with providers of its own may not be called with."""
    return bool(_REPEATING & call.body.attributes.keys())


def refused_in_call(call: BlockSyntax, called: ModuleSyntax, address: str, *, repeated: bool) -> Iterator[Refused]:
    """Tell what Terraform refuses of a call.

    Parameters
    ----------
    call, called
        The call, and what the called module's files declare.
    address
        Of the call: ``module.a``.
    repeated
        Whether it, or a call around it, has ``count``, ``for_each`` or ``depends_on``.
    """
    if not called.is_whole:
        return
    variables = {block.labels[0]: block for block in called.of_type("variable") if block.labels}
    given = call.body.attributes.keys() - META
    for name, block in variables.items():
        if name not in given and "default" not in block.body.attributes:
            yield Refused("module-argument-missing", address, name, source=call.source)
    for name in call.body.attributes:
        if name in given and name not in variables:
            yield Refused("module-argument-unknown", address, name, source=call.source)
    if repeated:
        for block in called.of_type("provider"):
            if block.body.blocks or block.body.attributes.keys() - {"alias", "version"}:
                yield Refused("module-provider", address, ".".join(block.labels), source=call.source)
