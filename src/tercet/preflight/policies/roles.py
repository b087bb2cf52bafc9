"""What a role may do: every policy that a configuration gives it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tercet.preflight.graph import Block, Graph, Resource, Undecidable
from tercet.preflight.memory import remembered
from tercet.preflight.policies.managed import managed_name, managed_policy
from tercet.preflight.policies.matching import Answer, Target, any_of
from tercet.preflight.policies.reading import policy_from
from tercet.preflight.policies.statements import Policy, Statement
from tercet.preflight.policies.wires import completions
from tercet.preflight.values import Unknown, Value, shown

_POLICIES: Final = ("aws_iam_policy",)


@dataclass(frozen=True)
class RolePermissions:
    """What a role may do.

    Parameters
    ----------
    role
        The role.
    policies
        Those that are known, with what gives them to the role.
    unknown
        Why there may be more.
    bounded
        Whether a permissions boundary limits all of it.
    """

    role: Resource
    policies: tuple[tuple[Block, Policy], ...]
    unknown: tuple[str, ...]
    bounded: bool

    def allows(self, action: str, resource: Target = None, *, conditions_hold: bool = True) -> Answer:
        """Tell whether the role may do something, with a resource or with any.

        Conditions are taken as met, unless told otherwise: a wire is asked whether it is there. None where what is not
        known decides.
        """
        answers = [policy.allows(action, resource, conditions_hold=conditions_hold) for _, policy in self.policies]
        answer = any_of(answers)
        if answer is False:
            return None if self.unknown else False
        return None if self.bounded else answer

    def lacks(self, action: str, resource: Target = None) -> bool:
        """Tell whether the role may surely not do something.

        Raises
        ------
        Undecidable
            It depends on what is not known.
        """
        answer = self.allows(action, resource)
        if answer is None and not self.bounded:
            raise Undecidable(f"policies of {self.role.address}", self.because())
        return answer is False

    def lacking(self, actions: tuple[str, ...], resource: Target = None) -> list[str]:
        """Return the actions that the role may surely not do.

        Raises
        ------
        Undecidable
            Of none it is sure, and of one it depends on what is not known.
        """
        answers = {action: self.allows(action, resource) for action in actions}
        lacking = [action for action, answer in answers.items() if answer is False]
        if not lacking and None in answers.values() and not self.bounded:
            raise Undecidable(f"policies of {self.role.address}", self.because())
        return lacking

    def because(self) -> str:
        """Say why something is not decidable."""
        return self.unknown[0] if self.unknown else "a part of a policy is known only after apply"

    def statements(self) -> Iterator[Statement]:
        """Go through all statements that are known."""
        return (statement for _, policy in self.policies for statement in policy.statements)


def role_of(block: Block, name: str = "role") -> Resource | None:
    """Return the role of the configuration that an argument names; None where it lives elsewhere."""
    return block.target(name, "aws_iam_role")


def role_policies(role: Resource) -> RolePermissions:
    """Gather what a role may do."""
    return remembered(role.graph, ("role", role.address), lambda: _gathered(role))


def _gathered(role: Resource) -> RolePermissions:
    policies: list[tuple[Block, Policy]] = []
    unknown: list[str] = []

    def add(owner: Block, policy: Policy | Unknown | None, what: str) -> None:
        if isinstance(policy, Policy):
            policies.append((owner, policy))
        elif isinstance(policy, Unknown):
            unknown.append(f"{what}: {policy.because}")

    if role.mode != "managed":
        unknown.append(f"{role.address} is made elsewhere")
    if role.is_passed_out():
        unknown.append(f"{role.address} is given to a module that is not at hand")
    for owner, value, what in _inline(role, unknown):
        add(owner, policy_from(role.graph, value), what)
    for owner, arn, what in _attached(role, unknown):
        add(owner, attached_policy(role.graph, arn), what)
    return RolePermissions(role, tuple(policies), tuple(unknown), role.has("permissions_boundary"))


def _inline(role: Resource, unknown: list[str]) -> Iterator[tuple[Block, Value, str]]:
    try:
        for block in role.blocks("inline_policy"):
            if block.has("policy"):
                yield block, block.value("policy"), f"{role.address} {block.path}"
    except Undecidable as error:
        unknown.append(f"{role.address} {error}")
    for companion in _companions(role, "aws_iam_role_policy", "role", unknown):
        yield companion, companion.value("policy"), companion.address


def _attached(role: Resource, unknown: list[str]) -> Iterator[tuple[Block, Value, str]]:
    for kind, argument in (("aws_iam_role_policy_attachment", "role"), ("aws_iam_policy_attachment", "roles")):
        for companion in _companions(role, kind, argument, unknown):
            yield companion, companion.value("policy_arn"), companion.address
    owners: list[tuple[Resource, str]] = [(role, "managed_policy_arns")]
    exclusive = _companions(role, "aws_iam_role_policy_attachments_exclusive", "role_name", unknown)
    owners.extend((one, "policy_arns") for one in exclusive)
    for owner, argument in owners:
        try:
            for arn in owner.items(argument):
                yield owner, arn, f"{owner.address} {argument}"
        except Undecidable as error:
            unknown.append(f"{owner.address} {error}")


def _companions(role: Resource, kind: str, argument: str, unknown: list[str]) -> list[Resource]:
    names = (role.value("name"),)
    sure, perhaps = completions(role.graph, kind, argument, "aws_iam_role").of(role, names)
    unknown.extend(f"{one.address} may be of this role: {argument} is {shown(one.value(argument))}" for one in perhaps)
    return sure


def attached_policy(graph: Graph, arn: Value) -> Policy | Unknown | None:
    """Return the policy of an ARN: one of the configuration, or one that AWS manages."""
    for policy in graph.resolve(arn, _POLICIES):
        if policy.mode != "managed":
            return _elsewhere(policy)
        return policy_from(graph, policy.value("policy"))
    name = managed_name(arn)
    if name is None:
        return Unknown(f"the policy {shown(arn)} lives elsewhere")
    return managed_policy(name) or Unknown(f"what the policy {name} allows is not known here")


def _elsewhere(data: Resource) -> Policy | Unknown:
    for argument in ("arn", "name"):
        value = data.value(argument)
        if isinstance(value, str) and (policy := managed_policy(str(value).rpartition(":policy/")[2])) is not None:
            return policy
    return Unknown(f"{data.address} lives elsewhere")
