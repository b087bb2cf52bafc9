"""Makes a graph of a root module: providers, backends, modules within modules, resources."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from tercet.errors import PreflightError
from tercet.preflight.declarations import Backend, ModuleCall, Provider, Refused, Requirement, Variable
from tercet.preflight.evaluation.bodies import block_values
from tercet.preflight.evaluation.calls import is_repeating, refused_in_call
from tercet.preflight.evaluation.declared import imported, refused_in_module
from tercet.preflight.evaluation.evaluate import value_of
from tercet.preflight.evaluation.instances import repetition
from tercet.preflight.evaluation.module import Module
from tercet.preflight.evaluation.repeating import holds_sensitive, refused_in
from tercet.preflight.evaluation.scope import Budget, ModuleValue, Scope, plain, unknown_from
from tercet.preflight.evaluation.traversals import traversal_text
from tercet.preflight.graph import Graph
from tercet.preflight.syntax.folder import folder_inside, read_folder
from tercet.preflight.syntax.tree import BlockSyntax, Body, JsonValue, ModuleSyntax
from tercet.preflight.values import Unknown, Value, shown

MAX_MODULE_DEPTH: Final = 12
MAX_MODULES: Final = 500


def evaluate_configuration(syntax: ModuleSyntax, kind: str, tree: Path | None) -> Graph:
    """Make a graph of a root module.

    Parameters
    ----------
    syntax
        What its files declare.
    kind
        ``json`` or ``hcl``.
    tree
        What nothing is read outside of; None where there are no files.
    """
    graph = Graph(kind)
    graph.warnings.extend(syntax.warnings)
    _terraform_blocks(syntax, graph)
    root = Module(syntax, "", {}, graph, Budget(), tree, {})
    _providers(root)
    _Modules(tree).load(root)
    graph.variables.extend(_root_variables(root))
    graph.outputs.update(root.outputs())
    graph.refused.extend(_sensitive_outputs(root))
    return graph


class _Modules:
    """Loads the modules that are called, each folder read once."""

    def __init__(self, tree: Path | None) -> None:
        self.tree = tree
        self.read: dict[Path, ModuleSyntax] = {}
        self.made: list[Module] = []
        self.compared: set[int] = set()

    def load(self, root: Module) -> None:
        """Load every module that is called, however deep, and then make the resources of all of them.

        A call is loaded when it is first spoken of, since modules may refer to one another.
        """
        self._add(root, 0)
        for module in self.made:  # grows while it is gone through
            for name in module.calls:
                module.call(name)
        for module in self.made:
            module.expand_all()

    def _add(self, module: Module, depth: int) -> None:
        if len(self.made) >= MAX_MODULES:
            raise PreflightError(f"{module.address}: the configuration makes more than {MAX_MODULES} modules.")
        self.made.append(module)
        module.keep_validations()
        if id(module.syntax) not in self.compared:
            self.compared.add(id(module.syntax))
            _compare(module)
        for block in module.syntax.of_type("module"):
            if block.labels:
                module.calls[block.labels[0]] = functools.partial(self._call, module, block, depth)

    def _call(self, caller: Module, block: BlockSyntax, depth: int) -> Value:
        name = block.labels[0]
        address = f"{caller.address + '.' if caller.address else ''}module.{name}"
        source = value_of(block.body.attributes["source"], caller.scope) if "source" in block.body.attributes else ""
        syntax = self._syntax(caller, str(source), depth)
        refused = caller.graph.refused
        refused.extend(refused_in(block, address, caller))
        if syntax is None:
            if "source" not in block.body.attributes:
                refused.append(Refused("module-argument-missing", address, "source", source=block.source))
            if self._is_missing(caller, str(source)):
                refused.append(Refused("module-missing", address, str(source), source=block.source))
            return self._opaque(caller, block, address, str(source))
        refused.extend(refused_in_call(block, syntax, address, repeated=caller.repeated or is_repeating(block)))
        repeated = repetition(block, caller.scope)
        if repeated is None:
            return self._instance(caller, block, syntax, address, {}, depth)
        if isinstance(repeated, int):
            return [
                self._instance(caller, block, syntax, f"{address}[{at}]", {"count": {"index": at}}, depth)
                for at in range(repeated)
            ]
        if isinstance(repeated, dict):
            return {
                key: self._instance(
                    caller, block, syntax, f'{address}["{key}"]', {"each": {"key": key, "value": one}}, depth
                )
                for key, one in repeated.items()
            }
        unknown = {"each": {"key": repeated, "value": repeated}, "count": {"index": repeated}}
        self._instance(caller, block, syntax, f"{address}[*]", unknown, depth)
        return Unknown(f"the number of {address}: {repeated.because}")

    def _instance(
        self,
        caller: Module,
        block: BlockSyntax,
        syntax: ModuleSyntax,
        address: str,
        own: Mapping[str, Value],
        depth: int,
    ) -> Value:
        scope = caller.scope.with_names(**own)
        arguments = _LazyArguments(block, lambda name: value_of(block.body.attributes[name], scope))
        module = Module(syntax, address, arguments, caller.graph, caller.budget, self.tree, _handed_down(caller, block))
        module.repeated = caller.repeated or is_repeating(block)
        module.waits = caller.waits_of(block)
        _providers(module)
        self._add(module, depth + 1)
        return ModuleValue(module.output)

    def _syntax(self, caller: Module, source: str, depth: int) -> ModuleSyntax | None:
        if (
            not source.startswith(("./", "../"))
            or caller.folder is None
            or self.tree is None
            or depth >= MAX_MODULE_DEPTH
        ):
            return None
        folder = folder_inside(caller.folder, source, self.tree)
        if folder is None:
            return None
        if folder not in self.read:
            self.read[folder] = read_folder(folder, self.tree, str(Path(_shown(caller)) / source))
            self.read[folder].folder = folder
        return self.read[folder]

    def _is_missing(self, caller: Module, source: str) -> bool:
        """Tell whether a folder that would have to lie inside the tree is not there."""
        if not source.startswith(("./", "../")) or caller.folder is None or self.tree is None:
            return False
        try:
            meant = (caller.folder / source).resolve()
            return meant.is_relative_to(self.tree.resolve()) and not meant.exists()
        except (OSError, RuntimeError, ValueError):
            return False

    def _opaque(self, caller: Module, block: BlockSyntax, address: str, source: str) -> Value:
        given = block_values(
            Body(
                {
                    name: one
                    for name, one in block.body.attributes.items()
                    if name not in ("source", "version", "providers", "depends_on", "count", "for_each")
                }
            ),
            _within(block, caller.scope),
        )
        if source.startswith(("./", "../")):
            caller.graph.warnings.append(
                f"{address} was not looked into: {shown(source)} is not part of what is checked."
            )
        caller.graph.opaque_modules.append(ModuleCall(address, source, given, block.source))
        return ModuleValue(lambda name: Unknown(f"{address}.{name}: the source of the module is not at hand"))


def _within(block: BlockSyntax, scope: Scope) -> Scope:
    """Return the scope inside a block whose repetitions are not gone through one by one."""
    own: dict[str, Value] = {}
    if (for_each := block.body.attributes.get("for_each")) is not None:
        each = unknown_from("each stands for all of them", value_of(for_each, scope))
        own["each"] = {"key": each, "value": each}
    if "count" in block.body.attributes:
        own["count"] = {"index": Unknown("count.index stands for all of them")}
    return scope.with_names(**own)


class _LazyArguments(Mapping[str, Value]):
    """What a call gives, evaluated when the module asks for it: modules may refer to one another."""

    def __init__(self, block: BlockSyntax, evaluate: Callable[[str], Value]) -> None:
        self._names = [name for name in block.body.attributes if name not in ("source", "version", "providers")]
        self._evaluate = evaluate
        self._known: dict[str, Value] = {}

    def __getitem__(self, name: str) -> Value:
        if name not in self._known:
            if name not in self._names:
                raise KeyError(name)
            self._known[name] = Unknown(f"{name} refers to itself")
            self._known[name] = self._evaluate(name)
        return self._known[name]

    def __iter__(self) -> Any:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _compare(module: Module) -> None:
    """Compare a module's declarations with one another, and keep the versions that it asks for."""
    prefix = f"{module.address}." if module.address else ""
    module.graph.refused.extend(refused_in_module(module.syntax, prefix))
    if not prefix:
        module.graph.imported.update(imported(module.syntax))
    module.graph.requirements.extend(_requirements(module))


