"""Loads the JSON of a plan (``terraform show -json PLAN``) into a graph.

What is known at plan time stands in ``planned_values``; what is not (``after_unknown``) is filled from the expressions
of ``configuration``, which hold references instead of values ("JSON Output Format" in Terraform's documentation).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tercet.errors import PreflightError
from tercet.preflight.findings import Source
from tercet.preflight.graph import Backend, Graph, ModuleCall, Provider, Resource, Variable
from tercet.preflight.values import Reference, Text, Unknown, Value

MAX_DEPTH: Final = 60


def is_plan(document: Any) -> bool:
    """Tell whether a JSON document is a plan."""
    return isinstance(document, dict) and isinstance(document.get("format_version"), str) and "planned_values" in document  # fmt: skip


def graph_of(document: Mapping[str, Any], file: str) -> Graph:
    """Make a graph of a plan.

    Raises
    ------
    PreflightError
        It has not the shape of a plan.
    """
    try:
        return _Plan(document, file).graph
    except (AttributeError, TypeError, KeyError, ValueError) as error:
        raise PreflightError(f"{file} says that it is a plan, and has not its shape: {error}.") from error
    except RecursionError as error:
        raise PreflightError(f"{file} is nested too deeply.") from error


class _Plan:
    def __init__(self, document: Mapping[str, Any], file: str) -> None:
        self.file = file
        self.configuration = document.get("configuration") or {}
        self.graph = Graph("plan")
        if isinstance(version := document.get("terraform_version"), str):
            self.graph.required_version = version
        self.unknown: dict[str, Any] = {}
        self.deleted: set[str] = set()
        for change in document.get("resource_changes") or []:
            actions = change["change"].get("actions") or []
            self.unknown[change["address"]] = change["change"].get("after_unknown") or {}
            if actions in (["delete"], ["forget"]):
                self.deleted.add(change["address"])
        self._providers()
        root = self.configuration.get("root_module") or {}
        self._variables(document, root)
        expressions = dict(_expressions(root, "", ""))
        values = document["planned_values"].get("root_module") or {}
        for resource in _resources(values):
            self._add(resource, expressions)
        for change in document.get("resource_changes") or []:
            self._add_read(change, expressions)
        for resource in _resources(((document.get("prior_state") or {}).get("values") or {}).get("root_module") or {}):
            if resource.get("mode") == "data" and resource["address"] not in self.graph.resources:
                self._add(resource, expressions)
        for name, stated in (document["planned_values"].get("outputs") or {}).items():
            self.graph.outputs[name] = stated.get("value")
        self._opaque(root)

    def _providers(self) -> None:
        for key, stated in (self.configuration.get("provider_config") or {}).items():
            values = {name: _constant(one) for name, one in (stated.get("expressions") or {}).items()}
            name, alias = stated.get("name", key), stated.get("alias")
            prefix = f"{stated['module_address']}." if stated.get("module_address") else ""
            address = f"{prefix}provider.{name}.{alias}" if alias else f"{prefix}provider.{name}"
            self.graph.providers.append(Provider(address, name, alias, values, Source(self.file)))
            self.graph.regions[address] = values.get("region")
            self.graph.regions[key] = values.get("region")
            self._names = {**getattr(self, "_names", {}), key: address}
            if stated.get("version_constraint"):
                self.graph.required_providers[name] = stated["version_constraint"]

    def _variables(self, document: Mapping[str, Any], root: Mapping[str, Any]) -> None:
        for name, stated in (root.get("variables") or {}).items():
            self.graph.variables.append(
                Variable(name, stated.get("default"), "default" in stated, bool(stated.get("sensitive")), Source(self.file))  # fmt: skip
            )
        given = {name: one.get("value") for name, one in (document.get("variables") or {}).items()}
        for address, region in list(self.graph.regions.items()):
            if isinstance(region, Unknown) and len(region.references) == 1:
                name = region.references[0].address.removeprefix("var.")
                if region.references[0].address.startswith("var.") and isinstance(given.get(name), str):
                    self.graph.regions[address] = given[name]
        for provider in self.graph.providers:
            if "region" in provider.values:
                provider.values["region"] = self.graph.regions[provider.address]  # type: ignore[index]

    def _add(self, resource: Mapping[str, Any], expressions: Mapping[str, tuple[str, Mapping[str, Any]]]) -> None:
        address = resource["address"]
        if address in self.deleted:
            return
        module, configured = expressions.get(_without_indexes(address), ("", {}))
        unknown = self.unknown.get(address) or {}
        instance = address[: address.rindex(resource["type"] + ".")] if resource["type"] + "." in address else ""
        instance = instance.removesuffix("data.").removesuffix(".")
        stated = configured.get("expressions") or {}
        values = {
            name: _filled(value, unknown.get(name), stated.get(name), instance, 0)
            for name, value in {**dict.fromkeys(unknown), **(resource.get("values") or {})}.items()
            if name in stated or value is not None
        }
        # Computed attributes that nothing sets say nothing that a configuration would say.
        values = {name: value for name, value in values.items() if value is not None and not (isinstance(value, Unknown) and name not in stated)}  # fmt: skip
        key = configured.get("provider_config_key", "")
        provider = getattr(self, "_names", {}).get(key, f"provider.{key}")
        region = values.get("region") if "region" in stated else None
        self.graph.resources[address] = Resource(
            self.graph,
            address,
            resource.get("mode", "managed"),
            resource["type"],
            resource["name"],
            values,
            region=region or self.graph.regions.get(key) or _region_of(resource),
            provider=provider,
            depends_on=tuple(f"{instance}.{one}" if instance else one for one in configured.get("depends_on") or ()),
            source=Source(self.file),
        )

    def _add_read(self, change: Mapping[str, Any], expressions: Mapping[str, tuple[str, Mapping[str, Any]]]) -> None:
        """A data source that is read during apply stands among the changes, and not in the planned values."""
        if change.get("mode") == "data" and change["address"] not in self.graph.resources:
            self._add({**change, "values": change["change"].get("after") or {}}, expressions)

    def _opaque(self, root: Mapping[str, Any]) -> None:
        """A plan holds the resources of every module: none is opaque."""


def _resources(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    stack = [module]
    while stack:
        one = stack.pop()
        yield from one.get("resources") or []
        stack.extend(reversed(one.get("child_modules") or []))


def _expressions(module: Mapping[str, Any], prefix: str, instance: str) -> Iterator[tuple[str, tuple[str, Mapping[str, Any]]]]:  # fmt: skip
    for resource in module.get("resources") or []:
        yield f"{prefix}{resource['address']}", (prefix, resource)
    for name, call in (module.get("module_calls") or {}).items():
        yield from _expressions(call.get("module") or {}, f"{prefix}module.{name}.", instance)


def _without_indexes(address: str) -> str:
    import re

    return re.sub(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]', "", address)


def _constant(expression: Any) -> Value:
    if isinstance(expression, list):
        return [_constant(one) for one in expression]
    if not isinstance(expression, dict):
        return expression
    if "constant_value" in expression:
        return expression["constant_value"]
    if "references" in expression:
        return Unknown("it is computed", tuple(Reference(one) for one in expression["references"]))
    return {name: _constant(one) for name, one in expression.items()}


def _filled(value: Any, unknown: Any, expression: Any, instance: str, depth: int) -> Value:
    """Bring together what is known, what is not, and the references of the configuration."""
    if depth > MAX_DEPTH:
        return Unknown("it is nested too deeply")
    if isinstance(expression, dict) and "constant_value" in expression and unknown is not True:
        return value
    references = _references(expression, instance)
    if unknown is True:
        return _unknown(references)
    if isinstance(value, dict) or isinstance(unknown, dict):
        return _filled_object(value or {}, unknown, expression, instance, depth)
    if isinstance(value, list) or isinstance(unknown, list):
        return _filled_list(value or [], unknown, expression, instance, depth)
    if isinstance(value, str) and references:
        return Text(value, references)
    return value


def _filled_object(value: Any, unknown: Any, expression: Any, instance: str, depth: int) -> Value:
    names = {**dict.fromkeys(unknown if isinstance(unknown, dict) else ()), **value}
    inner = expression if isinstance(expression, dict) else {}
    whole = {"references": inner["references"]} if _is_whole(inner) else None
    filled = {
        name: _filled(value.get(name), unknown.get(name) if isinstance(unknown, dict) else None, whole or inner.get(name), instance, depth + 1)  # fmt: skip
        for name in names
    }
    return {name: one for name, one in filled.items() if one is not None}


def _filled_list(value: Any, unknown: Any, expression: Any, instance: str, depth: int) -> Value:
    unknowns = unknown if isinstance(unknown, list) else []
    length = max(len(value), len(unknowns))
    made = []
    for at in range(length):
        inner = expression[at] if isinstance(expression, list) and at < len(expression) else expression if isinstance(expression, dict) else None  # fmt: skip
        made.append(
            _filled(value[at] if at < len(value) else None, unknowns[at] if at < len(unknowns) else None, inner, instance, depth + 1)  # fmt: skip
        )
    # The items of a list that came from several references, one each: [aws_subnet.a.id, aws_subnet.b.id].
    references = _references(expression, instance)
    if len(made) == len(references) and all(isinstance(one, Unknown | Reference) for one in made):
        return list(references)
    return made


def _is_whole(expression: Mapping[str, Any]) -> bool:
    return isinstance(expression.get("references"), list)


def _references(expression: Any, instance: str) -> tuple[Reference, ...]:
    """Read the references of one expression: ``["aws_vpc.main.id", "aws_vpc.main"]`` is one, said twice."""
    if not isinstance(expression, dict) or not isinstance(expression.get("references"), list):
        return ()
    texts = [one for one in expression["references"] if isinstance(one, str)]
    longest = [one for one in texts if not any(other != one and _extends(other, one) for other in texts)]
    return tuple(dict.fromkeys(_reference(one, instance) for one in longest))


def _extends(longer: str, shorter: str) -> bool:
    return longer.startswith((shorter + ".", shorter + "["))


def _reference(text: str, instance: str) -> Reference:
    import re

    prefix = f"{instance}." if instance else ""
    match = re.match(r'((?:data\.)?[\w-]+\.[\w-]+(?:\[(?:\d+|"[^"]*")\])?)(?:\.([\w-]+))?', text)
    if match is None:
        return Reference(prefix + text)
    address, attribute = match.groups()
    rest = text[match.end() :]
    path: tuple[str | int, ...] = (attribute,) if attribute else ()
    path += tuple(int(one) for one in re.findall(r"\[(\d+)\]", rest))
    return Reference(prefix + address, path)


def _unknown(references: tuple[Reference, ...]) -> Value:
    if len(references) == 1 and references[0].path and not references[0].address.startswith(("var.", "local.", "module.", "each.", "count.")):  # fmt: skip
        return references[0]
    return Unknown("it is known only after apply", references)


def _region_of(resource: Mapping[str, Any]) -> Value:
    region = (resource.get("values") or {}).get("region")
    return region if isinstance(region, str) else None
