"""Something that is protected from deletion, where the intent is that it can be destroyed."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.intent import Intent
from tercet.preflight.rule import Context, Problem, Rule

_PROTECTIONS = {
    "aws_alb": "enable_deletion_protection",
    "aws_cognito_user_pool": "deletion_protection",
    "aws_db_instance": "deletion_protection",
    "aws_docdb_cluster": "deletion_protection",
    "aws_dynamodb_table": "deletion_protection_enabled",
    "aws_instance": "disable_api_termination",
    "aws_lb": "enable_deletion_protection",
    "aws_neptune_cluster": "deletion_protection",
    "aws_qldb_ledger": "deletion_protection",
    "aws_rds_cluster": "deletion_protection",
    "aws_rds_global_cluster": "deletion_protection",
}

RULE = Rule(
    id="destroy-deletion-protection",
    title="Protected from deletion in a destroyable environment",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "The intent says that `terraform destroy` succeeds. What is protected from deletion stops it: the "
        "protection has to be taken off by an apply first."
    ),
    aws_error=(
        "InvalidParameterCombination: Cannot delete protected <resource>, please disable deletion protection and "
        "try again."
    ),
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_DeleteCluster.html",
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html",
    ),
    resources=tuple(_PROTECTIONS),
    intent=Intent(destroyable=True),
    failing="""
resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-mysql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  deletion_protection         = true
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
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    """Look for the protection."""
    if not context.intent.destroyable:
        return
    argument = _PROTECTIONS[resource.type]
    value = resource.value(argument)
    if value in (None, "", "INACTIVE") or (value not in ("ACTIVE",) and not resource.flag(argument, False)):
        return
    yield Problem(
        resource,
        argument,
        f"{argument} is {resource.shown(argument)} and the intent is that everything can be destroyed: the destroy "
        "stops here.",
        fix=f"Remove {argument}, or take it from a variable that is on in production only.",
    )
