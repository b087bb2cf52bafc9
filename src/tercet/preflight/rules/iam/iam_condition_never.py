"""A condition that no request can meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.policies import Statement, policy_of
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.iam._documents import RESOURCE, called, trust_document
from tercet.preflight.values import Value, shown

_EXACT: Final = frozenset(("stringequals", "stringequalsignorecase"))
_KEYS: Final = frozenset(("aws:principalarn", "aws:principalorgpaths", "aws:sourcearn"))
_SUBJECT: Final = ":sub"

_ROLE = """
resource "aws_iam_role" "deploy" {
  name = "payments-deploy-dev"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" }
      Condition = {
        StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
        OPERATOR     = { "token.actions.githubusercontent.com:sub" = "repo:acme/payments:*" }
      }
    }]
  })
}
"""

RULE = Rule(
    id="iam-condition-never",
    title="A condition that no request can meet",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "StringEquals compares letter by letter: a * in its value is a star, and no ARN or subject has one. The keys "
        "of an identity provider begin with its host name, without https://. The policy is taken, and each request is "
        "denied."
    ),
    aws_error="AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity (at run time)",
    sources=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html",
    ),
    resources=("aws_iam_role", *RESOURCE),
    failing=_ROLE.replace("StringEquals = {", "StringLike   = {", 1).replace("OPERATOR    ", "StringEquals"),
    passing=_ROLE.replace("OPERATOR    ", "StringLike  "),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look at the conditions of what is allowed."""
    argument = "assume_role_policy" if resource.type == "aws_iam_role" else RESOURCE[resource.type]
    if resource.type == "aws_iam_role":
        document = trust_document(resource)
        policy = document.policy if document else None
    else:
        policy = policy_of(resource, argument) if resource.has(argument) else None
    for place, statement in enumerate(policy.statements if policy else ()):
        if statement.grants:
            for said, fix in _never(statement):
                yield Problem(
                    resource, argument, f"{called(statement, place)} {said}: it allows nothing to anybody.", fix=fix
                )


def _never(statement: Statement) -> Iterator[tuple[str, str]]:
    if not isinstance(statement.conditions, Mapping):
        return
    for operator, tests in statement.conditions.items():
        for key, values in tests.items() if isinstance(tests, Mapping) else ():
            if not isinstance(key, str):
                continue
            entries = values if isinstance(values, list) else [values]
            if key.lower().startswith("https://") and not _is_negative(str(operator)):
                said = f"has a condition on {shown(key)}, a key that no request has"
                yield said, f"Write {key[len('https://') :]}."
            elif _is_exact(str(operator), key) and entries and all(map(_is_wild, entries)):
                like = "ArnLike" if key.lower() in ("aws:sourcearn", "aws:principalarn") else "StringLike"
                yield f"wants {operator} {shown(key)} = {shown(entries[0])}, where the * is a star", f"Use {like}."


def _is_negative(operator: str) -> bool:
    folded = operator.lower()
    return "not" in folded or folded.startswith("null") or folded.endswith("ifexists") or folded.startswith("forall")


def _is_exact(operator: str, key: str) -> bool:
    folded = operator.lower().removeprefix("foranyvalue:")
    return folded in _EXACT and (key.lower() in _KEYS or key.lower().endswith(_SUBJECT))


def _is_wild(entry: Value) -> bool:
    return isinstance(entry, str) and "*" in entry and "${*}" not in entry
