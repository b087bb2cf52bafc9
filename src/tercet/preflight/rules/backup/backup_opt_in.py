"""A selection of resources for which the region's settings turn AWS Backup off."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="backup-opt-in",
    title="Selected, and not opted in",
    severity=Severity.ADVICE,
    rationale=(
        "`aws_backup_region_settings` says for which kinds of resources AWS Backup works in the region. What it "
        "turns off is not backed up when it is selected by tags, and with some kinds not even by its ARN."
    ),
    sources=("https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html",),
    resources=("aws_backup_region_settings",),
    failing="""
resource "aws_backup_region_settings" "here" {
  resource_type_opt_in_preference = {
    "Aurora" = false
  }
}

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
    passing="""
resource "aws_backup_region_settings" "here" {
  resource_type_opt_in_preference = {
    "Aurora" = true
  }
}

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
def check(settings: Resource, _: Context) -> Iterator[Problem]:
    """Compare the settings with what is selected."""
    preferences = settings.mapping("resource_type_opt_in_preference")
    off = {name for name, value in preferences.items() if value in (False, "false")}
    for selection in settings.graph.of_type("aws_backup_selection"):
        for kind, types in _TYPES.items():
            if kind not in off or not (chosen := selection.targets("resources", *types)):
                continue
            yield Problem(
                settings,
                "resource_type_opt_in_preference",
                f"{kind} is false here and {selection.address} selects {chosen[0].address}: it may not be backed up.",
                fix=f"Set {kind} to true.",
                also={"selected": ", ".join(one.address for one in chosen[:5])},
            )


_TYPES = {
    "Aurora": ("aws_rds_cluster",),
    "DocumentDB": ("aws_docdb_cluster",),
    "DynamoDB": ("aws_dynamodb_table",),
    "EBS": ("aws_ebs_volume",),
    "EC2": ("aws_instance",),
    "EFS": ("aws_efs_file_system",),
    "Neptune": ("aws_neptune_cluster",),
    "RDS": ("aws_db_instance",),
    "S3": ("aws_s3_bucket",),
}
