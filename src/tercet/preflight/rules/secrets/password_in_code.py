"""A password or secret that is written in the configuration, as a literal or as a variable's default."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.secrets import _holders as holders

RULE = Rule(
    id="password-in-code",
    title="Password that stands in the code",
    severity=Severity.SECURITY,
    rationale=(
        "Who can read the code, its history or the state can read the password, and it is the same in every "
        "environment. The rule looks at what only ever holds secrets: master passwords of databases, tokens of "
        "caches, users of brokers, values of secrets, parameters and environment variables that are called a "
        "password. A literal counts, and so does the default of a variable. A value that Terraform is told to "
        "ignore (`ignore_changes`) is taken for a placeholder. A plan holds what was given to it: there a "
        "variable counts only if its value is its default."
    ),
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-secrets-manager.html",
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/hardcoded.html",
    ),
    resources=tuple(holders.TYPES),
    failing="""
resource "aws_rds_cluster" "payments" {
  cluster_identifier  = "payments-dev"
  engine              = "aurora-mysql"
  master_username     = "payments"
  master_password     = "Payments-2026"
  storage_encrypted   = true
  skip_final_snapshot = true
}
""",
    passing="""
resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-mysql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
}
""",
)


@RULE.check
def check(resource: Resource, _: Context) -> Iterator[Problem]:
    """Go through what holds secrets."""
    for at, argument, value in holders.secrets_of(resource):
        if not holders.is_in_code(resource, argument, value):
            continue
        yield Problem(
            at,
            "",  # an argument's value is shown as evidence, and this one is not to be shown
            f"{at.named(argument)} is written in the configuration: whoever reads the code or the state has it.",
            fix=holders.FIXES.get(resource.type, "Take it from Secrets Manager, or from a variable without a default."),
            also={at.named(argument): "(not shown)"},
        )
