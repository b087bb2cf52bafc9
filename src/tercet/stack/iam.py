"""Roles and policy statements: what a principal may do is written beside what it was wired to."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cdktn_provider_aws.iam_role import IamRole
from cdktn_provider_aws.iam_role_policy import IamRolePolicy
from constructs import Construct

from tercet.stack.deployment import Deployment, Kind

Conditions = Mapping[str, Mapping[str, str | Sequence[str]]]
"""Operator → condition key → value, as in IAM's JSON."""


@dataclass(frozen=True)
class Statement:
    """One statement of an IAM policy.

    Parameters
    ----------
    actions
        Full action names. A wildcard is refused.
    resources
        ARNs. ``*`` is refused unless ``any_resource_because`` says why AWS leaves no other choice.
    service, principal
        Who is allowed, in a resource's policy: a service principal, or the ARN of an account. Neither in a role's.
    effect
        ``Allow`` or ``Deny``; a denial may name every principal, action and resource.
    any_resource_because
        Why ``*`` stands for the resource, for instance that the action has no resource-level permission.
    """

    actions: Sequence[str]
    resources: Sequence[str]
    service: str | None = None
    principal: str | None = None
    conditions: Conditions = field(default_factory=dict)
    effect: str = "Allow"
    any_resource_because: str | None = None

    def __post_init__(self) -> None:
        if self.effect == "Deny":
            return
        if wild := [action for action in self.actions if "*" in action]:
            raise ValueError(f"An allowed action has a wildcard: {wild}. Name the actions.")
        if "*" in self.resources and not self.any_resource_because:
            raise ValueError(f"{list(self.actions)} are allowed on every resource. Name the resources, or say why not.")

    def render(self) -> dict[str, object]:
        """Give the statement as IAM's JSON has it."""
        rendered: dict[str, object] = {"Effect": self.effect}
        if self.service:
            rendered["Principal"] = {"Service": self.service}
        elif self.principal:
            rendered["Principal"] = "*" if self.principal == "*" else {"AWS": self.principal}
        rendered["Action"] = list(self.actions)
        rendered["Resource"] = list(self.resources)
        if self.conditions:
            rendered["Condition"] = self.conditions
        return rendered


def policy(*statements: Statement) -> str:
    """Render a policy document, the same bytes for the same statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": [statement.render() for statement in statements]})


class Role(Construct):
    """A role that one AWS service assumes, with one inline policy per grant, named after what it grants.

    Parameters
    ----------
    service
        The service principal that may assume it.
    purpose
        Part of its name.
    source_arn
        ARN (or pattern) of the resource on whose behalf the service must act: keeps other accounts' resources from
        using the role ("The confused deputy problem", IAM User Guide).
    guard_account
        Whether the service tells for which account it acts when it assumes the role, so that the trust can demand
        this one. Not every service does; where its guide is silent, leave it out or the role cannot be assumed.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        deployment: Deployment,
        service: str,
        purpose: str,
        source_arn: str | None = None,
        guard_account: bool = False,
    ) -> None:
        super().__init__(scope, construct_id)
        conditions: dict[str, Mapping[str, str]] = {}
        if guard_account:
            conditions["StringEquals"] = {"aws:SourceAccount": deployment.account_id}
        if source_arn:
            conditions["ArnLike"] = {"aws:SourceArn": source_arn}
        trust: dict[str, object] = {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sts:AssumeRole",
        }
        if conditions:
            trust["Condition"] = conditions
        self._role = IamRole(
            self,
            "role",
            name=deployment.name(purpose, Kind.ROLE),
            assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        )
        self._policies: list[IamRolePolicy] = []

    @property
    def arn(self) -> str:
        """ARN of the role."""
        return self._role.arn

    @property
    def grants(self) -> tuple[IamRolePolicy, ...]:
        """What was granted so far: who must not start before it may act depends on these."""
        return tuple(self._policies)

    def grant(self, what: str, *statements: Statement) -> None:
        """Allow more; ``what`` names the grant, such as ``write-logs``, and is unique within the role."""
        self._policies.append(IamRolePolicy(self, what, name=what, role=self._role.name, policy=policy(*statements)))