def _requirements(module: Module) -> Iterator[Requirement]:
    for block in module.syntax.of_type("terraform"):
        required = block.body.attributes.get("required_version")
        if required is not None and isinstance(version := value_of(required, module.scope), str):
            yield Requirement("terraform", str(version), module.address, block.source)
        for entry in _settings(block, "required_providers", module.scope):
            for name, stated in entry.items():
                said = stated if isinstance(stated, dict) else {"version": stated}
                source, version = said.get("source") or f"hashicorp/{name}", said.get("version")
                if isinstance(version, str) and isinstance(source, str):
                    provider = source.lower().removeprefix("registry.terraform.io/")
                    yield Requirement(provider, str(version), module.address, block.source)


def _shown(module: Module) -> str:
    for block in module.syntax.blocks:
        if block.source.file:
            return str(Path(block.source.file).parent)
    return "."


def _handed_down(caller: Module, block: BlockSyntax) -> dict[str, str]:
    """Return the providers of a called module: the caller's default ones, and what ``providers`` says."""
    from tercet.preflight.syntax.tree import Object

    handed = {name: address for name, address in caller.providers.items() if "." not in name}
    stated = block.body.attributes.get("providers")
    pairs: list[tuple[str, str]] = []
    if isinstance(stated, Object):
        pairs = [(_key_text(key), traversal_text(one)) for key, one in stated.items]
    elif isinstance(stated, JsonValue) and isinstance(stated.value, dict):
        pairs = [(name, str(one).removeprefix("${").removesuffix("}")) for name, one in stated.value.items()]
    for inside, outside in pairs:
        handed[inside] = caller.providers.get(outside, f"provider.{outside}")
    return handed


