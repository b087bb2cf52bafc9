"""One instance of a module: what its names mean, and the resources it makes."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from tercet.errors import PreflightError
from tercet.preflight.declarations import Condition, Refused, Undeclared
from tercet.preflight.evaluation.bodies import LazyValues
from tercet.preflight.evaluation.evaluate import evaluate, value_of
from tercet.preflight.evaluation.instances import key_of, repetition, unknown_each
from tercet.preflight.evaluation.repeating import refused_in
from tercet.preflight.evaluation.scope import Budget, ManyValue, Namespace, ResourceValue, Scope, plain
from tercet.preflight.evaluation.traversals import traversal_text, traversal_texts
from tercet.preflight.evaluation.types import conform, is_list_type
from tercet.preflight.findings import Source
from tercet.preflight.graph import Graph, Resource
from tercet.preflight.syntax.tree import BlockSyntax, Body, Expression, JsonValue, Literal, ModuleSyntax
from tercet.preflight.values import Reference, Unknown, Value, references_in

MAX_RESOURCES: Final = 300_000

_META: Final = frozenset(("count", "for_each", "provider", "depends_on", "lifecycle", "provisioner", "connection"))

Providers = Mapping[str, str]
"""Name of a provider inside a module (``aws``, ``aws.west``) → address of its configuration."""


class Module:
    """One instance of a module.

    Parameters
    ----------
    syntax
        What its files declare.
    address
        ``module.a``, ``module.a[0].module.b``; empty for the root.
    arguments
        Variable → value, as its call gives them.
    graph
        What resources are added to.
    budget
        How much evaluating is allowed, for the whole configuration.
    tree
        What no file is read outside of.
    providers
        What its call hands down.
    """

    def __init__(
        self,
        syntax: ModuleSyntax,
        address: str,
        arguments: Mapping[str, Value],
        graph: Graph,
        budget: Budget,
        tree: Path | None,
        providers: Providers,
    ) -> None:
        self.syntax = syntax
        self.address = address
        self.arguments = arguments
        self.graph = graph
        self.folder = syntax.folder
        self.tree = tree
        self.budget = budget
        self.providers = dict(providers)
        self.scope = Scope(self, budget)
        self.repeated = False
        """Whether its call, or one around it, has ``count``, ``for_each`` or ``depends_on``."""
        self.waits: tuple[str, ...] = ()
        """Addresses of what its call, or one around it, waits for: so does each resource in it."""
        self.calls: dict[str, Callable[[], Value]] = {}
        """Module call → what loads it: to a `ModuleValue`, a list or a dictionary of them, or `Unknown`."""
        self._variables = {block.labels[0]: block for block in syntax.of_type("variable") if block.labels}
        self._locals = {name: one for block in syntax.of_type("locals") for name, one in block.body.attributes.items()}
        self._outputs = {block.labels[0]: block for block in syntax.of_type("output") if block.labels}
        self._blocks = {
            (block.type, *block.labels): block
            for kind in ("resource", "data", "ephemeral")
            for block in syntax.of_type(kind)
            if len(block.labels) == 2
        }
        self._kinds = {key[1] for key in self._blocks if key[0] == "resource"}
        self._values: dict[tuple[str, str], Value] = {}
        self._open: set[tuple[str, str]] = set()
        """What is being evaluated at the moment."""
        self._expanded: dict[tuple[str, ...], Value] = {}

    # What names mean

    def root(self, name: str) -> Value:
        """Return what the first name of a traversal means."""
        if (namespace := _NAMESPACES.get(name)) is not None:
            return Namespace(lambda inner: namespace(self, inner))
        if name in self._kinds or "_" in name or name in _SHORT_TYPES:
            return Namespace(lambda inner: self._resource("resource", name, inner))
        return Unknown(f"undeclared: {name}")

    def variable(self, name: str) -> Value:
        """Return the value of an input variable."""
        return self._once(("var", name), lambda: self._variable(name))

    def _variable(self, name: str) -> Value:
        block = self._variables.get(name)
        if block is None:
            return self._unknown_name(f"var.{name}")
        if name in self.arguments and self.arguments[name] is not None:
            value = self.arguments[name]
        elif name in self.syntax.values and not self.address:
            value = value_of(self.syntax.values[name], self.scope)
        elif "default" in block.body.attributes:
            value = value_of(_literally(block.body.attributes["default"]), self.scope)
        else:
            return Unknown(f"var.{name} has no default, and nothing gives it a value", (Reference(f"var.{name}"),))
        return conform(value, block.body.attributes.get("type"), self.scope)

    def local(self, name: str) -> Value:
        """Return a local value."""
        if name not in self._locals:
            return self._unknown_name(f"local.{name}")
        return self._once(("local", name), lambda: evaluate(self._locals[name], self.scope))

    def output(self, name: str) -> Value:
        """Return an output's value."""
        block = self._outputs.get(name)
        if block is None or "value" not in block.body.attributes:
            return self._no_output(name)
        value = self._once(("output", name), lambda: evaluate(block.body.attributes["value"], self.scope))
        if "depends_on" in block.body.attributes:
            for reference in references_in(plain(value)):
                self.graph.waits_of_outputs[reference.address].update(self._depends_on(block))
        return value

    def _no_output(self, name: str) -> Unknown:
        caller, _, own = self.address.rpartition("module.")
        written = f"module.{own.split('[')[0]}.{name}"
        if not self.budget.speculative and self.syntax.is_whole:
            self.graph.undeclared.append(Undeclared(written, caller.removesuffix("."), "no-output"))
        return Unknown(f"there is no {written}")

    def outputs(self) -> dict[str, Value]:
        """Return all outputs."""
        return {name: plain(self.output(name)) for name in self._outputs}

    def call(self, name: str) -> Value:
        """Return what a module call is worth."""
        if name not in self.calls:
            return self._unknown_name(f"module.{name}")
        return self._once(("module", name), self.calls[name])

    def _once(self, key: tuple[str, str], make: Callable[[], Value]) -> Value:
        if key not in self._values:
            self._values[key] = Unknown(f"{key[0]}.{key[1]} refers to itself")
            self._open.add(key)
            self._values[key] = make()
            self._open.discard(key)
        elif key in self._open and key[0] == "local":
            prefix = f"{self.address}." if self.address else ""
            self.graph.refused.append(Refused("local-cycle", f"{prefix}local.{key[1]}"))
        return self._values[key]

    def undeclared(self, name: str, why: str = "") -> None:
        """Keep that an expression speaks of something that is not there."""
        self.graph.undeclared.append(Undeclared(name, self.address, why))

    def keep_validations(self) -> None:
        """Keep the validations of variables: of a default apart, which may be replaced from outside."""
        for name, block in self._variables.items():
            kind = "validation" if self.address or name in self.syntax.values else "default"
            if kind == "default" and "default" not in block.body.attributes:
                continue  # whoever runs it says the value
            address = f"{self.address + '.' if self.address else ''}var.{name}"
            self._keep(block.body, kind, address, self.scope, block.source)

    def _keep(self, body: Body, name: str, address: str, scope: Scope, source: Source) -> None:
        """Keep the conditions of a body's blocks; each is evaluated when somebody asks."""
        for one in conditions_of(body, "precondition" if name == "precondition" else "validation"):
            condition, message = one.get("condition"), one.get("error_message", Literal(""))
            if condition is not None:
                self.graph.conditions.append(
                    Condition(
                        name,
                        address,
                        functools.partial(value_of, condition, scope),
                        functools.partial(value_of, message, scope),
                        source,
                    )
                )

    def _unknown_name(self, name: str) -> Unknown:
        self.undeclared(name)
        return Unknown(f"undeclared: {name}")

    def local_expression(self, name: str) -> Expression | None:
        """Return what a local value is declared as."""
        return self._locals.get(name)

    def variable_is_sensitive(self, name: str) -> bool:
        """Tell whether a variable is declared sensitive."""
        block = self._variables.get(name)
        return block is not None and "sensitive" in block.body.attributes and self._says(block, "sensitive") is True

    def variable_is_list(self, name: str) -> bool:
        """Tell whether a variable is a list for certain: by its type, or by the only value that it can have."""
        block = self._variables.get(name)
        if block is None:
            return False
        if (declared := block.body.attributes.get("type")) is not None:
            return is_list_type(declared)
        return not self.address and isinstance(self.variable(name), list)

    def _says(self, block: BlockSyntax, name: str) -> Value:
        return value_of(block.body.attributes[name], self.scope)

    # Resources

    def _resource(self, mode: str, kind: str, name: str) -> Value:
        if (mode, kind, name) not in self._blocks:
            prefix = "data." if mode == "data" else ""
            return self._unknown_name(f"{prefix}{kind}.{name}")
        return self.expand(mode, kind, name)

    def expand_all(self) -> None:
        """Make every resource of this module."""
        for mode, kind, name in self._blocks:
            if mode != "ephemeral":
                self.expand(mode, kind, name)

    def expand(self, mode: str, kind: str, name: str) -> Value:
        """Make the instances of one block, once, and return what its name is worth."""
        key = (mode, kind, name)
        if key not in self._expanded:
            self._expanded[key] = Unknown(f"the number of {kind}.{name} depends on itself")
            self._expanded[key] = self._instances(self._blocks[key], mode, kind, name)
        return self._expanded[key]

    def _instances(self, block: BlockSyntax, mode: str, kind: str, name: str) -> Value:
        base = f"{self.address + '.' if self.address else ''}{'' if mode == 'resource' else mode + '.'}{kind}.{name}"

        def make(suffix: str, own: Mapping[str, Value]) -> Resource:
            return self._make(block, mode, kind, name, base + suffix, own)

        repeated = repetition(block, self.scope)
        if repeated is None:
            return ResourceValue(make("", {}))
        self.graph.refused.extend(refused_in(block, base, self))
        if isinstance(repeated, Unknown):
            return ManyValue(make("[*]", unknown_each(repeated)))
        if isinstance(repeated, int):
            return [ResourceValue(make(f"[{at}]", {"count": {"index": at}})) for at in range(repeated)]
        return {
            key: ResourceValue(make(f'["{key}"]', {"each": {"key": key_of(key, one), "value": one}}))
            for key, one in repeated.items()
        }

    def _make(
        self, block: BlockSyntax, mode: str, kind: str, name: str, address: str, own: Mapping[str, Value]
    ) -> Resource:
        if len(self.graph.resources) >= MAX_RESOURCES:
            raise PreflightError(f"The configuration makes more than {MAX_RESOURCES} resources: check it in parts.")
        scope = self.scope.with_names(**own)
        values = LazyValues(block.body, scope, _META)
        provider = self._provider(block, kind)
        region = values.get("region") or self.graph.regions.get(provider)
        resource = Resource(
            self.graph,
            address,
            "managed" if mode == "resource" else "data",
            kind,
            name,
            values,
            region=region,
            provider=provider,
            depends_on=self._depends_on(block),
            source=block.source,
            comment=block.comment,
            lifecycle=self._lifecycle(block),
        )
        for inner in block.body.blocks_of("lifecycle"):
            self._keep(inner.body, "precondition", address, scope, block.source)
        if isinstance(stated := block.body.attributes.get("lifecycle"), JsonValue):
            for one in stated.value if isinstance(stated.value, list) else [stated.value]:
                inner_body = Body({key: JsonValue(said) for key, said in one.items()} if isinstance(one, dict) else {})
                self._keep(inner_body, "precondition", address, scope, block.source)
        self.graph.resources[address] = resource
        return resource

    def _provider(self, block: BlockSyntax, kind: str) -> str:
        stated = block.body.attributes.get("provider")
        local = traversal_text(stated) if stated is not None else kind.split("_", 1)[0]
        if local in self.providers:
            return self.providers[local]
        # One with an alias is not inherited: a module has those alone that it is given.
        inside = f"{self.address}." if self.address and "." in local else ""
        return f"{inside}provider.{local}"

    def _depends_on(self, block: BlockSyntax) -> tuple[str, ...]:
        stated = block.body.attributes.get("depends_on")
        prefix = f"{self.address}." if self.address else ""
        texts = [text for text in traversal_texts(stated) if text]
        self._declared(texts)
        return (*(prefix + text for text in texts), *self.waits)

    def waits_of(self, call: BlockSyntax) -> tuple[str, ...]:
        """Return the addresses of what a call in this module waits for."""
        return self._depends_on(call)

    def _declared(self, texts: Iterable[str]) -> None:
        """Look whether resources that are named, and not evaluated, are declared."""
        for text in texts:
            first, *rest = text.split("[")[0].split(".")
            mode, steps = (first, rest) if first in ("data", "ephemeral") else ("resource", [first, *rest])
            is_resource = len(steps) >= 2 and ("_" in steps[0] or steps[0] in _SHORT_TYPES)
            if is_resource and (mode, *steps[:2]) not in self._blocks:
                self.undeclared(".".join(([] if mode == "resource" else [mode]) + steps[:2]))

    def _lifecycle(self, block: BlockSyntax) -> Mapping[str, Value]:
        found: dict[str, Value] = {}
        for inner in block.body.blocks_of("lifecycle"):
            found.update({name: _text_or_value(one, self.scope) for name, one in inner.body.attributes.items()})
        stated = block.body.attributes.get("lifecycle")
        if isinstance(stated, JsonValue):
            for one in stated.value if isinstance(stated.value, list) else [stated.value]:
                found.update(one if isinstance(one, dict) else {})
        if isinstance(triggers := found.get("replace_triggered_by"), list):
            self._declared(one.removeprefix("${") for one in triggers if isinstance(one, str))
        return found


