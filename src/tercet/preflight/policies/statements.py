"""A policy: its statements, and what they allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tercet.preflight.graph import Resource
from tercet.preflight.policies.matching import (
    Answer,
    Target,
    all_of,
    any_of,
    covers_action,
    covers_principal,
    covers_resource,
    is_of_another,
)
from tercet.preflight.values import Unknown, Value

Principals = Mapping[str, list[Value]]


@dataclass(frozen=True, eq=False)
class Statement:
    """One statement of a policy.

    Parameters
    ----------
    effect
        ``Allow``, ``Deny``, or unknown.
    actions, not_actions, resources, not_resources
        Entries, each known or not; None where the element is absent.
    principals, not_principals
        Kind (``AWS``, ``Service``, ``Federated``, ``CanonicalUser``, ``*``) → entries; None where absent.
    conditions
        Operator → key → values, or an unknown value; empty where there is none.
    structure
        The statement as it was written, for what is not an element.
    sid
        Its name, if it has one.
    """

    effect: Value = "Allow"
    actions: list[Value] | None = None
    not_actions: list[Value] | None = None
    resources: list[Value] | None = None
    not_resources: list[Value] | None = None
    principals: Principals | None = None
    not_principals: Principals | None = None
    conditions: Value = field(default_factory=dict)
    structure: Value = None
    sid: Value = None

    @property
    def grants(self) -> bool:
        """Tell whether it allows something; IAM takes ``allow`` for ``Allow``."""
        return isinstance(self.effect, str) and self.effect.lower() == "allow"

    @property
    def denies(self) -> bool:
        """Tell whether it denies something."""
        return isinstance(self.effect, str) and self.effect.lower() == "deny"

    def covers(self, action: str | None, target: Target, principal: str | None, kind: str) -> Answer:
        """Tell whether the statement speaks of this at all, conditions aside."""
        parts = [self._covers_action(action), self._covers_resource(target)]
        if principal is not None:
            parts.append(self.covers_principal(principal, kind))
        return all_of(parts)

    def covers_principal(self, principal: str, kind: str = "Service") -> Answer:
        """Tell whether the statement is about a principal."""
        if self.principals is not None:
            return _principal_in(self.principals, principal, kind)
        if self.not_principals is not None:
            return _negated(_principal_in(self.not_principals, principal, kind))
        return False

    def _covers_action(self, action: str | None) -> Answer:
        if action is None:
            return True
        if self.actions is not None:
            return any_of(covers_action(entry, action) for entry in self.actions)
        if self.not_actions is not None:
            return _negated(any_of(covers_action(entry, action) for entry in self.not_actions))
        return False

    def _covers_resource(self, target: Target) -> Answer:
        if target is None:
            return True
        if self.resources is not None:
            return any_of(covers_resource(entry, target) for entry in self.resources)
        if self.not_resources is not None:
            return _negated(any_of(covers_resource(entry, target) for entry in self.not_resources))
        return True  # a trust policy has no resources: it is about the role

    def is_for_another(self, source: Resource) -> bool:
        """Tell whether it allows something to another source only, by ``aws:SourceArn``."""
        values = self.condition_values("aws:SourceArn") if self.grants else []
        return bool(values) and all(is_of_another(value, source) for value in values)

    def condition_values(self, key: str) -> list[Value]:
        """Return the values that conditions compare a key to, whatever the operator; capitals do not matter."""
        found: list[Value] = []
        if not isinstance(self.conditions, Mapping):
            return found
        for tests in self.conditions.values():
            for name, values in tests.items() if isinstance(tests, Mapping) else ():
                if str(name).lower() == key.lower():
                    found.extend(values if isinstance(values, list) else [values])
        return found


@dataclass(frozen=True, eq=False)
class Policy:
    """A policy document.

    Parameters
    ----------
    statements
        In the order of the document.
    structure
        The document as it was written; None where it came from ``aws_iam_policy_document``.
    """

    statements: tuple[Statement, ...] = ()
    structure: Value = None

    def allows(
        self,
        action: str | None,
        resource: Target = None,
        principal: str | None = None,
        kind: str = "Service",
        *,
        conditions_hold: bool = False,
    ) -> Answer:
        """Tell whether the policy allows something.

        Parameters
        ----------
        action
            Such as ``sqs:SendMessage``.
        resource
            A resource of the configuration, an ARN, or None for any.
        principal, kind
            Who, in a resource's policy: a service's name, or an ARN with the kind ``AWS``.
        conditions_hold
            Take the conditions of what is allowed as met, and those of what is denied as not met. Else a condition
            makes it not decidable.

        Returns
        -------
        Answer
            None where parts that are not known, or conditions, decide. A denial wins.
        """
        allowed: Answer = False
        denied: Answer = False
        for statement in self.statements:
            answer = statement.covers(action, resource, principal, kind)
            if answer is False:
                continue
            conditional = bool(statement.conditions)
            if statement.denies:
                if not (conditional and conditions_hold):
                    denied = any_of([denied, None if conditional else answer])
            elif statement.grants:
                allowed = any_of([allowed, None if conditional and not conditions_hold else answer])
            elif isinstance(statement.effect, str):
                continue  # neither: AWS refuses the policy, and another rule says so
            else:
                allowed = any_of([allowed, None])
        return all_of([allowed, _negated(denied)])

    def about(self, source: Resource | None) -> Policy:
        """Return the policy without what it allows to other sources of the same type, by ``aws:SourceArn``."""
        if source is None:
            return self
        return Policy(tuple(one for one in self.statements if not one.is_for_another(source)), self.structure)

    def allowing(self) -> Iterator[Statement]:
        """Go through the statements that allow something."""
        return (one for one in self.statements if one.grants)


def read(structure: Value) -> Policy | None:
    """Return the policy that a decoded document is; None where it is none."""
    if not isinstance(structure, dict):
        return None
    written = _folded(structure).get("statement")
    entries = written if isinstance(written, list) else [] if written is None else [written]
    return Policy(tuple(statement(one) for one in entries), structure)


def statement(written: Value) -> Statement:
    """Return the statement that a part of a document is; one of which all is unknown where that is not known."""
    if not isinstance(written, dict):
        hidden: list[Value] = [written if not isinstance(written, str) else Unknown("not a statement")]
        return Statement(Unknown("the statement is not known"), hidden, resources=hidden, principals={"*": hidden})
    element = _folded(written)
    return Statement(
        effect=element.get("effect", "Allow"),
        actions=entries_of(element.get("action")),
        not_actions=entries_of(element.get("notaction")),
        resources=entries_of(element.get("resource")),
        not_resources=entries_of(element.get("notresource")),
        principals=_principals(element.get("principal")),
        not_principals=_principals(element.get("notprincipal")),
        conditions=element.get("condition") or {},
        structure=written,
        sid=element.get("sid"),
    )


def _folded(written: Mapping[str, Value]) -> dict[str, Value]:
    """Return a structure by its keys in small letters: whether IAM minds them is not for here."""
    return {str(key).lower(): value for key, value in written.items()}


def entries_of(value: Value) -> list[Value] | None:
    """Return an element as a list; None where it is absent."""
    if value is None:
        return None
    return value if isinstance(value, list) else [value]


def _principals(value: Value) -> Principals | None:
    if value is None:
        return None
    if isinstance(value, dict):
        return {str(kind): entries_of(entries) or [] for kind, entries in value.items()}
    return {"*": entries_of(value) or []}


def _principal_in(principals: Principals, principal: str, kind: str) -> Answer:
    answers = []
    for one, entries in principals.items():
        for entry in entries:
            hidden = one == "*" and not isinstance(entry, str)
            answers.append(None if hidden else covers_principal(one, entry, principal, kind))
    return any_of(answers)


def _negated(answer: Answer) -> Answer:
    return None if answer is None else not answer
