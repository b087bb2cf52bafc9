"""An instance of a class on which Aurora does not run."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.knowledge import databases
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.rds import _engines as engines

RULE = Rule(
    id="aurora-instance-class-engine",
    title="Instance class that the engine does not have",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Aurora runs on fewer classes than RDS: on db.r and db.x classes, on medium and larger db.t3 and db.t4g, "
        "and on db.serverless; on no db.m class, and on no micro instance. A class that is newer than the table "
        "here is not judged."
    ),
    aws_error=(
        "InvalidParameterCombination: RDS does not support creating a DB instance with the following combination: "
        "DBInstanceClass=<class>, Engine=<engine>, EngineVersion=<version>, LicenseModel=<license>."
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.DBInstanceClass.SupportAurora.html",
    ),
    resources=(
        "aws_rds_cluster_instance",
        "aws_db_instance",
    ),
    failing="""
resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-mysql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
}

resource "aws_rds_cluster_instance" "payments" {
  cluster_identifier = aws_rds_cluster.payments.id
  engine             = aws_rds_cluster.payments.engine
  instance_class     = "db.t3.micro"
}
""",
    passing="""
resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-mysql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
}

resource "aws_rds_cluster_instance" "payments" {
  cluster_identifier = aws_rds_cluster.payments.id
  engine             = aws_rds_cluster.payments.engine
  instance_class     = "db.r6g.large"
}
""",
)


@RULE.check
def check(instance: Resource, _: Context) -> Iterator[Problem]:
    """Ask the table of classes."""
    chosen = instance.text("instance_class", "") or ""
    if not chosen or (engine := engines.engine_of(instance)) is None:
        return
    if chosen.startswith("db.") and databases.class_is_offered(engine, chosen) is not False:
        return
    said = f"{engine} does not run on it" if chosen.startswith("db.") else "a class of RDS begins with db."
    yield Problem(
        instance,
        "instance_class",
        f"instance_class is {chosen}: {said}; the apply stops.",
        fix="Take a class such as db.r6g.large.",
        aws_error=(
            "InvalidParameterCombination: RDS does not support creating a DB instance with the following combination: "
            f"DBInstanceClass={chosen}, Engine={engine}, …"
        ),
        also={"engine": engine},
    )
