"""IAM: policy documents, what roles may do, what the policies of resources let others do.

Answers are three-valued: ``True``, ``False``, or ``None`` where what is not known before apply decides. A rule makes an
alarm of ``False`` only (or of ``True`` only), never of ``None``::

    permissions = role_policies(role)
    if permissions.lacks("sqs:ReceiveMessage", queue):  # raises Undecidable where it depends on something unknown
        yield Problem(...)
"""

from __future__ import annotations

from tercet.preflight.memory import remembered
from tercet.preflight.policies.matching import Answer, Asked, all_of, any_of, same_service
from tercet.preflight.policies.reading import policy_from, policy_of
from tercet.preflight.policies.resources import (
    function_allows,
    permissions_of,
    resource_policies,
    resource_policy_allows,
)
from tercet.preflight.policies.roles import RolePermissions, attached_policy, role_of, role_policies
from tercet.preflight.policies.statements import Policy, Statement
from tercet.preflight.policies.wires import completions, functions_in, functions_of, keys_of

__all__ = [
    "Answer",
    "Asked",
    "Policy",
    "RolePermissions",
    "Statement",
    "all_of",
    "any_of",
    "attached_policy",
    "completions",
    "function_allows",
    "functions_in",
    "functions_of",
    "keys_of",
    "permissions_of",
    "policy_from",
    "policy_of",
    "remembered",
    "resource_policies",
    "resource_policy_allows",
    "role_of",
    "role_policies",
    "same_service",
]
