"""Who puts events on a bus, and of which source, by what a configuration says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.graph import Graph, Resource, Undecidable
from tercet.preflight.policies import Answer, policy_from, remembered, role_policies
from tercet.preflight.policies.matching import Target
from tercet.preflight.policies.statements import Policy, Statement
from tercet.preflight.rules.wiring._roles import made_here
from tercet.preflight.values import Template, Unknown, Value, references_in

PUT: Final = "events:PutEvents"
DEFAULT_BUS: Final = "arn:*:events:*:*:event-bus/default"
_MAX_SOURCE: Final = 200_000
"""Characters of inline source code that are looked at."""

_DOING: Final = ("emitter", "handler", "ing", "processor", "producer", "publisher", "service", "worker")
"""How the name of a source ends that is called after who does something, not after what is done to."""

_WORD: Final = re.compile(r"[a-z]{3,32}")


def bus_of(rule: Resource) -> Target:
    """Return the bus of a rule: a resource, or the ARN of one that is not in the configuration."""
    name = rule.value("event_bus_name")
    if name is None or name in ("", "default"):
        return DEFAULT_BUS
    bus = rule.target("event_bus_name", "aws_cloudwatch_event_bus")
    if bus is not None:
        return bus
    text = rule.text("event_bus_name") or ""
    return text if text.startswith("arn:") else f"arn:*:events:*:*:event-bus/{text}"


def may_put(function: Resource, bus: Target) -> Answer:
    """Tell whether a function's role lets it put events on a bus; None where the role is made elsewhere."""
    role = made_here(function)
    return role_policies(role).allows(PUT, bus) if role is not None else None


def require_known_role(function: Resource, bus: Target) -> None:
    """Make sure that a function that is told the name of a bus has a role that is known, or one that is made elsewhere.

    Raises
    ------
    Undecidable
        The role is made here, and what it may do is not known.
    """
    role = made_here(function)
    told = [one for value in environment(function).values() for one in references_in(value)]
    if role is not None and any(bus in function.graph.find(one.address) for one in told):
        raise Undecidable(f"policies of {role.address}", role_policies(role).because())


def others_may_put(function: Resource, bus: Target) -> bool:
    """Tell whether another program in the configuration may put events on a bus, or perhaps may."""
    graph, own = function.graph, made_here(function)
    if graph.opaque_modules:
        return True
    for role in {one.address: one for one in (*_putting(graph, bus), *([own] if own is not None else []))}.values():
        users = _users(graph).get(role.address, [])
        if not users or not all(_same_program(function, user) for user in users):
            return True
    return any(_on_the_loose(graph, policy, bus) for policy in graph.of_type("aws_iam_policy"))


def _users(graph: Graph) -> dict[str, list[Resource]]:
    """Return the functions of each role, by the role's address."""

    def find() -> dict[str, list[Resource]]:
        users: dict[str, list[Resource]] = {}
        for function in graph.of_type("aws_lambda_function"):
            if (role := made_here(function)) is not None:
                users.setdefault(role.address, []).append(function)
        return users

    return remembered(graph, ("users of roles",), find)


def _same_program(one: Resource, other: Resource) -> bool:
    """Tell whether two functions run the same code, as those of two regions do."""
    if one is other:
        return True
    code = ("filename", "s3_bucket", "s3_key", "image_uri", "handler")
    return any(one.has(part) for part in code[:4]) and all(one.value(part) == other.value(part) for part in code)


def _putting(graph: Graph, bus: Target) -> list[Resource]:
    """Return the roles that may put events on a bus, or perhaps may."""

    def find() -> list[Resource]:
        return [one for one in graph.of_type("aws_iam_role") if role_policies(one).allows(PUT, bus) is not False]

    return remembered(graph, ("putting", bus.address if isinstance(bus, Resource) else bus), find)


def _on_the_loose(graph: Graph, resource: Resource, bus: Target) -> bool:
    """Tell whether a policy that lets events be put is attached to users or groups."""
    given = {"aws_iam_user_policy_attachment", "aws_iam_group_policy_attachment"}
    if not any(one.type in given for one in resource.referrers()):
        return False
    policy = policy_from(graph, resource.value("policy"))
    return not isinstance(policy, Policy) or policy.allows(PUT, bus) is not False


def conditioned(function: Resource, key: str) -> list[Value]:
    """Return the values that the role's policies compare a key to, in statements that allow events to be put."""
    role = made_here(function)
    statements: Iterator[Statement] = role_policies(role).statements() if role is not None else iter(())
    return [
        value
        for statement in statements
        if statement.grants and statement.covers(PUT, None, None, "") is not False
        for value in statement.condition_values(key)
    ]


def environment(function: Resource) -> dict[str, Value]:
    """Return the variables of a function, as far as they are known."""
    found: dict[str, Value] = {}
    try:
        for block in function.blocks("environment"):
            value = block.value("variables")
            # Of a map that is not known a plan holds, without the names, what is referred to in it.
            found.update({"": value} if isinstance(value, Unknown) else block.mapping("variables"))
    except Undecidable:
        return found
    return found


def source_code(function: Resource) -> str:
    """Return the code of a function that stands in the configuration itself, in ``archive_file``."""

    def read() -> str:
        texts: list[str] = []
        for archive in function.graph.resolve(function.value("filename")):
            if archive.type != "archive_file":
                continue
            held: list[Value] = [archive.value("source_content")]
            try:
                held.extend(block.value("content") for block in archive.blocks("source"))
            except Undecidable:
                continue
            texts.extend(one.literal if isinstance(one, Template) else str(one) for one in held if one is not None)
        return "\n".join(texts)[:_MAX_SOURCE]

    return remembered(function.graph, ("source code", function.address), read)


def says(function: Resource, text: str) -> bool:
    """Tell whether a function's environment or its code at hand says a text, as a whole value."""
    if any(isinstance(value, str) and str(value) == text for value in environment(function).values()):
        return True
    code = source_code(function)
    return any(f"{quote}{text}{quote}" in code for quote in "\"'`")


def named_after(function: Resource, source: str) -> bool:
    """Tell whether a source is called as the function is: ``payment.processing`` as ``payments-processor-dev``."""
    name = function.value("function_name")
    known = name if isinstance(name, str) else name.literal if isinstance(name, Template) else ""
    own = _WORD.findall(known.lower()[:200]) + _WORD.findall(function.name.lower()[:200])
    words = _WORD.findall(source.lower()[:200])
    if len(words) < 2 or not words[-1].endswith(_DOING):
        return False  # a source called after what it is about: its consumers are called so as well
    return all(any(_akin(word, one) for one in own) for word in words)


def _akin(one: str, other: str) -> bool:
    """Tell whether two words have one stem, as ``processing`` and ``processor`` have."""
    length = min(len(one), len(other))
    shared = next((place for place in range(length) if one[place] != other[place]), length)
    return shared >= max(4, length - 2)