def _key_text(key: Any) -> str:
    return traversal_text(key)


def _providers(module: Module) -> None:
    prefix = f"{module.address}." if module.address else ""
    for block in module.syntax.of_type("provider"):
        if not block.labels:
            continue
        values = block_values(block.body, _within(block, module.scope))
        alias = values.get("alias")
        local = f"{block.labels[0]}.{alias}" if isinstance(alias, str) else block.labels[0]
        if prefix and "region" not in values and not any(name not in ("alias", "version") for name in values):
            continue  # a proxy configuration of old modules: the caller's counts
        address = f"{prefix}provider.{local}"
        module.providers[local] = address
        module.graph.providers.append(
            Provider(address, block.labels[0], alias if isinstance(alias, str) else None, values, block.source)
        )
        module.graph.regions[address] = values.get("region")


def _terraform_blocks(syntax: ModuleSyntax, graph: Graph) -> None:
    scope = Module(ModuleSyntax(), "", {}, Graph(), Budget(), None, {}).scope
    for block in syntax.of_type("terraform"):
        required = block.body.attributes.get("required_version")
        if required is not None and isinstance(version := value_of(required, scope), str):
            graph.required_version = str(version)
        _required_providers(block, graph)
        _backends(block, graph)


def _required_providers(block: BlockSyntax, graph: Graph) -> None:
    scope = Module(ModuleSyntax(), "", {}, Graph(), Budget(), None, {}).scope
    for entry in _settings(block, "required_providers", scope):
        for name, stated in entry.items():
            version = stated.get("version") if isinstance(stated, dict) else stated
            graph.required_providers[name] = str(version) if isinstance(version, str) else ""


def _backends(block: BlockSyntax, graph: Graph) -> None:
    scope = Module(ModuleSyntax(), "", {}, Graph(), Budget(), None, {}).scope
    for inner in block.body.blocks_of("backend"):
        if inner.labels:
            graph.backends.append(Backend(inner.labels[0], block_values(inner.body, scope), inner.source))
    for entry in _settings(block, "backend", scope) if "backend" in block.body.attributes else []:
        for kind, values in entry.items():
            for one in values if isinstance(values, list) else [values]:
                graph.backends.append(Backend(kind, one if isinstance(one, dict) else {}, block.source))
    if block.body.blocks_of("cloud") or "cloud" in block.body.attributes:
        graph.backends.append(Backend("cloud", {}, block.source))


def _settings(block: BlockSyntax, name: str, scope: Any) -> list[dict[str, Any]]:
    found = [block_values(inner.body, scope) for inner in block.body.blocks_of(name)]
    if (stated := block.body.attributes.get(name)) is not None:
        value = plain(value_of(stated, scope))
        found.extend(one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict))
    return found


def _sensitive_outputs(root: Module) -> Iterator[Refused]:
    for block in root.syntax.of_type("output"):
        attributes = block.body.attributes
        stated = "sensitive" in attributes or "ephemeral" in attributes
        if block.labels and not stated and "value" in attributes and holds_sensitive(attributes["value"], root):
            yield Refused("output-sensitive", f"output.{block.labels[0]}", source=block.source)


def _root_variables(root: Module) -> list[Variable]:
    found = []
    for block in root.syntax.of_type("variable"):
        if block.labels:
            attributes = block.body.attributes
            default = attributes.get("default")
            value = (
                default.value if isinstance(default, JsonValue) else value_of(default, root.scope) if default else None
            )
            sensitive = value_of(attributes["sensitive"], root.scope) is True if "sensitive" in attributes else False
            found.append(Variable(block.labels[0], value, default is not None, sensitive, block.source))
    return found
