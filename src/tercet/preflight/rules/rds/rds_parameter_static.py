"""A static parameter that is to be applied immediately."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._checks import ask_each

_EXAMPLE = """
resource "aws_db_parameter_group" "payments" {
  name   = "payments-dev"
  family = "postgres16"

  parameter {
    name  = "rds.logical_replication"
    value = "1"METHOD
  }
}
"""

RULE = Rule(
    id="rds-parameter-static",
    title="Static parameter that is applied immediately",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A static parameter is read when the engine starts. `apply_method` is immediate unless it is said, and RDS "
        "takes only pending-reboot for a static one."
    ),
    aws_error="InvalidParameterCombination: cannot use immediate apply method for static parameter",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/parameter-groups-overview.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/216",
    ),
    resources=("aws_db_parameter_group", "aws_rds_cluster_parameter_group"),
    failing=_EXAMPLE.replace("METHOD", ""),
    passing=_EXAMPLE.replace("METHOD", '\n    apply_method = "pending-reboot"'),
)

# What PostgreSQL reads only at its start (context "postmaster"), in every major version that RDS has.
_POSTGRES: Final = frozenset(
    (
        "autovacuum_freeze_max_age",
        "autovacuum_multixact_freeze_max_age",
        "huge_pages",
        "max_connections",
        "max_files_per_process",
        "max_locks_per_transaction",
        "max_pred_locks_per_transaction",
        "max_prepared_transactions",
        "max_replication_slots",
        "max_wal_senders",
        "max_worker_processes",
        "pg_stat_statements.max",
        "rds.logical_replication",
        "shared_buffers",
        "shared_preload_libraries",
        "track_activity_query_size",
        "track_commit_timestamp",
        "wal_buffers",
    )
)
# What MySQL and MariaDB have no SET GLOBAL for.
_MYSQL: Final = frozenset(
    (
        "ft_max_word_len",
        "ft_min_word_len",
        "innodb_autoinc_lock_mode",
        "innodb_buffer_pool_instances",
        "innodb_ft_max_token_size",
        "innodb_ft_min_token_size",
        "innodb_sort_buffer_size",
        "lower_case_table_names",
        "performance_schema",
        "skip_name_resolve",
        "table_open_cache_instances",
    )
)


@RULE.check
def check(group: Resource, _: Context) -> Iterator[Problem]:
    """Look at the parameters one by one."""
    family = group.text("family", "") or ""
    static = _POSTGRES if "postgres" in family else _MYSQL if _is_of_mysql(family) else frozenset()

    def one(parameter: Block) -> Iterator[Problem]:
        name = parameter.text("name", "") or ""
        if name in static and parameter.text("apply_method", "immediate") == "immediate":
            yield Problem(
                parameter,
                "apply_method",
                f"{name} is a static parameter of {family}, and its apply_method is immediate"
                f"{'' if parameter.has('apply_method') else ' (not set)'}.",
                fix='Set apply_method = "pending-reboot".',
                also={"name": name},
            )

    for parameter in group.blocks("parameter"):
        yield from ask_each(parameter, (one,))


def _is_of_mysql(family: str) -> bool:
    return family.startswith(("mysql", "mariadb", "aurora-mysql"))
