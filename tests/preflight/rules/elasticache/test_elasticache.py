"""Caches: what contradicts itself, and what only seems to."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

REFUSED, FAMILY, USER = (
    "elasticache-replication-refused",
    "elasticache-parameter-family",
    "elasticache-default-user",
)
GROUP = 'replication_group_id = "sessions"\ndescription = "sessions"\nengine = "redis"\nnode_type = "cache.m6g.large"\n'
VARIABLE = 'variable "given" {}\n'


def group(body: str) -> str:
    return VARIABLE + block("aws_elasticache_replication_group", "this", GROUP + body)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("automatic_failover_enabled = true\nnum_cache_clusters = 1", FOUND),
        ('automatic_failover_enabled = true\nnum_cache_clusters = "${1}"', FOUND),
        ("count = 0\nautomatic_failover_enabled = true\nnum_cache_clusters = 1", SILENT),
        ("automatic_failover_enabled = var.given\nnum_cache_clusters = 1", UNDECIDED),
        ("automatic_failover_enabled = true\nnum_cache_clusters = var.given", UNDECIDED),
        (
            "automatic_failover_enabled = true\nnum_cache_clusters = 1\n"
            'parameter_group_name = "default.redis7.cluster.on"',
            SILENT,
        ),
        ("automatic_failover_enabled = true\nnum_node_groups = 1", SILENT),
        ("multi_az_enabled = true", FOUND),
        ("num_node_groups = 2", FOUND),
        ("num_node_groups = 2\nautomatic_failover_enabled = true", SILENT),
        ("num_node_groups = 2\nautomatic_failover_enabled = true\nnum_cache_clusters = null", SILENT),
        ("num_node_groups = 2\nautomatic_failover_enabled = true\nnum_cache_clusters = 2", FOUND),
        ('auth_token = "0123456789abcdef"', FOUND),
        ("auth_token = var.given", UNDECIDED),
        ('auth_token = "0123456789abcdef"\ntransit_encryption_enabled = true', SILENT),
        ('auth_token = "0123456789abcdef"\ntransit_encryption_enabled = var.given', UNDECIDED),
        ("auth_token = null", SILENT),
    ],
)
def test_replication_groups(body: str, said: str):
    assert verdict(REFUSED, group(body)) == said


def test_valkey_encrypts_by_itself():
    text = group('auth_token = "0123456789abcdef"').replace('"redis"', '"valkey"')
    assert verdict(REFUSED, text) == SILENT


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('engine = "redis"\nnum_cache_nodes = 2', FOUND),
        ('engine = "memcached"\nnum_cache_nodes = 2', SILENT),
        ('engine = "memcached"\nnum_cache_nodes = 1\naz_mode = "cross-az"', FOUND),
        ('replication_group_id = "other"', SILENT),
    ],
)
def test_clusters(body: str, said: str):
    assert verdict(REFUSED, block("aws_elasticache_cluster", "this", 'cluster_id = "c"\n' + body)) == said


@pytest.mark.parametrize(
    ("version", "name", "said"),
    [
        ("7.1", "default.redis7", SILENT),
        ("7.1", "default.redis7.cluster.on", SILENT),
        ("7.1", "default.redis6.x", FOUND),
        ("6.x", "default.redis6.x", SILENT),
        ("5.0.6", "default.redis5.0", SILENT),
        ("5.0.6", "default.redis7", FOUND),
        ("7.1", "elsewhere", SILENT),
    ],
)
def test_families(version: str, name: str, said: str):
    assert verdict(FAMILY, group(f'engine_version = "{version}"\nparameter_group_name = "{name}"')) == said


@pytest.mark.parametrize(
    ("users", "said"),
    [
        ("[aws_elasticache_user.this.user_id]", FOUND),
        ("[aws_elasticache_user.this.user_id, aws_elasticache_user.first.user_id]", SILENT),
        ('["default", aws_elasticache_user.this.user_id]', SILENT),
        ('["elsewhere", aws_elasticache_user.this.user_id]', UNDECIDED),
        ("var.given", UNDECIDED),
        ("[]", FOUND),
        ("null", SILENT),
    ],
)
def test_default_user(users: str, said: str):
    user = 'user_id = "{0}"\nuser_name = "{0}"\naccess_string = "on"\nengine = "redis"'
    text = (
        VARIABLE
        + block("aws_elasticache_user", "this", user.format("app"))
        + block("aws_elasticache_user", "first", user.format("default"))
        + block("aws_elasticache_user_group", "this", f'engine = "REDIS"\nuser_group_id = "g"\nuser_ids = {users}')
    )
    assert verdict(USER, text) == said
