"""Reads a plan's document: resources, providers, variables."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from tercet.errors import PreflightError
from tercet.preflight.declarations import ModuleCall, Provider, Variable
from tercet.preflight.findings import Source
from tercet.preflight.graph import Graph, Resource
from tercet.preflight.knowledge.schema import schema_of
from tercet.preflight.plan.expressions import Place, needs_in, waits_of, without_indexes
from tercet.preflight.plan.filling import Filler
from tercet.preflight.values import Reference, Unknown, Value

_GONE: Final = (["delete"], ["forget"])
_REGION: Final = re.compile(r"[a-z]{2}(-[a-z]+)+-\d+")
_PARTS: Final = ("planned_values", "resource_changes", "configuration")
"""What a plan holds and a state does not; a plan without resources lacks the first two."""


def is_plan(document: Any, file: str) -> bool:
    """Tell whether a JSON document is a plan.

    Raises
    ------
    PreflightError
        It is a state: what stands already is not what a configuration says.
    """
    if not isinstance(document, dict):
        return False
    shown = isinstance(document.get("format_version"), str)
    if shown and any(part in document for part in _PARTS):
        return True
    if shown or ("lineage" in document and "serial" in document):
        raise PreflightError(
            f"{file} is a state, and no plan. Give the configuration, or a plan: `terraform plan -out=FILE`, then "
            "`terraform show -json FILE`."
        )
    return False


def graph_of(document: Mapping[str, Any], file: str) -> Graph:
    """Make a graph of a plan.

    Raises
    ------
    PreflightError
        It has not the shape of a plan.
    """
    try:
        return _Plan(document, file).read()
    except (AttributeError, TypeError, KeyError, ValueError, IndexError) as error:
        raise PreflightError(f"{file} says that it is a plan, and has not its shape: {error!r}.") from error
    except RecursionError as error:
        raise PreflightError(f"{file} is nested too deeply.") from error


class _Plan:
    def __init__(self, document: Mapping[str, Any], file: str) -> None:
        self.document = document
        self.source = Source(file)
        self.planned = document.get("planned_values") or {}
        self.configuration = document.get("configuration") or {}
        self.root = Place(self.configuration.get("root_module") or {})
        self.changes = {change["address"]: change for change in document.get("resource_changes") or []}
        self.configured = dict(_configured(self.root.module, ""))
        self.instances: dict[str, list[str]] = defaultdict(list)
        self.held: dict[str, Mapping[str, Any]] = {}
        self.providers: dict[str, str] = {}
        self.graph = Graph("plan")

    def read(self) -> Graph:
        if isinstance(version := self.document.get("terraform_version"), str):
            self.graph.required_version = version
        self._read_providers()
        self._read_variables()
        resources = list(self._resources())
        for resource in resources:
            self.instances[without_indexes(resource["address"])].append(resource["address"])
            self.held[resource["address"]] = resource.get("values") or {}
        for resource in resources:
            self._add(resource)
        self._read_limits()
        for name, stated in (self.planned.get("outputs") or {}).items():
            self.graph.outputs[name] = stated.get("value")
        return self.graph

    def _read_limits(self) -> None:
        """Say what the plan leaves out; what is in it may be completed by that."""
        graph = self.graph
        if next(graph.managed, None) is None:
            graph.warnings.append(
                f"{self.source.file} plans no resource that is there afterwards: it destroys, only refreshes, or is of "
                "no resource at all. There was nothing to check."
            )
        if self.document.get("errored") is True:
            graph.warnings.append(f"{self.source.file} ended in an error: what it lacks was not checked.")
        elif self.document.get("complete") is False:
            graph.warnings.append(f"{self.source.file} is of a part (-target): what it leaves out was not checked.")
        else:
            return
        held = {address: Reference(address) for address in graph.resources}
        graph.opaque_modules.append(ModuleCall("what the plan leaves out", "", held, self.source))

    def _read_providers(self) -> None:
        given = {name: one.get("value") for name, one in (self.document.get("variables") or {}).items()}
        all_stated = self.configuration.get("provider_config") or {}
        for key, stated in all_stated.items():
            name, alias = stated.get("name", key), stated.get("alias")
            if stated.get("version_constraint"):
                self.graph.required_providers[name] = stated["version_constraint"]
            if stated.get("module_address") and "expressions" not in stated:
                continue  # what its module is given
            prefix = f"{stated['module_address']}." if stated.get("module_address") else ""
            address = f"{prefix}provider.{name}.{alias}" if alias else f"{prefix}provider.{name}"
            self.providers[key] = address
            if "expressions" not in stated:
                continue  # without a block, or with an empty one
            values = {name: _plain(name, one, given) for name, one in stated["expressions"].items()}
            self.graph.providers.append(Provider(address, name, alias, values, self.source))
            self.graph.regions[address] = values.get("region")
        for key, stated in all_stated.items():
            if key not in self.providers:
                self.providers[key] = self._given(stated.get("name", key), all_stated)

    def _given(self, name: str, all_stated: Mapping[str, Any]) -> str:
        """Return the configuration that a module is given which says nothing of its own.

        Which one it is stands nowhere in a plan; so it is known where there is one to choose.
        """
        known = {address for key, address in self.providers.items() if all_stated[key].get("name", key) == name}
        return next(iter(known)) if len(known) == 1 else f"one of {', '.join(sorted(known))}"

    def _read_variables(self) -> None:
        for name, stated in (self.root.module.get("variables") or {}).items():
            sensitive = bool(stated.get("sensitive"))
            self.graph.variables.append(
                Variable(name, stated.get("default"), "default" in stated, sensitive, self.source)
            )

    def _resources(self) -> Iterator[Mapping[str, Any]]:
        """Every resource after the plan, and the data sources: those read already, and those read during apply."""
        seen = set()
        prior = (self.document.get("prior_state") or {}).get("values") or {}
        planned = _of_module(self.planned.get("root_module") or {})
        read = (one for one in _of_module(prior.get("root_module") or {}) if one.get("mode") == "data")
        later = (
            {**change, "values": change["change"].get("after") or {}}
            for change in self.changes.values()
            if change.get("mode") == "data"
        )
        for group in (planned, read, later):
            for resource in group:
                address = resource["address"]
                if address not in seen and self._actions(address) not in _GONE:
                    seen.add(address)
                    yield resource

    def _instances(self, base: str) -> list[str]:
        """Return the instances of an address without its own index; of all modules, where those have none either."""
        if base in self.changes:
            return [base]
        found = self.instances.get(without_indexes(base), [])
        return [one for one in found if one == base or one.startswith(f"{base}[")] or found

    def _held(self, reference: Reference) -> Any:
        """Return what the plan itself holds of an attribute; None where it is not known."""
        value: Any = self.held.get(reference.address)
        for step in reference.path:
            known = step in value if isinstance(value, dict) else isinstance(value, list) and step in range(len(value))
            value = value[step] if known else None
        return value

    def _actions(self, address: str) -> Any:
        return ((self.changes.get(address) or {}).get("change") or {}).get("actions")

    def _add(self, resource: Mapping[str, Any]) -> None:
        address, kind, mode = resource["address"], resource["type"], resource.get("mode", "managed")
        configured = self.configured.get(without_indexes(address), {})
        place = replace(self.root.of(address) or self.root, for_each=configured.get("for_each_expression"))
        filler = Filler(place, self._instances, self._held, stated_only=bool(configured) and mode == "managed")
        unknown = ((self.changes.get(address) or {}).get("change") or {}).get("after_unknown")
        schema = schema_of(kind, mode)
        held = resource.get("values") or {}
        values = filler.block(held, unknown, configured.get("expressions") or {}, schema)
        key = configured.get("provider_config_key", "")
        provider = self.providers.get(key, f"provider.{kind.split('_', 1)[0]}")
        own = held.get("region") if isinstance(held.get("region"), str) else None
        self.graph.resources[address] = Resource(
            self.graph,
            address,
            mode,
            kind,
            resource["name"],
            values,
            region=own or self.graph.regions.get(provider),
            provider=provider,
            depends_on=(*(f"{place.address}{one}" for one in configured.get("depends_on") or ()), *waits_of(place)),
            source=self.source,
        )
        self.graph.stated_needs[address] = needs_in(configured.get("expressions"), place)


def _of_module(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    stack = [module]
    while stack:
        one = stack.pop()
        yield from one.get("resources") or []
        stack.extend(reversed(one.get("child_modules") or []))


def _configured(module: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    stack = [(module, prefix)]
    while stack:
        here, before = stack.pop()
        for resource in here.get("resources") or []:
            yield f"{before}{resource['address']}", resource
        for name, call in (here.get("module_calls") or {}).items():
            stack.append((call.get("module") or {}, f"{before}module.{name}."))


def _plain(name: str, expression: Any, variables: Mapping[str, Any], depth: int = 20) -> Value:
    """Read a provider's argument: a constant, or a variable's value."""
    if isinstance(expression, list) and depth:
        return [_plain(name, one, variables, depth - 1) for one in expression]
    if not isinstance(expression, dict) or not depth:
        return expression
    if "constant_value" in expression:
        return expression["constant_value"]
    if "references" in expression:
        names = [text.removeprefix("var.") for text in expression["references"] if text.startswith("var.")]
        if len(expression["references"]) == 1 and names and _is_whole(name, names[0], value := variables.get(names[0])):
            return value
        return Unknown("it is computed", tuple(Reference(text) for text in expression["references"]))
    return {inner: _plain(inner, one, variables, depth - 1) for inner, one in expression.items()}


def _is_whole(name: str, variable: str, value: Any) -> bool:
    """Tell whether an argument that refers to one variable is its value.

    A plan does not say what is made of it: of ``var.production ? "eu-west-1" : "eu-west-2"`` it lists the variable.
    """
    if name == "region":
        return isinstance(value, str) and _REGION.fullmatch(value) is not None
    return value is not None and (variable == name or variable.endswith(f"_{name}"))
