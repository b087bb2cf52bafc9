"""IOPS or a throughput for a gp3 volume that is too small to have its own."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.rds import _engines as engines

RULE = Rule(
    id="rds-gp3-small",
    title="Speed given for a small gp3 volume",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Below 400 GiB (200 GiB for Oracle) a gp3 volume of RDS has 3,000 IOPS and 125 MiB/s, and neither may be "
        "given, not even those. (SQL Server may have them at any size.)"
    ),
    aws_error=(
        "InvalidParameterCombination: You can't specify IOPS or storage throughput for engine <engine> and a "
        "storage size less than <size>."
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage",
        "https://github.com/cloudtools/troposphere/issues/2141",
    ),
    resources=("aws_db_instance",),
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
  storage_type                = "gp3"
  iops                        = 3000
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
  storage_type                = "gp3"
}
""",
)


@RULE.check
def check(instance: Resource, _: Context) -> Iterator[Problem]:
    """Compare the size."""
    given = [name for name in ("iops", "storage_throughput") if instance.value(name) not in (None, "", 0)]
    if not given or instance.text("storage_type") != "gp3":
        return
    engine = engines.engine_of(instance) or ""
    least = 400 if engine in ("mysql", "mariadb", "postgres") else 200 if engine.startswith("oracle") else 0
    size = instance.number("allocated_storage")
    if size is None or size >= least:
        return
    yield Problem(
        instance,
        given[0],
        f"{' and '.join(given)} given and allocated_storage {size}: a gp3 volume of {engine} below {least} GiB takes "
        "neither; the apply stops.",
        fix=f"Remove {' and '.join(given)}, or allocate {least} GiB.",
        also={"allocated_storage": str(size)},
    )
