"""Storage that is too small for its type, or lacks what the type needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._checks import ask_each
from tercet.preflight.rules.rds import _engines as engines

_EXAMPLE = """
resource "aws_db_instance" "payments" {
  identifier                  = "payments-dev"
  engine                      = "postgres"
  instance_class              = "db.m6g.large"
  allocated_storage           = SIZE
  storage_type                = "gp3"
  username                    = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
}
"""

RULE = Rule(
    id="rds-storage-size",
    title="Storage too small for its type, or without IOPS",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A gp3 volume of RDS has 20 GiB at least, one of provisioned IOPS 100 GiB; and of the latter the IOPS have to "
        "be said."
    ),
    aws_error=(
        "InvalidParameterCombination: Invalid storage size for engine name <engine> and storage type <type>: <size>"
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html",
        "https://github.com/convox/rack/issues/2846",
    ),
    resources=("aws_db_instance",),
    failing=_EXAMPLE.replace("SIZE", "10"),
    passing=_EXAMPLE.replace("SIZE", "20"),
)

_LEAST: Final = {"gp3": 20, "io1": 100, "io2": 100}
_ENGINES: Final = ("mysql", "mariadb", "postgres")


@RULE.check
def check(instance: Resource, _: Context) -> Iterator[Problem]:
    """Look at an instance that is made new; a replica or a restored one has its source's storage."""
    if any(instance.has(name) for name in ("replicate_source_db", "restore_to_point_in_time", "snapshot_identifier")):
        return
    if engines.engine_of(instance) in _ENGINES:
        yield from ask_each(instance, (_size, _iops))


def _size(instance: Resource) -> Iterator[Problem]:
    kind = instance.text("storage_type", "") or ""
    if not instance.has("allocated_storage") or kind not in _LEAST:
        return
    size = instance.number("allocated_storage", 0) or 0
    if size < _LEAST[kind]:
        yield Problem(
            instance,
            "allocated_storage",
            f"allocated_storage is {size}: a volume of type {kind} has {_LEAST[kind]} GiB at least.",
            fix=f"Set allocated_storage to {_LEAST[kind]}.",
            aws_error=(
                f"InvalidParameterCombination: Invalid storage size for engine name {instance.text('engine')} and "
                f"storage type {kind}: {size}"
            ),
            also={"storage_type": kind},
        )


def _iops(instance: Resource) -> Iterator[Problem]:
    kind = instance.text("storage_type", "") or ""
    if kind in ("io1", "io2") and "iops" not in instance.values:
        yield Problem(
            instance,
            "iops",
            f"storage_type is {kind} and there are no iops.",
            fix="Set iops, or take gp3.",
            aws_error="InvalidParameterCombination",
        )
