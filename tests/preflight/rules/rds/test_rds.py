"""Windows, parameter groups, credentials and other near misses of databases."""

from __future__ import annotations

import pytest

from tercet.preflight.rules.rds import _windows as windows
from tests.preflight.checking import check_hcl, found


def database(*lines: str, kind: str = "aws_db_instance") -> str:
    inside = "\n".join(f"  {line}" for line in lines)
    return f'resource "{kind}" "db" {{\n{inside}\n}}\n'


class TestWindows:
    @pytest.mark.parametrize(
        ("text", "minutes"),
        [("03:00-03:30", 30), ("23:45-00:15", 30), ("00:00-00:00", 0), ("03:00-03:29", 29)],
    )
    def test_daily(self, text: str, minutes: int):
        window = windows.daily(text)
        assert window is not None
        assert window.minutes == minutes

    @pytest.mark.parametrize("text", ["3:00-4:00", "03:00", "24:00-01:00", "Mon:03:00-Mon:04:00", ""])
    def test_what_is_no_daily_window(self, text: str):
        assert windows.daily(text) is None

    @pytest.mark.parametrize(
        ("backup", "maintenance", "meet"),
        [
            ("03:00-04:00", "Mon:03:30-Mon:04:30", True),
            ("03:00-04:00", "Mon:04:00-Mon:05:00", False),
            ("23:30-00:30", "Sun:00:00-Sun:01:00", True),
            ("23:30-00:30", "Sun:23:00-Mon:00:00", True),
            ("03:00-04:00", "Sun:23:00-Mon:02:00", False),
            ("00:00-01:00", "Sun:23:30-Mon:00:30", True),
        ],
    )
    def test_overlap(self, backup: str, maintenance: str, meet: bool):
        daily, weekly = windows.daily(backup), windows.weekly(maintenance)
        assert daily is not None
        assert weekly is not None
        assert windows.overlap(daily, weekly) is meet

    def test_of_a_cluster_have_other_names(self):
        text = database(
            'engine = "aurora-mysql"',
            "skip_final_snapshot = true",
            'preferred_backup_window = "03:00-03:10"',
            kind="aws_rds_cluster",
        )
        assert found(check_hcl(text), "rds-backup-window-short")


GROUP = 'resource "aws_db_parameter_group" "db" {\n  family = "%s"\n}\n'


@pytest.mark.parametrize(
    ("family", "engine", "version", "is_wrong"),
    [
        ("postgres16", "postgres", "16.4", False),
        ("postgres15", "postgres", "16.4", True),
        ("postgres9.6", "postgres", "9.6.24", False),
        ("mysql8.0", "mysql", "8.0", False),
        ("mysql8.0", "mysql", "8.0.39", False),
        ("mysql8.4", "mysql", "8.0.39", True),
        ("mysql8.0", "mysql", "8", False),
        ("mariadb10.11", "mariadb", "10.11.8", False),
        ("mysql8.0", "postgres", "", True),
        ("sqlserver-ex-15.0", "sqlserver-ex", "15.00.4073.23.v1", False),
        ("oracle-ee-19", "oracle-ee", "19.0.0.0.ru-2024-01.rur-2024-01.r1", False),
    ],
)
def test_parameter_groups(family: str, engine: str, version: str, is_wrong: bool):
    lines = [f'engine = "{engine}"', "parameter_group_name = aws_db_parameter_group.db.name"]
    text = GROUP % family + database(*lines, *([f'engine_version = "{version}"'] if version else []))
    assert bool(found(check_hcl(text), "rds-parameter-group-family")) is is_wrong


def test_a_replica_needs_no_credentials():
    text = database('replicate_source_db = "payments"', 'instance_class = "db.r6g.large"', "skip_final_snapshot = true")
    assert not found(check_hcl(text), "rds-master-missing")
    assert not found(check_hcl(text), "storage-unencrypted")


def test_a_write_only_password_is_a_password():
    text = database('username = "payments"', "password_wo = var.password", "password_wo_version = 1")
    assert not found(check_hcl(text + 'variable "password" {\n  type = string\n}\n'), "rds-master-missing")


@pytest.mark.parametrize("engine", ["postgres", "sqlserver-se"])
def test_logs_of_the_engine(engine: str):
    log = {"postgres": "postgresql", "sqlserver-se": "error"}[engine]
    text = database(f'engine = "{engine}"', f'enabled_cloudwatch_logs_exports = ["{log}"]')
    assert not found(check_hcl(text), "aurora-log-exports-engine")


def test_a_small_gp3_volume_of_sql_server_may_have_its_speed():
    text = database('engine = "sqlserver-ex"', 'storage_type = "gp3"', "allocated_storage = 20", "iops = 4000")
    assert not found(check_hcl(text), "rds-gp3-small")


def test_serverless_v2_in_a_cluster_that_is_not_at_hand():
    text = database(
        'cluster_identifier = "payments"',
        'engine = "aurora-mysql"',
        'instance_class = "db.serverless"',
        kind="aws_rds_cluster_instance",
    )
    assert not found(check_hcl(text), "aurora-sv2-no-scaling")


@pytest.mark.parametrize(
    ("line", "is_wrong"),
    [
        ('final_snapshot_identifier = "payments-${var.name}"', False),
        ('final_snapshot_identifier = "payments_${var.name}"', True),
        ('final_snapshot_identifier = "1payments"', True),
        ('final_snapshot_identifier = "payments-"', True),
    ],
)
def test_names_of_final_snapshots(line: str, is_wrong: bool):
    text = 'variable "name" {\n  type = string\n}\n' + database(line)
    assert bool(found(check_hcl(text), "rds-final-snapshot-name")) is is_wrong