def conditions_of(body: Body, name: str) -> Iterator[Mapping[str, Expression]]:
    """Go through the arguments of a body's conditions, in either syntax."""
    yield from (block.body.attributes for block in body.blocks_of(name))
    if isinstance(stated := body.attributes.get(name), JsonValue):
        for one in stated.value if isinstance(stated.value, list) else [stated.value]:
            if isinstance(one, dict):
                yield {key: JsonValue(said) for key, said in one.items()}


def _literally(expression: Expression) -> Expression:
    """Take a variable's default in JSON as it is: there are no templates in it."""
    return Literal(expression.value) if isinstance(expression, JsonValue) else expression


def _text_or_value(expression: Expression, scope: Scope) -> Value:
    texts = [text for text in traversal_texts(expression) if text]
    if texts:
        return texts
    if (text := traversal_text(expression)) and not isinstance(expression, Literal):
        return text
    return value_of(expression, scope)


def _data(module: Module, kind: str) -> Value:
    return Namespace(lambda name: module._resource("data", kind, name))


def _path(_: Module, name: str) -> Value:
    if name in ("module", "root"):
        return "."
    if name == "cwd":
        return Unknown("where Terraform will be run is known only then")
    return Unknown(f"undeclared: path.{name}")


def _terraform(_: Module, name: str) -> Value:
    return "default" if name == "workspace" else Unknown(f"undeclared: terraform.{name}")


_NAMESPACES: Final[Mapping[str, Callable[[Module, str], Value]]] = {
    "var": Module.variable,
    "local": Module.local,
    "module": Module.call,
    "data": _data,
    "path": _path,
    "terraform": _terraform,
    "ephemeral": lambda *_: Unknown("ephemeral values are known only while Terraform runs"),
    "self": lambda *_: Unknown("self is known only while Terraform runs"),
    "each": lambda module, name: module._unknown_name(f"each.{name}"),
    "count": lambda module, name: module._unknown_name(f"count.{name}"),
}
_SHORT_TYPES: Final = frozenset(("external", "http", "null"))
