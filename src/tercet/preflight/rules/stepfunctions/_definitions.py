"""Definitions in Amazon States Language: the machines in one, their states, and where a state goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.values import Reference, Template, Unknown, Value

MAX_STATES: Final = 25_000
_NESTED: Final = ("Iterator", "ItemProcessor")


@dataclass(frozen=True, slots=True)
class Machine:
    """A state machine, the whole one or one inside of a state: ``{"StartAt": …, "States": {…}}``."""

    path: str
    body: dict[str, Value]
    express: bool

    @property
    def states(self) -> dict[str, Value]:
        """Name → state, as far as it is known that there are any."""
        states = self.body.get("States")
        return states if isinstance(states, dict) else {}

    def bodies(self) -> Iterator[tuple[str, dict[str, Value]]]:
        """Go through the states that are known, each with its path."""
        for name, state in self.states.items():
            if isinstance(state, dict):
                yield f"{self.path}/States/{name}", state


def definition_of(machine: Resource) -> Value:
    """Return the decoded definition; None where there is none, or where it is no JSON.

    Raises
    ------
    Undecidable
        Nothing of it is known.
    """
    return machine.document("definition") if machine.has("definition") else None


def machines(resource: Resource) -> Iterator[Machine]:
    """Go through the machine and all that are nested in its states, at most `MAX_STATES` states.

    Raises
    ------
    Undecidable
        Nothing of the definition is known.
    """
    definition = definition_of(resource)
    if not isinstance(definition, dict):
        return
    stack = [Machine("", definition, resource.value("type") == "EXPRESS")]
    left = MAX_STATES
    while stack and left > 0:
        machine = stack.pop()
        yield machine
        for path, state in machine.bodies():
            left -= 1
            stack.extend(_inside(path, state, machine.express))


def _inside(path: str, state: dict[str, Value], express: bool) -> Iterator[Machine]:
    branches = state.get("Branches")
    if isinstance(branches, list):
        for index, branch in enumerate(branches):
            if isinstance(branch, dict):
                yield Machine(f"{path}/Branches[{index}]", branch, express)
    for key in _NESTED:
        body = state.get(key)
        if isinstance(body, dict):
            config = body.get("ProcessorConfig")
            kind = config.get("ExecutionType") if isinstance(config, dict) else None
            yield Machine(f"{path}/{key}", body, express or kind == "EXPRESS")


def destinations(path: str, state: dict[str, Value]) -> Iterator[tuple[str, Value]]:
    """Go through the names that a state goes to, each with where it is said."""
    for key in ("Next", "Default"):
        if key in state:
            yield f"{path}/{key}", state[key]
    for key in ("Choices", "Catch"):
        ways = state.get(key)
        for index, way in enumerate(ways if isinstance(ways, list) else ()):
            if isinstance(way, dict) and "Next" in way:
                yield f"{path}/{key}[{index}]/Next", way["Next"]


def is_whole(machine: Machine) -> bool:
    """Tell whether all names in a machine are known: no state or way may hide where it goes."""
    states = machine.body.get("States")
    if not isinstance(states, dict) or not isinstance(machine.body.get("StartAt"), str):
        return False
    for name, state in states.items():
        if "*" in name or "${" in name or not isinstance(state, dict):
            return False
        for key in ("Choices", "Catch"):
            ways = state.get(key, [])
            if not isinstance(ways, list) or not all(isinstance(way, dict) for way in ways):
                return False
        if any(not isinstance(to, str) for _, to in destinations("", state)):
            return False
    return True


def need_whole(machine: Machine) -> None:
    """Raise `Undecidable` where names in a machine are not known."""
    if not is_whole(machine):
        raise Undecidable("definition", f"not all names of states at {machine.path or '/'} are known")


def ends_with(value: Value, *ends: str) -> bool:
    """Tell whether text is known to end with one of these."""
    if isinstance(value, Template):
        return value.suffix.endswith(ends)
    return isinstance(value, str) and str(value).endswith(ends)


def is_unknown(value: Value) -> bool:
    """Tell whether nothing is known of a value."""
    return isinstance(value, Reference | Unknown)
