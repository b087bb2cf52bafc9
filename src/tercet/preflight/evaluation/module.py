"""One instance of a module: what its names mean, and the resources it makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from tercet.errors import PreflightError
from tercet.preflight.evaluation.bodies import LazyValues
from tercet.preflight.evaluation.evaluate import evaluate, value_of
from tercet.preflight.evaluation.scope import Budget, ManyValue, Namespace, ResourceValue, Scope, plain
from tercet.preflight.evaluation.types import conform
from tercet.preflight.graph import Graph, Resource, Undeclared
from tercet.preflight.syntax.tree import BlockSyntax, Expression, JsonValue, Literal, ModuleSyntax
from tercet.preflight.values import Reference, Text, Unknown, Value

MAX_INSTANCES: Final = 1_000
"""Instances of one block: beyond, one stands for all."""
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
            return self._undeclared(f"var.{name}")
        if name in self.arguments and self.arguments[name] is not None:
            value = self.arguments[name]
        elif name in self.syntax.values and not self.address:
            value = value_of(self.syntax.values[name], self.scope)
        elif "default" in block.body.attributes:
            value = value_of(_literally(block.body.attributes["default"]), self.scope)
        else:
            return Unknown(f"var.{name} has no default, and nothing gives it a value", (Reference(f"var.{name}"),))
        return conform(value, block.body.attributes.get("type"))

    def local(self, name: str) -> Value:
        """Return a local value."""
        if name not in self._locals:
            return self._undeclared(f"local.{name}")
        return self._once(("local", name), lambda: evaluate(self._locals[name], self.scope))

    def output(self, name: str) -> Value:
        """Return an output's value."""
        block = self._outputs.get(name)
        if block is None or "value" not in block.body.attributes:
            return Unknown(f"{self.address} has no output {name!r}")
        return self._once(("output", name), lambda: evaluate(block.body.attributes["value"], self.scope))

    def outputs(self) -> dict[str, Value]:
        """Return all outputs."""
        return {name: plain(self.output(name)) for name in self._outputs}

    def call(self, name: str) -> Value:
        """Return what a module call is worth."""
        if name not in self.calls:
            return self._undeclared(f"module.{name}")
        return self._once(("module", name), self.calls[name])

    def _once(self, key: tuple[str, str], make: Callable[[], Value]) -> Value:
        if key not in self._values:
            self._values[key] = Unknown(f"{key[0]}.{key[1]} refers to itself")
            self._values[key] = make()
        return self._values[key]

    def _undeclared(self, name: str) -> Unknown:
        self.graph.undeclared.append(Undeclared(name, self.address))
        return Unknown(f"undeclared: {name}")

    # Resources

    def _resource(self, mode: str, kind: str, name: str) -> Value:
        if (mode, kind, name) not in self._blocks:
            prefix = "data." if mode == "data" else ""
            return self._undeclared(f"{prefix}{kind}.{name}")
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
        if isinstance(repeated, Unknown):
            return ManyValue(make("[*]", _unknown_each(repeated)))
        if isinstance(repeated, int):
            return [ResourceValue(make(f"[{at}]", {"count": {"index": at}})) for at in range(repeated)]
        return {
            key: ResourceValue(make(f'["{key}"]', {"each": {"key": _key_of(key, one), "value": one}}))
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
        self.graph.resources[address] = resource
        return resource

    def _provider(self, block: BlockSyntax, kind: str) -> str:
        stated = block.body.attributes.get("provider")
        local = traversal_text(stated) if stated is not None else kind.split("_", 1)[0]
        return self.providers.get(local, f"provider.{local}")

    def _depends_on(self, block: BlockSyntax) -> tuple[str, ...]:
        stated = block.body.attributes.get("depends_on")
        prefix = f"{self.address}." if self.address else ""
        return tuple(prefix + text for text in traversal_texts(stated) if text)

    def _lifecycle(self, block: BlockSyntax) -> Mapping[str, Value]:
        found: dict[str, Value] = {}
        for inner in block.body.blocks_of("lifecycle"):
            found.update({name: _text_or_value(one, self.scope) for name, one in inner.body.attributes.items()})
        stated = block.body.attributes.get("lifecycle")
        if isinstance(stated, JsonValue):
            for one in stated.value if isinstance(stated.value, list) else [stated.value]:
                found.update(one if isinstance(one, dict) else {})
        return found


def repetition(block: BlockSyntax, scope: Scope) -> int | dict[str, Value] | Unknown | None:
    """Tell how often a block is repeated: not at all, a number of times, by key, or unknown."""
    if (count := block.body.attributes.get("count")) is not None:
        value = value_of(count, scope)
        if isinstance(value, str) and value.isdigit() and len(value) < 6:
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_INSTANCES:
            return value if isinstance(value, Unknown) else Unknown("count is not known")
        return int(value) if scope.budget.expand(int(value)) else _TOO_MANY
    if (for_each := block.body.attributes.get("for_each")) is not None:
        keys = _by_key(evaluate(for_each, scope))
        return keys if isinstance(keys, Unknown) or scope.budget.expand(len(keys)) else _TOO_MANY
    return None


_TOO_MANY: Final = Unknown("there are more instances than are looked at")


def _by_key(value: Value) -> dict[str, Value] | Unknown:
    if isinstance(value, list) and all(isinstance(one, str | Reference) for one in value):
        # The zones of a region: their names are not known, but that they are so many different ones is.
        value = {str(one): one if isinstance(one, Reference) else str(one) for one in value}
    if isinstance(value, dict) and len(value) <= MAX_INSTANCES:
        return {str(key): one for key, one in value.items()}
    return value if isinstance(value, Unknown) else Unknown("for_each is not known")


def _key_of(key: str, value: Value) -> Value:
    return value if isinstance(value, Reference) and str(value) == key else key


def _unknown_each(because: Unknown) -> dict[str, Value]:
    each = Unknown(because.because, because.references)
    return {"each": {"key": each, "value": each}, "count": {"index": each}}


def _literally(expression: Expression) -> Expression:
    """Take a variable's default in JSON as it is: there are no templates in it."""
    return Literal(expression.value) if isinstance(expression, JsonValue) else expression


def traversal_text(expression: Expression) -> str:
    """Write a reference that is not evaluated (``provider``, ``depends_on``) as text; empty where it is none."""
    from tercet.preflight.syntax.tree import Attribute, Index, Name

    if isinstance(expression, JsonValue):
        return expression.value.removeprefix("${").removesuffix("}") if isinstance(expression.value, str) else ""
    if isinstance(expression, Literal):
        return str(expression.value)
    if isinstance(expression, Name):
        return expression.name
    if isinstance(expression, Attribute):
        return f"{traversal_text(expression.value)}.{expression.name}"
    if isinstance(expression, Index):
        return traversal_text(expression.value)
    return ""


def traversal_texts(expression: Expression | None) -> Iterator[str]:
    """Write each of a list of references as text."""
    from tercet.preflight.syntax.tree import Tuple

    if isinstance(expression, Tuple):
        yield from (traversal_text(item) for item in expression.items)
    elif isinstance(expression, JsonValue) and isinstance(expression.value, list):
        yield from (traversal_text(JsonValue(item)) for item in expression.value)


def _text_or_value(expression: Expression, scope: Scope) -> Value:
    texts = [text for text in traversal_texts(expression) if text]
    if texts:
        return texts
    if (text := traversal_text(expression)) and not isinstance(expression, Literal):
        return text
    return value_of(expression, scope)


def _data(module: Module, kind: str) -> Value:
    return Namespace(lambda name: _known_data(kind, module._resource("data", kind, name)))


def _known_data(kind: str, value: Value) -> Value:
    """Return what AWS would answer, which is known for the region where the provider's is."""
    if kind != "aws_region" or not isinstance(value, ResourceValue) or not isinstance(value.resource.region, str):
        return value
    region = value.resource.region
    return {name: Text(region, (Reference(value.resource.address, (name,)),)) for name in ("id", "name", "region")}


def _path(_: Module, name: str) -> Value:
    if name in ("module", "root", "cwd"):
        return "."
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
    "each": lambda *_: Unknown("undeclared: each"),
    "count": lambda *_: Unknown("undeclared: count"),
}
_SHORT_TYPES: Final = frozenset(("external", "http", "null"))
