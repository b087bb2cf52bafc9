"""Everything that one root module says, as resources and what they refer to."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from tercet.preflight.declarations import (
    Backend,
    Condition,
    ModuleCall,
    Provider,
    Refused,
    Requirement,
    Undeclared,
    Variable,
)
from tercet.preflight.graph import naming
from tercet.preflight.graph.resource import Resource
from tercet.preflight.values import Reference, Value, references_in

_LOCAL: Final = re.compile(r"(?:module\.[^.]+\.)*local\.")
_MOST_STEPS: Final = 4
"""Resources that one reference is followed through."""


@dataclass
class Graph:
    """Everything that one root module says, all modules at hand included.

    Parameters
    ----------
    kind
        ``json``, ``hcl`` or ``plan``: what it was read from.
    """

    kind: str = "hcl"
    resources: dict[str, Resource] = field(default_factory=dict)
    providers: list[Provider] = field(default_factory=list)
    backends: list[Backend] = field(default_factory=list)
    opaque_modules: list[ModuleCall] = field(default_factory=list)
    variables: list[Variable] = field(default_factory=list)
    outputs: dict[str, Value] = field(default_factory=dict)
    required_version: str | None = None
    required_providers: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    undeclared: list[Undeclared] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    requirements: list[Requirement] = field(default_factory=list)
    imported: set[str] = field(default_factory=set)
    """Addresses that exist already, because an ``import`` block says so."""
    regions: dict[str, Value] = field(default_factory=dict)
    """Address of a provider's configuration → its region."""
    stated_needs: dict[str, frozenset[str]] = field(default_factory=dict)
    """Address of a plan's resource → what its expressions refer to: the values that a plan holds do not show all of it.

    What stands in a local (``local.alarms``) leads on to what a plan does not say.
    """
    waits_of_outputs: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Address of what an output with ``depends_on`` gives → what whoever takes it from there waits for, too."""

    def of_type(self, *types: str) -> list[Resource]:
        """Return the managed resources of these types, in the order of the configuration."""
        return [resource for kind in types for resource in self._by_type.get(kind, ())]

    def data(self, *types: str) -> list[Resource]:
        """Return the data sources of these types."""
        return [resource for kind in types for resource in self._by_type.get(f"data.{kind}", ())]

    @property
    def managed(self) -> Iterator[Resource]:
        """Every managed resource."""
        return (resource for resource in self.resources.values() if resource.mode == "managed")

    def find(self, address: str) -> list[Resource]:
        """Return the resources at an address: one, or all instances where it ends with ``[*]`` or has no index."""
        if (exact := self.resources.get(address)) is not None:
            return [exact]
        base = address[:-3] if address.endswith("[*]") else address
        return self._by_block.get(base, [])

    def resolve(self, value: Value, types: Iterable[str] = ()) -> list[Resource]:
        """Return the resources, of these types or any, that a value refers to, or that a literal in it names."""
        wanted = set(types)
        found: dict[str, Resource] = {}
        for reference in references_in(value):
            for resource in self.named_by(reference):
                if not wanted or resource.type in wanted:
                    found[resource.address] = resource
        if not found and wanted:
            for literal in value if isinstance(value, list) else [value]:
                if isinstance(literal, str):
                    for resource in self._named(literal, wanted):
                        found[resource.address] = resource
        return list(found.values())

    def named_by(self, reference: Reference) -> list[Resource]:
        """Return the resources that a reference names.

        They are those at its address, and where its attribute is an argument that itself names another, those too:
        ``aws_s3_bucket_policy.a.bucket``, and its ``id``, name the bucket, and wait for the policy.
        """
        found: dict[str, Resource] = {}
        ahead = [reference]
        for _ in range(_MOST_STEPS):
            ahead = [further for one in ahead for further in self._passed_on(one, found)]
        return list(found.values())

    def _passed_on(self, reference: Reference, found: dict[str, Resource]) -> Iterator[Reference]:
        for resource in self.find(reference.address):
            if resource.address in found:
                continue
            found[resource.address] = resource
            if len(reference.path) == 1:
                value = resource.values.get(naming.argument_of(resource, reference.path[0]))
                if isinstance(value, Reference):
                    yield value

    def needs_of(self, resource: Resource) -> set[str]:
        """Return the addresses of what Terraform makes before a resource.

        They are what it refers to, what comes with that where an output waits, and what ``depends_on`` says.
        """
        needed = {reference.address for value in resource.values.values() for reference in references_in(value)}
        needed |= self.stated_needs.get(resource.address, frozenset())
        return needed.union(resource.depends_on, *(self.waits_of_outputs.get(address, ()) for address in needed))

    def may_need_more(self, resource: Resource) -> bool:
        """Tell whether a resource refers to something, in a plan, of which nothing says what it leads to."""
        return any(_LOCAL.match(address) for address in self.stated_needs.get(resource.address, ()))

    def referrers_of(self, resource: Resource) -> list[Resource]:
        """Return the resources that refer to this one."""
        found = {
            one.address: one
            for key in (resource.address, resource.block_address, resource.block_address + "[*]")
            for one in self._referrers.get(key, ())
        }
        return list(found.values())

    def opaque_uses(self, resource: Resource) -> bool:
        """Tell whether a module that is not at hand is given this resource."""
        keys = {resource.address, resource.block_address, resource.block_address + "[*]"}
        return bool(keys & self._given_away)

    @cached_property
    def _by_type(self) -> dict[str, list[Resource]]:
        index: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources.values():
            index[resource.type if resource.mode == "managed" else f"data.{resource.type}"].append(resource)
        return index

    @cached_property
    def _by_block(self) -> dict[str, list[Resource]]:
        index: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources.values():
            index[resource.block_address].append(resource)
        return index

    @cached_property
    def _referrers(self) -> dict[str, list[Resource]]:
        index: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources.values():
            addresses = dict.fromkeys(
                address
                for value in resource.values.values()
                for reference in references_in(value)
                for address in (reference.address, *(one.address for one in self.named_by(reference)[1:]))
            )
            for address in addresses:
                index[address].append(resource)
        return index

    @cached_property
    def _given_away(self) -> set[str]:
        return {
            reference.address
            for call in self.opaque_modules
            for value in call.values.values()
            for reference in references_in(value)
        }

    @cached_property
    def _names(self) -> dict[tuple[str, str], list[Resource]]:
        index: dict[tuple[str, str], list[Resource]] = defaultdict(list)
        for resource in self.managed:
            if (name := naming.name_of(resource)) is not None:
                index[resource.type, name].append(resource)
        return index

    def _named(self, literal: str, types: Iterable[str]) -> list[Resource]:
        names = (
            {literal, literal.rsplit(":", 1)[-1], literal.rsplit("/", 1)[-1]}
            if literal.startswith("arn:")
            else {literal}
        )
        return [resource for kind in types for name in names for resource in self._names.get((kind, name), ())]
