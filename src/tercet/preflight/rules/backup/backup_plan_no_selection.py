"""A backup plan with no selection of resources."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.values import Unknown, references_in

RULE = Rule(
    id="backup-plan-no-selection",
    title="Plan that backs up nothing",
    severity=Severity.ADVICE,
    rationale=(
        "A plan says when and for how long; an `aws_backup_selection` says what. Without one the plan runs and "
        "backs up nothing."
    ),
    sources=("https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html",),
    resources=("aws_backup_plan",),
    failing="""
resource "aws_backup_vault" "payments" {
  name = "payments-dev"
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
def check(plan: Resource, _: Context) -> Iterator[Problem]:
    """Look for a selection."""
    if plan.referrers("aws_backup_selection") or _is_output(plan):
        return
    selections = plan.graph.of_type("aws_backup_selection")
    if plan.is_passed_out() or any(isinstance(one.value("plan_id"), Unknown) for one in selections):
        raise Undecidable("aws_backup_selection", "a selection may be elsewhere")
    yield Problem(
        plan,
        "name",
        f"No aws_backup_selection uses the plan {plan.shown('name')}: it backs up nothing.",
        fix="Add an aws_backup_selection with the plan's id.",
    )


def _is_output(plan: Resource) -> bool:
    """Tell whether an output hands the plan on: others may select resources for it."""
    return any(
        plan in plan.graph.find(reference.address)
        for value in plan.graph.outputs.values()
        for reference in references_in(value)
    )
