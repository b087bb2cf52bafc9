"""Enhanced monitoring without a role, or at an interval that there is not."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule

RULE = Rule(
    id="rds-monitoring-role",
    title="Enhanced monitoring without a role",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Enhanced monitoring writes to CloudWatch Logs with a role of its own: with a `monitoring_interval` over "
        "0, `monitoring_role_arn` is needed. The interval is 0, 1, 5, 10, 15, 30 or 60 seconds."
    ),
    aws_error=(
        "InvalidParameterCombination: A MonitoringRoleARN value is required if you specify a MonitoringInterval "
        "value other than 0."
    ),
    confirmed=True,
    sources=("https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html",),
    resources=(
        "aws_db_instance",
        "aws_rds_cluster_instance",
        "aws_rds_cluster",
    ),
    failing="""
resource "aws_db_instance" "payments" {
  identifier                  = "payments-dev"
  engine                      = "mysql"
  instance_class              = "db.m6g.large"
  allocated_storage           = 50
  username                    = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  monitoring_interval         = 60
}
""",
    passing="""
resource "aws_db_instance" "payments" {
  identifier                  = "payments-dev"
  engine                      = "mysql"
  instance_class              = "db.m6g.large"
  allocated_storage           = 50
  username                    = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  monitoring_interval         = 0
}
""",
)


@RULE.check
def check(database: Resource, _: Context) -> Iterator[Problem]:
    """Look for the role."""
    if not database.has("monitoring_interval") or not (interval := database.number("monitoring_interval", 0)):
        return
    if interval not in _INTERVALS:
        yield Problem(
            database,
            "monitoring_interval",
            f"monitoring_interval is {interval}: it is one of {', '.join(map(str, _INTERVALS))}.",
            fix="Set it to 60.",
            change=Change(database, "monitoring_interval", 60),
            aws_error=f"expected monitoring_interval to be one of [0 1 5 10 15 30 60], got {interval}",
        )
    elif database.value("monitoring_role_arn") in (None, ""):
        yield Problem(
            database,
            "monitoring_role_arn",
            f"monitoring_interval is {interval} and there is no monitoring_role_arn; the apply stops.",
            fix="Set monitoring_role_arn to a role that monitoring.rds.amazonaws.com may assume, or the interval to 0.",
            also={"monitoring_interval": str(interval)},
        )


_INTERVALS = (0, 1, 5, 10, 15, 30, 60)
