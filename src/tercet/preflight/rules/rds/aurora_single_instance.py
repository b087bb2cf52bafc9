"""A cluster with one instance and no sign that it was meant to survive a zone."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.rds import _engines as engines
from tercet.preflight.rules.rds import aurora_single_instance_ha as ha

_CLUSTER = """
resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-mysql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
}

resource "aws_rds_cluster_instance" "payments" {
  identifier         = "payments-dev"
  cluster_identifier = aws_rds_cluster.payments.id
  engine             = aws_rds_cluster.payments.engine
  instance_class     = "db.r6g.large"
}
"""

RULE = Rule(
    id="aurora-single-instance",
    title="Aurora cluster with one instance",
    severity=Severity.ADVICE,
    rationale=(
        "With one instance there is nothing to fail over to: when it or its zone is lost, Aurora makes a new one, "
        "which takes ten minutes and more, and every restart is an outage. A small environment may want just that, "
        "so this only advises. Where the configuration or its intent aims at surviving a zone, "
        "`aurora-single-instance-ha` speaks instead."
    ),
    sources=("https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html",),
    resources=("aws_rds_cluster",),
    failing=_CLUSTER,
    passing=_CLUSTER
    + """
resource "aws_rds_cluster_instance" "reader" {
  identifier         = "payments-reader-dev"
  cluster_identifier = aws_rds_cluster.payments.id
  engine             = aws_rds_cluster.payments.engine
  instance_class     = "db.r6g.large"
}
""",
)


@RULE.check
def check(cluster: Resource, context: Context) -> Iterator[Problem]:
    """Count the instances where nothing says that there should be several."""
    if context.intent.multi_az is False or context.intent.az_count == 1 or cluster.many or cluster.is_passed_out():
        return
    if engines.engine_of(cluster) not in engines.AURORA:
        return
    instances = engines.instances_of(cluster)
    if len(instances) != 1 or instances[0].many or ha.aim_of(cluster, instances, context) or ha.is_scaled(cluster):
        return
    yield Problem(
        cluster,
        "cluster_identifier",
        f"The cluster has {instances[0].address} alone: when it or its zone is lost there is nothing to fail over to.",
        fix="Add an aws_rds_cluster_instance in another zone.",
        also={"instances": instances[0].address},
    )
