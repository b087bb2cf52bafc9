"""A policy with variables that its version does not know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.policies import Statement
from tercet.preflight.policies.matching import glob_of
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.iam._documents import IDENTITY, called, identity_documents
from tercet.preflight.values import shown

_VARIABLE: Final = re.compile(r"\$\{(?:aws|s3|iam|ec2|sts|saml|cognito-identity\.amazonaws\.com|www\.amazon\.com):")

_POLICY = """
resource "aws_iam_policy" "own_folder" {
  name = "payments-own-folder-dev"
  policy = jsonencode({
    %s
    Statement = [{
      Effect   = "Allow"
      Action   = ["s3:GetObject"]
      Resource = "arn:aws:s3:::payments-reports-dev/$${aws:username}/*"
    }]
  })
}
"""

RULE = Rule(
    id="iam-policy-variable-old-version",
    title="A policy with variables and without the version that knows them",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "Variables such as ${aws:username} are known from the version 2012-10-17 on. A policy without Version is of "
        "2008-10-17, in which they are plain characters: IAM takes it, and it allows nothing that is meant."
    ),
    sources=("https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html",),
    resources=IDENTITY,
    failing=_POLICY % "",
    passing=_POLICY % 'Version = "2012-10-17"',
)


@RULE.check
def check(resource: Resource, _: Context) -> Iterator[Problem]:
    """Look for variables in documents of the older version."""
    for document in identity_documents(resource):
        written = document.policy.structure
        if not isinstance(written, dict):
            continue
        version = {str(key).lower(): value for key, value in written.items()}.get("version", "2008-10-17")
        if version != "2008-10-17":
            continue
        for place, statement in enumerate(document.policy.statements):
            if (entry := _with_variable(statement)) is not None:
                yield Problem(
                    document.block,
                    document.argument,
                    f"{called(statement, place)} names {entry}, and the document's Version is "
                    f"{'absent' if 'Version' not in written else version}: the variable is taken as plain characters.",
                    fix='Add Version = "2012-10-17" to the document.',
                )


def _with_variable(statement: Statement) -> str | None:
    for entry in (statement.resources or []) + (statement.not_resources or []):
        if _VARIABLE.search((glob_of(entry) or "")[:2_048]):
            return shown(entry)
    return None
