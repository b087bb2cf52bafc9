"""A selection without resources, tags or conditions."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="backup-selection-empty",
    title="Selection that selects nothing",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A selection names resources, or the tags that they carry. With neither it selects nothing, and the plan "
        "backs up nothing."
    ),
    sources=("https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupSelection.html",),
    resources=("aws_backup_selection",),
    failing="""
resource "aws_backup_vault" "payments" {
  name = "payments-dev"
}

resource "aws_backup_selection" "payments" {
  name         = "payments-dev"
  plan_id      = aws_backup_plan.payments.id
  iam_role_arn = "arn:aws:iam::111122223333:role/payments-backup-dev"
}

resource "aws_backup_plan" "payments" {
  name = "payments-dev"

  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.payments.name
    schedule          = "cron(0 5 * * ? *)"
    lifecycle {
      delete_after = 35
    }
  }
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
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.payments.name
    schedule          = "cron(0 5 * * ? *)"
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
}
""",
)


@RULE.check
def check(selection: Resource, _: Context) -> Iterator[Problem]:
    """Look for what is selected."""
    if any(selection.has(name) for name in ("resources", "selection_tag", "condition", "not_resources")):
        return
    yield Problem(
        selection,
        "resources",
        f"The selection {selection.shown('name')} names neither resources nor tags: nothing is backed up.",
        fix="Set resources to the ARNs of what is to be backed up, or add selection_tag.",
    )
