"""Performance Insights on an instance class that does not have it."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.rds import _engines as engines

RULE = Rule(
    id="rds-pi-class",
    title="Performance Insights on an instance class without it",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Performance Insights is not there for the smallest instances: MySQL and MariaDB have none on db.t2, "
        "db.t3 and db.t4g micro and small; Aurora MySQL has none on db.t2 and db.t3, nor on db.t4g micro and "
        "small."
    ),
    aws_error="InvalidParameterCombination: Performance Insights not supported for this configuration.",
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DatabaseInsights.Engines.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_DatabaseInsights.Engines.html",
    ),
    resources=(
        "aws_rds_cluster_instance",
        "aws_db_instance",
    ),
    failing="""
resource "aws_db_instance" "payments" {
  identifier                   = "payments-dev"
  engine                       = "mysql"
  instance_class               = "db.t3.micro"
  allocated_storage            = 50
  username                     = "payments"
  manage_master_user_password  = true
  storage_encrypted            = true
  skip_final_snapshot          = true
  performance_insights_enabled = true
}
""",
    passing="""
resource "aws_db_instance" "payments" {
  identifier                   = "payments-dev"
  engine                       = "mysql"
  instance_class               = "db.m6g.large"
  allocated_storage            = 50
  username                     = "payments"
  manage_master_user_password  = true
  storage_encrypted            = true
  skip_final_snapshot          = true
  performance_insights_enabled = true
}
""",
)


@RULE.check
def check(instance: Resource, _: Context) -> Iterator[Problem]:
    """Compare the class."""
    if not instance.has("performance_insights_enabled") or not instance.flag("performance_insights_enabled", False):
        return
    chosen = instance.text("instance_class", "") or ""
    if not chosen.startswith("db.t") or not _is_without(engines.engine_of(instance), chosen):
        return
    yield Problem(
        instance,
        "performance_insights_enabled",
        f"performance_insights_enabled is true and instance_class is {chosen}, which has no Performance Insights with "
        f"{instance.text('engine')}; the apply stops.",
        fix="Remove performance_insights_enabled, or take a larger class.",
        also={"instance_class": chosen},
    )


_SMALL = tuple(f"db.{family}.{size}" for family in ("t2", "t3", "t4g") for size in ("micro", "small"))


def _is_without(engine: str | None, chosen: str) -> bool:
    if engine in ("mysql", "mariadb"):
        return chosen in _SMALL
    return engine == "aurora-mysql" and (chosen in _SMALL or chosen.startswith(("db.t2.", "db.t3.")))
