"""Names, storage, parameters and replicas."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

VARIABLE = 'variable "given" {}\n'


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('engine = "postgres"\ndb_name = "my-db"', FOUND),
        ('engine = "postgres"\ndb_name = "my_db"', SILENT),
        ('engine = "postgres"\ndb_name = var.given', UNDECIDED),
        ('engine = var.given\ndb_name = "my-db"', UNDECIDED),
        ('engine = "postgres"\ndb_name = "my-db"\nsnapshot_identifier = var.given', SILENT),
        ('engine = "sqlserver-se"\ndb_name = "mydb"', FOUND),
        ('engine = "oracle-se2"\ndb_name = "ORCL"', SILENT),
        ('engine = "postgres"\nusername = "admin"', FOUND),
        ('engine = "mysql"\nusername = "admin"', SILENT),
        ('engine = "postgres"\nusername = "postgres"', SILENT),
        ('engine = "mysql"\nusername = "rdsadmin"', FOUND),
        ('count = 0\nengine = "postgres"\nusername = "admin"', SILENT),
    ],
)
def test_names(body: str, said: str):
    assert verdict("rds-database-name", VARIABLE + block("aws_db_instance", "this", body)) == said


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('engine = "mysql"\nallocated_storage = 10\nstorage_type = "gp3"', FOUND),
        ('engine = "mysql"\nallocated_storage = 10\nstorage_type = "gp2"', SILENT),
        ('engine = "mysql"\nallocated_storage = 10', SILENT),
        ('engine = "mysql"\nallocated_storage = var.given\nstorage_type = "gp3"', UNDECIDED),
        ('engine = "mysql"\nallocated_storage = 100\nstorage_type = "io1"', FOUND),
        ('engine = "mysql"\nallocated_storage = 100\nstorage_type = "io1"\niops = var.given', SILENT),
    ],
)
def test_storage(body: str, said: str):
    assert verdict("rds-storage-size", VARIABLE + block("aws_db_instance", "this", body)) == said


@pytest.mark.parametrize(
    ("family", "parameter", "said"),
    [
        ("postgres16", 'name = "max_connections"\nvalue = "100"', FOUND),
        ("postgres16", 'name = "max_connections"\nvalue = "100"\napply_method = "pending-reboot"', SILENT),
        ("postgres16", 'name = "work_mem"\nvalue = "100"', SILENT),
        ("postgres16", 'name = var.given\nvalue = "100"', UNDECIDED),
        ("mysql8.0", 'name = "max_connections"\nvalue = "100"', SILENT),
        ("mysql8.0", 'name = "performance_schema"\nvalue = "1"\napply_method = var.given', UNDECIDED),
        ("sqlserver-se-15.0", 'name = "max_connections"\nvalue = "1"', SILENT),
    ],
)
def test_static_parameters(family: str, parameter: str, said: str):
    body = f'family = "{family}"\nparameter {{\n{parameter}\n}}'
    assert verdict("rds-parameter-static", VARIABLE + block("aws_db_parameter_group", "this", body)) == said


def test_static_parameters_of_a_dynamic_block():
    body = (
        'family = "postgres16"\ndynamic "parameter" {\nfor_each = ["max_connections"]\n'
        "content {\nname = parameter.value\nvalue = 1\n}\n}"
    )
    assert verdict("rds-parameter-static", block("aws_db_parameter_group", "this", body)) == FOUND


REGIONS = (
    'provider "aws" {\nregion = "us-east-1"\n}\nprovider "aws" {\nalias = "west"\nregion = "us-west-2"\n}\n'
    + block("aws_db_instance", "source", 'identifier = "source"\nstorage_encrypted = true')
)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("provider = aws.west\nkms_key_id = var.given\nreplicate_source_db = aws_db_instance.source.identifier", FOUND),
        ("provider = aws.west\nkms_key_id = var.given\nreplicate_source_db = aws_db_instance.source.arn", SILENT),
        ("provider = aws.west\nreplicate_source_db = aws_db_instance.source.arn", FOUND),
        ("provider = aws.west\nkms_key_id = null\nreplicate_source_db = aws_db_instance.source.arn", SILENT),
        ("replicate_source_db = aws_db_instance.source.identifier", SILENT),
        ("provider = aws.west\nreplicate_source_db = var.given", SILENT),
    ],
)
def test_replicas_in_other_regions(body: str, said: str):
    assert verdict("rds-replica-region", VARIABLE + REGIONS + block("aws_db_instance", "replica", body)) == said


@pytest.mark.parametrize(
    ("kind", "engine", "said"),
    [
        ("aws_db_instance", '"postgresql"', FOUND),
        ("aws_db_instance", '"Postgres"', SILENT),
        ("aws_db_instance", '"aurora-postgresql"', FOUND),
        ("aws_db_instance", '"oracle-ee-cdb"', SILENT),
        ("aws_db_instance", "var.given", UNDECIDED),
        ("aws_rds_cluster", '"aurora"', FOUND),
        ("aws_rds_cluster", '"mysql"', SILENT),
        ("aws_rds_cluster_instance", '"aurora-postgres"', FOUND),
        ("aws_rds_global_cluster", '"mysql"', FOUND),
        ("aws_rds_global_cluster", "null", SILENT),
    ],
)
def test_engines(kind: str, engine: str, said: str):
    assert verdict("rds-engine-refused", VARIABLE + block(kind, "this", f"engine = {engine}")) == said


@pytest.mark.parametrize(
    ("engine", "log", "said"),
    [
        ("sqlserver-se", "slowquery", FOUND),
        ("sqlserver-se", "agent", SILENT),
        ("oracle-ee-cdb", "postgresql", FOUND),
        ("oracle-se2", "audit", SILENT),
        ("db2-se", "diag.log", SILENT),
        ("custom-sqlserver-se", "slowquery", SILENT),
        ("mysql", "iam-db-auth-error", SILENT),
    ],
)
def test_logs_of_editions(engine: str, log: str, said: str):
    body = f'engine = "{engine}"\nenabled_cloudwatch_logs_exports = ["{log}"]'
    assert verdict("aurora-log-exports-engine", block("aws_db_instance", "this", body)) == said


@pytest.mark.parametrize(
    ("least", "most", "said"),
    [("0.75", "4", FOUND), ("-1", "4", FOUND), ("0", "1", SILENT), ("256", "256", SILENT), ("var.given", "0.5", FOUND)],
)
def test_capacities_of_serverless_v2(least: str, most: str, said: str):
    body = f"serverlessv2_scaling_configuration {{\n  min_capacity = {least}\n  max_capacity = {most}\n}}"
    assert verdict("aurora-sv2-max-capacity", VARIABLE + block("aws_rds_cluster", "this", body)) == said


@pytest.mark.parametrize(
    ("kind", "line", "said"),
    [
        ("aws_db_instance", 'maintenance_window = "Mon:03:00-Mon:03:20"', FOUND),
        ("aws_db_instance", 'maintenance_window = "Sun:23:45-Mon:00:15"', SILENT),
        ("aws_rds_cluster_instance", 'preferred_maintenance_window = "mon:03:00-mon:03:29"', FOUND),
        ("aws_elasticache_replication_group", 'snapshot_window = "05:00-05:30"', FOUND),
        ("aws_elasticache_replication_group", 'snapshot_window = "05:00-06:00"', SILENT),
        ("aws_elasticache_cluster", 'maintenance_window = "sun:05:00-sun:05:30"', FOUND),
        ("aws_elasticache_cluster", "maintenance_window = var.given", UNDECIDED),
    ],
)
def test_windows(kind: str, line: str, said: str):
    assert verdict("rds-backup-window-short", VARIABLE + block(kind, "this", line)) == said


def test_windows_of_a_cache_overlap():
    windows = 'snapshot_window = "03:00-05:00"\nmaintenance_window = "mon:04:00-mon:05:00"'
    assert verdict("rds-windows-overlap", block("aws_elasticache_replication_group", "this", windows)) == FOUND


@pytest.mark.parametrize(
    ("password", "said"), [("must/be-secret", FOUND), ("x" * 101, FOUND), ("x" * 100, SILENT), ("with a space", SILENT)]
)
def test_passwords_of_documentdb(password: str, said: str):
    text = block("aws_docdb_cluster", "this", f'master_username = "payments"\nmaster_password = "{password}"')
    assert verdict("rds-password-chars", text) == said


@pytest.mark.parametrize(("engine", "said"), [("oracle-se2", FOUND), ("sqlserver-se", SILENT)])
def test_engines_without_a_proxy(engine: str, said: str):
    text = block("aws_db_instance", "this", f'identifier = "this"\nengine = "{engine}"')
    text += block("aws_db_proxy", "this", 'name = "this"\nengine_family = "SQLSERVER"')
    names = "db_proxy_name = aws_db_proxy.this.name\ndb_instance_identifier = aws_db_instance.this.identifier"
    text += block("aws_db_proxy_target", "this", names)
    assert verdict("rds-proxy-engine-family", text) == said
