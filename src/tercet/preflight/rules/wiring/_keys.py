"""Keys of what a role uses: whether the role, or the key's own policy, lets it."""

from __future__ import annotations

from tercet.preflight.graph import Resource
from tercet.preflight.policies import RolePermissions, resource_policies


def locked_out(permissions: RolePermissions, key: Resource, action: str) -> bool:
    """Tell whether a role surely may not use a key.

    A key whose policy names roles or users itself may let this one in: then the answer is no.

    Raises
    ------
    Undecidable
        It depends on what is not known.
    """
    return key.mode == "managed" and not _names_principals(key, action) and permissions.lacks(action, key)


def _names_principals(key: Resource, action: str) -> bool:
    """Tell whether a key's policy allows an action to somebody beside the account and services."""
    for _, policy in resource_policies(key):
        for statement in policy.allowing():
            if statement.covers(action, None, None, "") is False:
                continue
            if statement.principals is None:
                return True
            for kind, entries in statement.principals.items():
                if kind != "Service" and not all(_is_account(entry) for entry in entries):
                    return True
    return False


def _is_account(entry: object) -> bool:
    text = entry if isinstance(entry, str) else getattr(entry, "suffix", "")
    return isinstance(text, str) and (text.endswith(":root") or (text.isdigit() and len(text) == 12))
