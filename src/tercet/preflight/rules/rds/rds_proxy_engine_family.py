"""A proxy whose engine family is not that of its database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.rds import _engines as engines

RULE = Rule(
    id="rds-proxy-engine-family",
    title="Proxy for another engine",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A proxy speaks one protocol: MYSQL for MySQL, MariaDB and Aurora MySQL, POSTGRESQL for PostgreSQL and "
        "Aurora PostgreSQL, SQLSERVER for SQL Server. A database of another family cannot be its target, and one of "
        "Oracle or Db2 cannot be any proxy's."
    ),
    aws_error="InvalidParameterValue: the engine family of the proxy does not match the engine of the target",
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBProxy.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.html",
    ),
    resources=("aws_db_proxy_target",),
    failing="""
resource "aws_iam_role" "proxy" {
  name = "payments-proxy-dev"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "rds.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "proxy" {
  role = aws_iam_role.proxy.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "secretsmanager:GetSecretValue"
      Resource = aws_rds_cluster.payments.master_user_secret[0].secret_arn
    }]
  })
}

resource "aws_db_proxy" "payments" {
  name           = "payments-dev"
  engine_family  = "POSTGRESQL"
  role_arn       = aws_iam_role.proxy.arn
  vpc_subnet_ids = ["subnet-0a1b2c3d", "subnet-1a2b3c4d"]
  require_tls    = true

  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "REQUIRED"
    secret_arn  = aws_rds_cluster.payments.master_user_secret[0].secret_arn
  }
}

resource "aws_db_proxy_target" "payments" {
  db_proxy_name         = aws_db_proxy.payments.name
  target_group_name     = "default"
  db_cluster_identifier = aws_rds_cluster.payments.id
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
resource "aws_iam_role" "proxy" {
  name = "payments-proxy-dev"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "rds.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "proxy" {
  role = aws_iam_role.proxy.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "secretsmanager:GetSecretValue"
      Resource = aws_rds_cluster.payments.master_user_secret[0].secret_arn
    }]
  })
}

resource "aws_db_proxy" "payments" {
  name           = "payments-dev"
  engine_family  = "MYSQL"
  role_arn       = aws_iam_role.proxy.arn
  vpc_subnet_ids = ["subnet-0a1b2c3d", "subnet-1a2b3c4d"]
  require_tls    = true

  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "REQUIRED"
    secret_arn  = aws_rds_cluster.payments.master_user_secret[0].secret_arn
  }
}

resource "aws_db_proxy_target" "payments" {
  db_proxy_name         = aws_db_proxy.payments.name
  target_group_name     = "default"
  db_cluster_identifier = aws_rds_cluster.payments.id
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
def check(target: Resource, _: Context) -> Iterator[Problem]:
    """Compare the families."""
    proxy = target.target("db_proxy_name", "aws_db_proxy")
    database = target.target("db_cluster_identifier", "aws_rds_cluster") or target.target(
        "db_instance_identifier", "aws_db_instance"
    )
    if proxy is None or database is None:
        return
    family, engine = proxy.text("engine_family", "") or "", engines.engine_of(database) or ""
    wanted = _family(engine)
    if engine.startswith(_WITHOUT):
        yield Problem(
            target,
            "db_instance_identifier",
            f"The target {database.address} is {engine}: RDS Proxy speaks for MySQL, MariaDB, PostgreSQL and SQL "
            "Server; the apply stops.",
            fix=f"Connect to {database.address} without a proxy.",
            also={f"{database.address}.engine": engine},
        )
    if wanted is None or family.upper() == wanted:
        return
    yield Problem(
        proxy,
        "engine_family",
        f"engine_family is {family} and the target {database.address} is {engine}: the proxy does not speak its "
        "protocol; the apply stops.",
        fix=f'Set engine_family to "{wanted}".',
        also={f"{database.address}.engine": engine},
    )


_WITHOUT: Final = ("db2-", "oracle-")
"""What the engines begin with for which there is no proxy."""


def _family(engine: str) -> str | None:
    if "postgres" in engine:
        return "POSTGRESQL"
    if engine in ("mysql", "mariadb", *engines.AURORA_MYSQL):
        return "MYSQL"
    return "SQLSERVER" if engine.startswith("sqlserver") else None
