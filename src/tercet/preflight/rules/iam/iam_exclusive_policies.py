"""Policies that one part of a role takes away, and another gives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.policies import completions
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.values import Unknown, is_known

_ROLE_TYPE: Final = "aws_iam_role"
_ATTACHMENT: Final = "aws_iam_role_policy_attachment"

_ROLE = """
resource "aws_iam_role" "auditor" {
  name = "payments-auditor-dev"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
ARNS}

resource "aws_iam_role_policy_attachment" "auditor" {
  role       = aws_iam_role.auditor.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
}
"""

RULE = Rule(
    id="iam-exclusive-policies",
    title="A policy that the next apply takes away from its role",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "managed_policy_arns and inline_policy of a role are the whole of its policies: what "
        "aws_iam_role_policy_attachment or aws_iam_role_policy gives to it beside them, the next apply takes away, and "
        "the one after that gives again."
    ),
    sources=("https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role",),
    resources=(_ROLE_TYPE,),
    failing=_ROLE.replace("ARNS", '  managed_policy_arns = ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]\n'),
    passing=_ROLE.replace("ARNS", ""),
)


@RULE.check
def check(role: Resource, _context: Context) -> Iterator[Problem]:
    """Compare what the role says with what is attached beside it."""
    if role.graph.kind == "plan" or "managed_policy_arns" in _ignored(role):
        return  # a plan shows what there is, also where nothing was said
    whole = role.value("managed_policy_arns")
    names = [role.value("name")]
    if isinstance(whole, list):
        attached = completions(role.graph, _ATTACHMENT, "role", _ROLE_TYPE).of(role, names)[0]
        for attachment in attached:
            policy = attachment.value("policy_arn")
            if policy not in whole and not any(isinstance(one, Unknown) for one in (policy, *whole)):
                yield _problem(role, "managed_policy_arns", attachment)
    inline = role.value("inline_policy")
    if isinstance(inline, list | dict) and inline and is_known(inline if isinstance(inline, dict) else len(inline)):
        given = {block.value("name") for block in role.blocks("inline_policy") if is_known(block.value("name"))}
        for policy in completions(role.graph, "aws_iam_role_policy", "role", _ROLE_TYPE).of(role, names)[0]:
            if is_known(policy.value("name")) and policy.value("name") not in given:
                yield _problem(role, "inline_policy", policy)


def _problem(role: Resource, argument: str, given: Resource) -> Problem:
    return Problem(
        role,
        argument,
        f"{argument} is the whole of the role's policies of that kind, and {given.address} gives it another: the next "
        "apply takes that away.",
        fix=f"Remove {argument}, and attach each policy by itself.",
        also={"beside": given.address},
    )


def _ignored(role: Resource) -> str:
    return str(role.lifecycle.get("ignore_changes", ""))
