"""A secret that is read before it has a value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph, Resource
from tercet.preflight.policies import completions
from tercet.preflight.rule import Context, Problem, Rule

_SECRET: Final = "aws_secretsmanager_secret"  # noqa: S105  (a type)
_VERSION: Final = "aws_secretsmanager_secret_version"

_READ = """
resource "aws_secretsmanager_secret" "gateway" {
  name                    = "payments/gateway-dev"
  recovery_window_in_days = 7
}

data "aws_secretsmanager_secret_version" "gateway" {
  secret_id = SECRET
}
"""

RULE = Rule(
    id="secret-version-missing",
    title="A secret is read that has no value yet",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "aws_secretsmanager_secret makes a secret without a value. A data source that reads it in the same "
        "configuration fails in the first apply, unless a version is made before."
    ),
    aws_error=(
        "ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: AWSCURRENT"
    ),
    sources=(
        "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html",
        "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/secretsmanager_secret_version",
    ),
    failing=_READ.replace("SECRET", "aws_secretsmanager_secret.gateway.id"),
    passing=_READ.replace("SECRET", "aws_secretsmanager_secret_version.gateway.secret_id")
    + """
ephemeral "random_password" "gateway" {
  length = 32
}

resource "aws_secretsmanager_secret_version" "gateway" {
  secret_id                = aws_secretsmanager_secret.gateway.id
  secret_string_wo         = ephemeral.random_password.gateway.result
  secret_string_wo_version = 1
}
""",
)


@RULE.check
def check(graph: Graph, _context: Context) -> Iterator[Problem]:
    """Look for a version of each secret that is read and made here."""
    for read in graph.data(_VERSION):
        for secret in read.targets("secret_id", _SECRET):
            if secret.mode == "managed" and not _is_filled(read, secret):
                yield Problem(
                    read,
                    "secret_id",
                    f"{read.address} reads {secret.address}, which is made here and is given no value: the first apply "
                    "fails.",
                    fix=f"Add an {_VERSION} for {secret.address}, and read its secret_id.",
                    also={"secret": secret.address},
                )


def _is_filled(read: Resource, secret: Resource) -> bool:
    """Tell whether anything may give the secret a value before it is read."""
    sure, perhaps = completions(secret.graph, _VERSION, "secret_id", _SECRET).of(secret, [secret.value("name")])
    if sure or perhaps or secret.is_passed_out() or read.depends_on:
        return True
    # A rotation, a stack or a script may write it; only what is sure to write nothing is passed over.
    return any(
        other is not read and not other.type.startswith(("aws_iam_", "aws_secretsmanager_secret_policy"))
        for other in secret.referrers()
    )
