"""Reads a plan's document: resources, providers, variables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from tercet.errors import PreflightError
from tercet.preflight.findings import Source
from tercet.preflight.graph import Graph, Provider, Resource, Variable
from tercet.preflight.knowledge.schema import schema_of
from tercet.preflight.plan.expressions import Place, without_indexes
from tercet.preflight.plan.filling import Filler
from tercet.preflight.values import Reference, Unknown, Value

_GONE = (["delete"], ["forget"])


def is_plan(document: Any) -> bool:
    """Tell whether a JSON document is a plan."""
    return (
        isinstance(document, dict) and isinstance(document.get("format_version"), str) and "planned_values" in document
    )


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
        self.configuration = document.get("configuration") or {}
        self.root = Place(self.configuration.get("root_module") or {})
        self.changes = {change["address"]: change for change in document.get("resource_changes") or []}
        self.configured = dict(_configured(self.root.module, ""))
        self.instances: dict[str, list[str]] = defaultdict(list)
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
        for resource in resources:
            self._add(resource)
        for name, stated in (self.document["planned_values"].get("outputs") or {}).items():
            self.graph.outputs[name] = stated.get("value")
        return self.graph

    def _read_providers(self) -> None:
        given = {name: one.get("value") for name, one in (self.document.get("variables") or {}).items()}
        for key, stated in (self.configuration.get("provider_config") or {}).items():
            values = {name: _plain(one, given) for name, one in (stated.get("expressions") or {}).items()}
            name, alias = stated.get("name", key), stated.get("alias")
            prefix = f"{stated['module_address']}." if stated.get("module_address") else ""
            address = f"{prefix}provider.{name}.{alias}" if alias else f"{prefix}provider.{name}"
            self.graph.providers.append(Provider(address, name, alias, values, self.source))
            self.graph.regions[address] = values.get("region")
            self.providers[key] = address
            if stated.get("version_constraint"):
                self.graph.required_providers[name] = stated["version_constraint"]

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
        planned = _of_module(self.document["planned_values"].get("root_module") or {})
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

    def _actions(self, address: str) -> Any:
        return ((self.changes.get(address) or {}).get("change") or {}).get("actions")

    def _add(self, resource: Mapping[str, Any]) -> None:
        address, kind, mode = resource["address"], resource["type"], resource.get("mode", "managed")
        configured = self.configured.get(without_indexes(address), {})
        place = replace(self.root.of(address) or self.root, for_each=configured.get("for_each_expression"))
        filler = Filler(
            place, lambda base: self.instances.get(without_indexes(base), []) if base not in self.changes else [base]
        )
        unknown = ((self.changes.get(address) or {}).get("change") or {}).get("after_unknown")
        schema = schema_of(kind, mode)
        values = filler.block(resource.get("values") or {}, unknown, configured.get("expressions") or {}, schema)
        key = configured.get("provider_config_key", "")
        provider = self.providers.get(key, f"provider.{kind.split('_', 1)[0]}")
        own = values.get("region") if isinstance(values.get("region"), str) else None
        self.graph.resources[address] = Resource(
            self.graph,
            address,
            mode,
            kind,
            resource["name"],
            values,
            region=own or self.graph.regions.get(provider),
            provider=provider,
            depends_on=tuple(f"{place.address}{one}" for one in configured.get("depends_on") or ()),
            source=self.source,
        )


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


def _plain(expression: Any, variables: Mapping[str, Any], depth: int = 20) -> Value:
    """Read a provider's argument: a constant, or a variable's value."""
    if isinstance(expression, list) and depth:
        return [_plain(one, variables, depth - 1) for one in expression]
    if not isinstance(expression, dict) or not depth:
        return expression
    if "constant_value" in expression:
        return expression["constant_value"]
    if "references" in expression:
        names = [text.removeprefix("var.") for text in expression["references"] if text.startswith("var.")]
        if len(expression["references"]) == 1 and names and names[0] in variables:
            return variables[names[0]]
        return Unknown("it is computed", tuple(Reference(text) for text in expression["references"]))
    return {name: _plain(one, variables, depth - 1) for name, one in expression.items()}
