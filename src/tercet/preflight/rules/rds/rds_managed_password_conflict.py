"""A master password beside the one that Secrets Manager manages."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="rds-managed-password-conflict",
    title="A password, and Secrets Manager for it",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "With `manage_master_user_password` RDS makes the password and rotates it. A password of one's own beside "
        "it is refused."
    ),
    aws_error='"manage_master_user_password": conflicts with <password argument>',
    confirmed=True,
    sources=("https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html",),
    resources=(
        "aws_rds_cluster",
        "aws_db_instance",
    ),
    failing="""
variable "master_password" {
  type      = string
  sensitive = true
}

resource "aws_db_instance" "payments" {
  identifier                  = "payments-dev"
  engine                      = "mysql"
  instance_class              = "db.m6g.large"
  allocated_storage           = 50
  username                    = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  password                    = var.master_password
}
""",
    passing="""
variable "master_password" {
  type      = string
  sensitive = true
}

resource "aws_db_instance" "payments" {
  identifier                  = "payments-dev"
  engine                      = "mysql"
  instance_class              = "db.m6g.large"
  allocated_storage           = 50
  username                    = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
}
""",
)


@RULE.check
def check(database: Resource, _: Context) -> Iterator[Problem]:
    """Look for both."""
    name = next((one for one in _PASSWORDS if database.value(one) not in (None, "")), None)
    if name is None or not database.has("manage_master_user_password"):
        return
    if database.flag("manage_master_user_password", False):
        yield Problem(
            database,
            "manage_master_user_password",
            f"manage_master_user_password is true and {name} is given: it is the one or the other.",
            fix=f"Remove {name}.",
            also={name: "(given)"},
        )


_PASSWORDS = ("password", "master_password", "password_wo", "master_password_wo")
