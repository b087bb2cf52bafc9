"""A rotation with two schedules, or with none."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="secret-rotation-rules",
    title="Rotation that says its times twice, or not at all",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A rotation happens every so many days (`automatically_after_days`, 1 to 1000) or by a schedule "
        "(`schedule_expression`, every 4 hours at most), and not by both."
    ),
    aws_error=(
        '"rotation_rules.0.schedule_expression": only one of '
        "`rotation_rules.0.automatically_after_days,rotation_rules.0.schedule_expression` can be specified"
    ),
    confirmed=True,
    sources=("https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotationRulesType.html",),
    resources=("aws_secretsmanager_secret_rotation",),
    failing="""
resource "aws_secretsmanager_secret" "acquirer" {
  name = "payments/acquirer-dev"
}

resource "aws_secretsmanager_secret_rotation" "acquirer" {
  secret_id           = aws_secretsmanager_secret.acquirer.id
  rotation_lambda_arn = "arn:aws:lambda:us-east-1:111122223333:function:payments-rotation-dev"

  rotation_rules {
    automatically_after_days = 30
    schedule_expression      = "rate(10 days)"
  }
}
""",
    passing="""
resource "aws_secretsmanager_secret" "acquirer" {
  name = "payments/acquirer-dev"
}

resource "aws_secretsmanager_secret_rotation" "acquirer" {
  secret_id           = aws_secretsmanager_secret.acquirer.id
  rotation_lambda_arn = "arn:aws:lambda:us-east-1:111122223333:function:payments-rotation-dev"

  rotation_rules {
    automatically_after_days = 30
  }
}
""",
)


@RULE.check
def check(rotation: Resource, _: Context) -> Iterator[Problem]:
    """Look for both, or none."""
    for rules in rotation.blocks("rotation_rules"):
        after = rules.value("automatically_after_days") not in (None, 0)
        schedule = rules.value("schedule_expression") not in (None, "")
        if after != schedule:
            continue
        said = "automatically_after_days and schedule_expression are both" if after else "neither is"
        yield Problem(
            rules,
            "automatically_after_days",
            f"{said} given: a rotation has one of the two; the plan stops.",
            fix="Give one of automatically_after_days and schedule_expression.",
            also={rules.named("schedule_expression"): rules.shown("schedule_expression")},
        )
