"""A continuous backup of a database whose own retention is another."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="backup-continuous-retention",
    title="Two retentions for one database",
    severity=Severity.ADVICE,
    rationale=(
        "A continuous rule of AWS Backup takes over the automated backups of RDS and Aurora: it sets "
        "`backup_retention_period` to its own retention. If the database says another, each apply and each backup "
        "job change it back."
    ),
    sources=("https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html",),
    resources=("aws_backup_selection",),
    failing="""
resource "aws_backup_vault" "payments" {
  name = "payments-dev"
}

resource "aws_backup_selection" "payments" {
  name         = "payments-dev"
  plan_id      = aws_backup_plan.payments.id
  iam_role_arn = "arn:aws:iam::111122223333:role/payments-backup-dev"
  resources    = [aws_rds_cluster.payments.arn]
}

resource "aws_backup_plan" "payments" {
  name = "payments-dev"

  rule {
    rule_name                = "daily"
    target_vault_name        = aws_backup_vault.payments.name
    schedule                 = "cron(0 5 * * ? *)"
    enable_continuous_backup = true

    lifecycle {
      delete_after = 35
    }
  }
}

resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-mysql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  backup_retention_period     = 7
}
""",
    passing="""
resource "aws_backup_vault" "payments" {
  name = "payments-dev"
}

resource "aws_backup_selection" "payments" {
  name         = "payments-dev"
  plan_id      = aws_backup_plan.payments.id
  iam_role_arn = "arn:aws:iam::111122223333:role/payments-backup-dev"
  resources    = [aws_rds_cluster.payments.arn]
}

resource "aws_backup_plan" "payments" {
  name = "payments-dev"

  rule {
    rule_name                = "daily"
    target_vault_name        = aws_backup_vault.payments.name
    schedule                 = "cron(0 5 * * ? *)"
    enable_continuous_backup = true

    lifecycle {
      delete_after = 35
    }
  }
}

resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-mysql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  backup_retention_period     = 35
}
""",
)


@RULE.check
def check(selection: Resource, _: Context) -> Iterator[Problem]:
    """Compare the two retentions."""
    plan = selection.target("plan_id", "aws_backup_plan")
    if plan is None:
        return
    continuous = [rule for rule in plan.blocks("rule") if rule.flag("enable_continuous_backup", False)]
    kept = next((one.number("delete_after") for rule in continuous for one in rule.blocks("lifecycle")), None)
    if not kept:
        return
    for database in selection.targets("resources", "aws_rds_cluster", "aws_db_instance"):
        own = database.number("backup_retention_period", 1 if database.type == "aws_rds_cluster" else 0)
        if own == kept or "backup_retention_period" in _ignored(database):
            continue
        yield Problem(
            database,
            "backup_retention_period",
            f"backup_retention_period is {own} and {plan.address} keeps continuous backups of it for {kept} days: each "
            "changes what the other sets.",
            fix=f"Set backup_retention_period to {kept}, or turn enable_continuous_backup off.",
            also={f"{plan.address} delete_after": str(kept)},
        )


def _ignored(database: Resource) -> list[str]:
    value = database.lifecycle.get("ignore_changes")
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]
