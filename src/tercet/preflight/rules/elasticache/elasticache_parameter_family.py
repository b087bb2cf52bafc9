"""A cache's parameter group of another family than its engine's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._targets import the_one

_EXAMPLE = """
resource "aws_elasticache_parameter_group" "sessions" {
  name   = "sessions-dev"
  family = "FAMILY"
}

resource "aws_elasticache_replication_group" "sessions" {
  replication_group_id       = "sessions-dev"
  description                = "Sessions"
  engine                     = "redis"
  engine_version             = "7.1"
  node_type                  = "cache.m6g.large"
  num_cache_clusters         = 2
  automatic_failover_enabled = true
  parameter_group_name       = aws_elasticache_parameter_group.sessions.name
  at_rest_encryption_enabled = true
  transit_encryption_enabled = true
}
"""

RULE = Rule(
    id="elasticache-parameter-family",
    title="Parameter group of another engine version",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A parameter group is of one family, such as redis7 or valkey8, and the family is the engine's with its major "
        "version."
    ),
    aws_error=(
        "InvalidParameterCombination: Expected a parameter group of family <family> but found one of family <family>"
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.html",
        "https://github.com/hashicorp/terraform/pull/11269",
    ),
    resources=("aws_elasticache_replication_group", "aws_elasticache_cluster"),
    failing=_EXAMPLE.replace("FAMILY", "redis6.x"),
    passing=_EXAMPLE.replace("FAMILY", "redis7"),
)

_DEFAULT: Final = re.compile(r"default\.((?:redis|valkey|memcached)[\d.]+x?)(?:\.cluster\.on)?")


@RULE.check
def check(cache: Resource, _: Context) -> Iterator[Problem]:
    """Compare the family of the group with the one of the engine."""
    if not cache.has("parameter_group_name") or not cache.has("engine_version"):
        return
    given = _given(cache)
    wanted = _wanted(cache)
    if given is None or wanted is None or given == wanted:
        return
    yield Problem(
        cache,
        "parameter_group_name",
        f"The parameter group is of family {given}, and {cache.text('engine', 'redis')} "
        f"{cache.text('engine_version')} wants one of {wanted}.",
        fix=f"Give one of family {wanted}.",
        aws_error=(
            f"InvalidParameterCombination: Expected a parameter group of family {wanted} but found one of family "
            f"{given}"
        ),
        also={"family": given, "engine_version": cache.text("engine_version") or ""},
    )


def _given(cache: Resource) -> str | None:
    group = the_one(cache, "parameter_group_name", "aws_elasticache_parameter_group")
    if group is not None:
        return group.text("family")
    name = cache.value("parameter_group_name")
    match = _DEFAULT.fullmatch(name) if isinstance(name, str) else None
    return match[1].rstrip(".") if match else None


def _wanted(cache: Resource) -> str | None:
    if cache.type == "aws_elasticache_cluster" and not cache.has("engine"):
        return None
    engine = (cache.text("engine", "redis") or "").lower()
    numbers = re.match(r"(\d+)\.(\d+|x)", cache.text("engine_version", "") or "")
    if numbers is None:
        return None
    major, minor = int(numbers[1]), numbers[2]
    if engine == "memcached":
        return f"memcached{major}.{minor}"
    if engine == "valkey" and major in (7, 8):
        return f"valkey{major}"
    if engine == "redis":
        return {5: "redis5.0", 6: "redis6.x", 7: "redis7"}.get(major)
    return None
