"""Which resource completes which: the policies, attachments and permissions of a queue, a role, a function."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from tercet.preflight.graph import Block, Graph, Resource
from tercet.preflight.memory import remembered
from tercet.preflight.policies.globs import overlap
from tercet.preflight.policies.matching import glob_of
from tercet.preflight.values import Encoded, Reference, Template, Unknown, Value, references_in

_FUNCTION_TYPES: Final = ("aws_lambda_function", "aws_lambda_alias")


@dataclass
class Completions:
    """The resources of one type, by what one argument of theirs names.

    Parameters
    ----------
    by_target
        Address of what is completed → its completions.
    loose
        Completions of which it is not known what they complete.
    """

    by_target: dict[str, list[Resource]] = field(default_factory=lambda: defaultdict(list))
    loose: list[tuple[Resource, Value]] = field(default_factory=list)

    def of(self, target: Resource, names: Iterable[Value] = ()) -> tuple[list[Resource], list[Resource]]:
        """Return what surely completes a resource, and what perhaps does.

        Parameters
        ----------
        target
            The resource.
        names
            What a completion may call it by, beside references.
        """
        sure = list(self.by_target.get(target.address, ()))
        perhaps = []
        known = [name for name in names if name is not None]
        for completion, value in self.loose:
            if any(value == name for name in known):
                sure.append(completion)
            elif _may_be(value, target, known):
                perhaps.append(completion)
        return sure, perhaps


def completions(graph: Graph, kind: str, argument: str, *types: str) -> Completions:
    """Return the resources of a type by what their argument names: a resource of one of the types."""

    def find() -> Completions:
        found = Completions()
        for completion in graph.of_type(kind):
            for value in _values(completion.value(argument)):
                targets = graph.resolve(value, types)
                for target in targets:
                    found.by_target[target.address].append(completion)
                if not targets and value is not None:
                    found.loose.append((completion, value))
        return found

    return remembered(graph, ("completions", kind, argument, types), find)


def functions_of(block: Block, name: str) -> list[Resource]:
    """Return the functions that an argument names, by themselves or by an alias; only those of the configuration."""
    return functions_in(block.owner.graph, block.value(name))


def functions_in(graph: Graph, value: Value) -> list[Resource]:
    """Return the functions that a value refers to or names, by themselves or by an alias."""
    found: dict[str, Resource] = {}
    for one in graph.resolve(value, _FUNCTION_TYPES):
        for function in (
            [one] if one.type == "aws_lambda_function" else one.targets("function_name", _FUNCTION_TYPES[0])
        ):
            found[function.address] = function
    return list(found.values())


def keys_of(block: Block, name: str) -> list[Resource]:
    """Return the KMS keys that an argument names, by themselves or by an alias; only those of the configuration."""
    found: dict[str, Resource] = {}
    for one in block.targets(name, "aws_kms_key", "aws_kms_alias"):
        for key in [one] if one.type == "aws_kms_key" else one.targets("target_key_id", "aws_kms_key"):
            found[key.address] = key
    return list(found.values())


def _values(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [value]


def _may_be(value: Value, target: Resource, names: list[Value]) -> bool:
    """Tell whether a value of which no target was found can still be this one."""
    if isinstance(value, Reference):
        return False  # of another resource, or of something that is not in the configuration
    if isinstance(value, Unknown):
        return _may_depend_on(value, target)
    if isinstance(value, str | Template):
        if isinstance(value, Template) and any(
            isinstance(part, Unknown) and _may_depend_on(part, target) for part in value.parts
        ):
            return True
        known = [glob_of(name) for name in names]
        return any(isinstance(one, str) and overlap(glob_of(value) or "*", one) for one in known)
    return isinstance(value, Encoded)


def _may_depend_on(value: Unknown, target: Resource) -> bool:
    references = references_in(value)
    if not references:
        return True
    return any(target in target.graph.named_by(one) for one in references)
