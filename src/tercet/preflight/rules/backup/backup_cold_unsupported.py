"""A lifecycle with cold storage for resources that have none."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="backup-cold-unsupported",
    title="Cold storage that the resource does not have",
    severity=Severity.ADVICE,
    rationale=(
        "Only some resources' backups move to cold storage: EFS, DynamoDB with advanced features, Timestream, SAP "
        "HANA, VMware and CloudFormation, and EBS by archiving. For databases of RDS and Aurora, buckets and FSx "
        "the move is left out, and backups stay in warm storage at its price until they are deleted."
    ),
    sources=("https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-feature-availability.html",),
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
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.payments.name
    schedule          = "cron(0 5 * * ? *)"
    lifecycle {
      cold_storage_after = 30
      delete_after       = 120
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
    """Compare what is selected with what has cold storage."""
    plan = selection.target("plan_id", "aws_backup_plan")
    if plan is None:
        return
    lifecycles = [one for rule in plan.blocks("rule") for one in rule.blocks("lifecycle")]
    cold = [one for one in lifecycles if one.number("cold_storage_after", 0)]
    if not cold:
        return
    warm = selection.targets("resources", *_WARM)
    if warm:
        listed = ", ".join(one.address for one in warm[:5])
        yield Problem(
            cold[0],
            "cold_storage_after",
            f"{plan.address} moves backups to cold storage after {cold[0].shown('cold_storage_after')} days and backs "
            f"up {listed}, which has none: its backups stay in warm storage.",
            fix="Leave out cold_storage_after, or use another plan for what has cold storage.",
            also={"selected": listed},
        )


_WARM = (
    "aws_rds_cluster",
    "aws_db_instance",
    "aws_docdb_cluster",
    "aws_neptune_cluster",
    "aws_s3_bucket",
    "aws_redshift_cluster",
)
