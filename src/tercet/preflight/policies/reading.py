"""Policies of arguments: JSON text, known or in part, and ``aws_iam_policy_document``."""

from __future__ import annotations

from typing import Final

from tercet.preflight.documents import decode
from tercet.preflight.graph import Block, Graph, Resource, Undecidable
from tercet.preflight.memory import remembered
from tercet.preflight.policies.statements import Policy, Principals, Statement, entries_of, read
from tercet.preflight.values import Reference, Template, Unknown, Value, shown

_MAX_DEPTH: Final = 8
"""Documents that include documents: deeper than this nobody nests them, and a cycle ends here."""

_DOCUMENT: Final = "aws_iam_policy_document"


def policy_of(block: Block, name: str = "policy") -> Policy | None:
    """Return the policy that an argument is.

    Returns
    -------
    Policy or None
        None where the argument is absent, or is no JSON object.

    Raises
    ------
    Undecidable
        Nothing of it is known.
    """
    value = block.value(name)
    if value is None or value == "":
        return None
    graph = block.owner.graph
    policy = remembered(graph, ("policy", block.owner.address, block.named(name)), lambda: policy_from(graph, value))
    if isinstance(policy, Unknown):
        raise Undecidable(block.named(name), policy.because)
    return policy


def policy_from(graph: Graph, value: Value, depth: int = _MAX_DEPTH) -> Policy | Unknown | None:
    """Return the policy that a value is; `Unknown` where nothing of it is known, None where it is no policy."""
    if depth == 0:
        return Unknown("policies include one another too deeply")
    if isinstance(value, Template) and len(value.parts) == 1:
        value = value.parts[0]
    if isinstance(value, Reference):
        return _referred(graph, value, depth)
    decoded = decode(value)
    if isinstance(decoded, Reference):
        return _referred(graph, decoded, depth)
    if isinstance(decoded, Unknown):
        return decoded
    if decoded is None and isinstance(value, Template):
        return Unknown(f"{shown(value)} is known only in part")
    return read(decoded)


def _referred(graph: Graph, reference: Reference, depth: int) -> Policy | Unknown | None:
    found = graph.find(reference.address)
    if len(found) != 1:
        return Unknown(f"{reference} is known only after apply")
    resource, attribute = found[0], reference.path[0] if reference.path else None
    if resource.type == _DOCUMENT and resource.mode == "data":
        return remembered(graph, ("policy document", resource.address), lambda: _document(resource, depth))
    value = resource.value(str(attribute)) if len(reference.path) == 1 else None
    if value is None or value == reference:
        return Unknown(f"{reference} is known only after apply")
    return policy_from(graph, value, depth - 1)


def _document(data: Resource, depth: int) -> Policy | Unknown:
    """Return the policy of a data source as Terraform puts it together: sources, its own statements, overrides."""
    # Where a plan has read it, the text is there.
    if isinstance(written := data.value("json"), str) and (policy := read(decode(written))) is not None:
        return policy
    own = data.value("statement")
    if own is not None and not isinstance(own, list | dict):
        return Unknown(f"the statements of {data.address} are known only after apply")
    statements: list[Statement] = []
    for name in ("source_json", "source_policy_documents"):
        _merge(statements, _included(data, name, depth))
    _merge(statements, [_from_block(one) for one in (own if isinstance(own, list) else [own]) if one is not None])
    for name in ("override_json", "override_policy_documents"):
        _merge(statements, _included(data, name, depth))
    return Policy(tuple(statements))


def _included(data: Resource, name: str, depth: int) -> list[Statement]:
    statements: list[Statement] = []
    for value in entries_of(data.value(name)) or []:
        if value == "":
            continue
        policy = policy_from(data.graph, value, depth - 1)
        if isinstance(policy, Policy):
            statements.extend(policy.statements)
        else:
            statements.append(_hidden(policy))
    return statements


def _merge(statements: list[Statement], more: list[Statement]) -> None:
    """Add statements; one replaces the one of the same name."""
    places = {one.sid: place for place, one in enumerate(statements) if isinstance(one.sid, str) and one.sid}
    for one in more:
        if isinstance(one.sid, str) and one.sid in places:
            statements[places[one.sid]] = one
        else:
            statements.append(one)


def _from_block(block: Value) -> Statement:
    if not isinstance(block, dict):
        return _hidden(block)
    conditions: Value = {}
    tests = block.get("condition")
    for test in tests if isinstance(tests, list) else [tests] if tests is not None else []:
        if not isinstance(test, dict) or not isinstance(test.get("test"), str):
            conditions = Unknown("the conditions are not known")
            break
        conditions.setdefault(str(test["test"]), {})[str(test.get("variable"))] = entries_of(test.get("values")) or []
    return Statement(
        effect=block.get("effect") or "Allow",
        actions=_filled(block.get("actions")),
        not_actions=_filled(block.get("not_actions")),
        resources=_filled(block.get("resources")),
        not_resources=_filled(block.get("not_resources")),
        principals=_principals(block.get("principals")),
        not_principals=_principals(block.get("not_principals")),
        conditions=conditions,
        structure=block,
        sid=block.get("sid"),
    )


def _filled(value: Value) -> list[Value] | None:
    """Return entries, and None for an empty set, which is as good as none."""
    return entries_of(value) or None


def _principals(value: Value) -> Principals | None:
    found: dict[str, list[Value]] = {}
    for one in entries_of(value) or []:
        if not isinstance(one, dict) or not isinstance(one.get("type"), str):
            found.setdefault("*", []).append(Unknown("the principals are not known"))
        else:
            found.setdefault(str(one["type"]), []).extend(entries_of(one.get("identifiers")) or [])
    return found or None


def _hidden(value: Value) -> Statement:
    unknown: list[Value] = [value if isinstance(value, Unknown) else Unknown("the statement is not known")]
    return Statement(unknown[0], unknown, resources=unknown, principals={"*": unknown})
