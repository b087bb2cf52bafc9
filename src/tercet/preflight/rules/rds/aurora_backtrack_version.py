"""Backtrack in a region, an engine mode or an engine version that does not have it."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.rds import _engines as engines

RULE = Rule(
    id="aurora-backtrack-version",
    title="Backtrack where the engine version or the region has none",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Backtrack exists in Aurora MySQL versions 2, 3 and 8.4, not in every region, not for Aurora Serverless "
        "v1, and not on version 3.02.0. Where it is missing, AWS refuses the cluster. The list of regions is AWS "
        "Config's for its own check of backtrack."
    ),
    aws_error=(
        "InvalidParameterCombination: Aurora MySQL Engine Version <version> with mode: <mode> does not support "
        "Backtrack."
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Managing.Backtrack.html",
        "https://docs.aws.amazon.com/config/latest/developerguide/aurora-mysql-backtracking-enabled.html",
        "https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1357",
    ),
    resources=("aws_rds_cluster",),
    failing="""
provider "aws" {
  region = "eu-north-1"
}

resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-mysql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  backtrack_window            = 259200
}
""",
    passing="""
provider "aws" {
  region = "us-east-1"
}

resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-mysql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  backtrack_window            = 259200
}
""",
)


@RULE.check
def check(cluster: Resource, _: Context) -> Iterator[Problem]:
    """Look at the region, the mode and the version."""
    if not cluster.has("backtrack_window") or not (window := cluster.number("backtrack_window")):
        return
    engine = engines.engine_of(cluster)
    if engine not in engines.AURORA_MYSQL:
        return
    version, mode = cluster.text("engine_version", ""), cluster.text("engine_mode", "provisioned")
    why = None
    if mode != "provisioned":
        why = f"engine_mode is {mode}"
    elif version in _VERSIONS_WITHOUT:
        why = f"engine_version is {version}"
    elif cluster.region is not None and cluster.known_region() in _REGIONS_WITHOUT:
        why = f"the region is {cluster.known_region()}"
    if why is not None:
        yield Problem(
            cluster,
            "backtrack_window",
            f"backtrack_window is {window} and {why}, which has no backtrack; the apply stops.",
            fix="Remove backtrack_window, or take an Aurora MySQL version and a region that have backtrack.",
            also={"engine_version": str(version), "engine_mode": str(mode)},
        )


_VERSIONS_WITHOUT = ("8.0.mysql_aurora.3.02.0",)
_REGIONS_WITHOUT = (
    "af-south-1",
    "ap-east-1",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-6",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "sa-east-1",
    "us-gov-east-1",
    "us-gov-west-1",
)
"""As of 2026-11."""
