"""A policy that is no policy."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.documents import decode
from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.policies import Policy, Statement, policy_of
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.iam._documents import IDENTITY, RESOURCE, called
from tercet.preflight.values import shown

_KEYS: Final = ("Version", "Id", "Statement")
_ELEMENTS: Final = (
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
)  # fmt: skip
_FOLDED_KEYS: Final = frozenset(one.lower() for one in _KEYS)
_FOLDED_ELEMENTS: Final = frozenset(one.lower() for one in _ELEMENTS)
_VERSIONS: Final = ("2008-10-17", "2012-10-17")
_ACTION: Final = re.compile(r"\*|[A-Za-z0-9-]{1,64}:[A-Za-z0-9*?-]{1,128}")
_OPERATOR: Final = re.compile(
    r"(?:forallvalues:|foranyvalue:)?"
    r"(?:string(?:not)?equals(?:ignorecase)?|string(?:not)?like|(?:numeric|date)(?:not)?equals"
    r"|(?:numeric|date)(?:less|greater)than(?:equals)?|bool|binaryequals|(?:not)?ipaddress|arn(?:not)?(?:equals|like))"
    r"(?:ifexists)?|null",
    re.IGNORECASE,
)
_AWS: Final = re.compile(r"\*|[0-9]{12}|arn:.*|[A-Z0-9]{16,128}", re.DOTALL)
_SID: Final = re.compile(r"[0-9A-Za-z]{0,128}")

_ROLE = """
resource "aws_iam_user" "auditor" {
  name = "payments-auditor-dev"
}
"""

RULE = Rule(
    id="iam-policy-malformed",
    title="A policy document that AWS refuses",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A policy is a JSON object with Version and Statement; a statement has an Effect of Allow or Deny, an Action "
        "or "
        "NotAction that names its service, and no other elements than IAM knows. "
        "Terraform checks only that it is JSON; the service refuses the rest when the policy is created."
    ),
    aws_error="MalformedPolicyDocument: Syntax errors in policy.",
    sources=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html",
    ),
    resources=(*IDENTITY, *RESOURCE),
    failing=_ROLE
    + """
resource "aws_iam_user_policy" "auditor" {
  name = "read"
  user = aws_iam_user.auditor.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Actions = ["s3:GetObject"], Resource = "arn:aws:s3:::payments-audit-dev/*" }]
  })
}
""",
    passing=_ROLE
    + """
resource "aws_iam_user_policy" "auditor" {
  name = "read"
  user = aws_iam_user.auditor.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:GetObject"], Resource = "arn:aws:s3:::payments-audit-dev/*" }]
  })
}
""",
)


@RULE.check
def check(resource: Resource, _: Context) -> Iterator[Problem]:
    """Look at the document as it is written."""
    for block, argument in _arguments(resource):
        identity = resource.type in IDENTITY and argument == "policy"
        value = block.value(argument)
        if isinstance(value, str) and value.strip() and not isinstance(decode(value), dict):
            yield Problem(
                block,
                argument,
                f"{argument} is no JSON object: Terraform stops.",
                fix="Write the policy with jsonencode() or aws_iam_policy_document.",
                aws_error=f'"{argument}" contains an invalid JSON policy',
            )
            continue
        policy = policy_of(block, argument)
        if policy is None:
            continue
        for said, fix, error in _flaws(policy, identity):
            yield Problem(block, argument, f"{said}: AWS refuses the policy.", fix=fix, aws_error=error)


def _arguments(resource: Resource) -> Iterator[tuple[Block, str]]:
    if resource.type == "aws_iam_role":
        yield resource, "assume_role_policy"
        for block in resource.blocks("inline_policy"):
            if block.has("policy"):
                yield block, "policy"
    elif resource.has("policy"):
        yield resource, "policy"


def _flaws(policy: Policy, identity: bool) -> Iterator[tuple[str, str, str | None]]:
    written = policy.structure
    if isinstance(written, dict):
        for key in written:
            if str(key).lower() not in _FOLDED_KEYS:
                yield f"The document has a key {key}", _instead(key, _KEYS), None
        version = written.get("Version")
        if isinstance(version, str) and version not in _VERSIONS:
            yield f"Version is {version}, and there are only {' and '.join(_VERSIONS)}", f"Write {_VERSIONS[1]}.", None
        if not any(str(key).lower() == "statement" for key in written):
            yield "The document has no Statement", "Add Statement.", None
    names: set[str] = set()
    for place, statement in enumerate(policy.statements):
        yield from _statement_flaws(statement, called(statement, place), identity, written is not None)
        if isinstance(statement.sid, str) and statement.sid:
            if statement.sid in names:
                error = "MalformedPolicyDocument: Statement IDs (SID) in a single policy must be unique."
                yield f"Two statements have the Sid {statement.sid}", "Give each its own Sid, or none.", error
            names.add(statement.sid)


def _statement_flaws(
    statement: Statement, name: str, identity: bool, from_json: bool
) -> Iterator[tuple[str, str, str | None]]:
    written = statement.structure
    if isinstance(written, dict) and from_json:
        for key in written:
            if str(key).lower() not in _FOLDED_ELEMENTS:
                yield f"{name} has an element {shown(key, 40)}", _instead(key, _ELEMENTS), None
        if not any(str(key).lower() == "effect" for key in written):
            yield f"{name} has no Effect", 'Add Effect = "Allow".', None
    if isinstance(statement.effect, str) and not (statement.grants or statement.denies):
        yield f"{name} has the Effect {shown(statement.effect, 40)}", "Write Allow or Deny.", None
    if statement.actions is None and statement.not_actions is None and isinstance(statement.effect, str):
        error = "MalformedPolicyDocument: Policy statement must contain actions."
        yield f"{name} has no Action", "Add the actions.", error
    for action in (statement.actions or []) + (statement.not_actions or []):
        if isinstance(action, str) and not _ACTION.fullmatch(action):
            error = (
                "MalformedPolicyDocument: Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
            )
            shape = "Write it as service:Action."
            yield f"{name} has the action {shown(action, 60)}", shape, error if ":" not in action else None
    yield from _condition_and_principal_flaws(statement, name)
    if identity and isinstance(statement.sid, str) and not _SID.fullmatch(statement.sid):
        error = "MalformedPolicyDocument: Statement IDs (SID) must be alpha-numeric."
        yield f"The Sid {shown(statement.sid, 60)} has other characters than letters and digits", "Remove them.", error


def _condition_and_principal_flaws(statement: Statement, name: str) -> Iterator[tuple[str, str, str | None]]:
    for operator in statement.conditions if isinstance(statement.conditions, dict) else ():
        if isinstance(operator, str) and not _OPERATOR.fullmatch(operator):
            error = f"MalformedPolicyDocument: Invalid Condition type : {shown(operator, 60)}"
            yield f"{name} has the condition operator {shown(operator, 60)}", "Write one that IAM has.", error
    for entry in (statement.principals or {}).get("AWS", ()):
        if isinstance(entry, str) and not _AWS.fullmatch(entry):
            error = f'MalformedPolicyDocument: Invalid principal in policy: "AWS":"{shown(entry, 60)}"'
            yield f"{name} has the principal {shown(entry, 60) or 'of no name'}", "Name it by its ARN.", error


def _instead(key: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(str(key)[:64], known, 1, 0.7)
    return f"Write {near[0]}." if near else "Remove it."
