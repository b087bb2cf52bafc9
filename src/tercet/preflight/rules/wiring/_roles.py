"""What the rules of roles ask: who may assume one, what it may do."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.graph import Block, Resource, Undecidable
from tercet.preflight.policies import Answer, Policy, RolePermissions, policy_of, role_of, role_policies
from tercet.preflight.values import shown


def made_here(block: Block, name: str = "role") -> Resource | None:
    """Return the role that an argument names, where the configuration makes it; else nothing is known of it."""
    role = role_of(block, name)
    return role if role is not None and role.mode == "managed" else None


def permissions_at(block: Block, name: str = "role") -> RolePermissions | None:
    """Return what the role that an argument names may do, where the configuration makes it."""
    role = made_here(block, name)
    return role_policies(role) if role is not None else None


def trusts(role: Resource, service: str) -> Answer:
    """Tell whether a service may assume a role."""
    policy = policy_of(role, "assume_role_policy")
    return policy.allows("sts:AssumeRole", None, service, conditions_hold=True) if policy is not None else None


def distrusts(role: Resource, service: str) -> bool:
    """Tell whether a service surely may not assume a role.

    Raises
    ------
    Undecidable
        It depends on what is not known.
    """
    answer = trusts(role, service)
    if answer is None:
        raise Undecidable("assume_role_policy", f"who may assume {role.address} is known only in part")
    return answer is False


def trusted(role: Resource) -> str:
    """List the principals that may assume a role, for a message."""
    policy: Policy | None = policy_of(role, "assume_role_policy")
    names: list[str] = []
    for statement in policy.allowing() if policy is not None else ():
        for entries in (statement.principals or {}).values():
            names.extend(shown(one, 60) for one in entries)
    return ", ".join(list(dict.fromkeys(names))[:4]) or "nobody"


def places(resource: Resource, path: str) -> Iterator[tuple[Block, str]]:
    """Go through the blocks that a dotted path leads to, with the argument at its end."""
    *steps, argument = path.split(".")
    blocks: list[Block] = [resource]
    for step in steps:
        blocks = [inner for block in blocks for inner in block.blocks(step)]
    return ((block, argument) for block in blocks if block.has(argument))


def grant(actions: list[str] | tuple[str, ...], role: Resource, target: str) -> str:
    """Say how to let a role do something."""
    return f"Allow {', '.join(actions)} on {target} in a policy of {role.address}."
