from __future__ import annotations

import datetime
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tercet.preflight.knowledge import databases, dated, managed_policies, metrics, regions, runtimes

TOOLS = Path(__file__).parents[3] / "tools" / "knowledge"


def test_every_data_file_says_where_it_comes_from_and_of_when_it_is():
    files = sorted(dated.DATA.glob("*"))
    assert {path.suffix for path in files} == {".json", ".jsonl"}
    for path in files:
        with path.open(encoding="utf-8") as file:
            head = json.loads(file.readline()) if path.suffix == ".jsonl" else json.load(path.open(encoding="utf-8"))
        assert head["source"]
        assert datetime.date.fromisoformat(head["as_of"]) == dated.ages()[path.name]


def test_only_old_data_warns():
    newest = max(dated.ages().values())
    assert dated.age_warning(min(dated.ages().values())) == []
    warnings = dated.age_warning(newest + datetime.timedelta(days=dated.FRESH_DAYS + 1))
    assert len(warnings) == len(dated.ages())
    assert all("days before" in warning for warning in warnings)


def test_nothing_is_read_before_it_is_asked_for():
    code = (
        "import sys; from tercet.preflight.knowledge import databases, dated, managed_policies, metrics, patterns, "
        "regions, runtimes, schema, shapes; "
        "sys.exit(dated.table.cache_info().currsize + schema._index.cache_info().currsize)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("path", sorted(TOOLS.glob("*.py")), ids=lambda path: path.stem)
def test_generators_can_be_imported(path: Path, monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("cfnlint")
    monkeypatch.syspath_prepend(str(TOOLS))
    spec = importlib.util.spec_from_file_location(f"knowledge_tool_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    assert module.__doc__


def test_engine_versions():
    assert databases.version_exists("aurora-mysql", "8.0.mysql_aurora.3.10.1") is True
    assert databases.version_exists("aurora-mysql", "8.0") is True
    assert databases.version_exists("aurora-mysql", "8.0.mysql_aurora.3.99.0") is False
    assert databases.version_exists("postgres", "16") is True
    assert databases.version_exists("postgres", "15.99") is False
    assert databases.version_exists("informix", "14") is None
    assert databases.version_is_retired("mysql", "8.0.41")
    newest = databases.newest_like("aurora-mysql", "8.0.mysql_aurora.3.99.0")
    assert newest is not None
    assert newest.startswith("8.0.mysql_aurora.3.")
    assert databases.support_ends("mysql", "8.0.40") == datetime.date(2026, 7, 31)
    assert databases.support_ends("aurora-mysql", "8.0.mysql_aurora.3.10.1") == datetime.date(2028, 4, 30)
    assert databases.support_ends("mariadb", "10.6") is None


def test_instance_classes():
    assert databases.class_is_offered("aurora-mysql", "db.r5.large", "us-east-1") is True
    assert databases.class_is_offered("aurora-mysql", "db.t3.micro") is False
    assert databases.class_is_offered("aurora-mysql", "db.t4g.medium") is True
    assert databases.class_is_offered("aurora-mysql", "db.serverless") is True
    assert databases.class_is_offered("postgres", "db.t3.micro", "eu-west-1") is True
    assert databases.class_is_offered("aurora-mysql", "db.r99.large") is None
    assert databases.class_is_offered("aurora-mysql", "db.r5.large", "nowhere-1") is None


def test_backtrack_is_aurora_mysqls():
    assert databases.has_backtrack("aurora-mysql", "8.0.mysql_aurora.3.10.1") is True
    assert databases.has_backtrack("aurora-postgresql", "16.4") is False
    assert databases.has_backtrack("aurora-mysql", "") is None


def test_runtimes():
    old, current = runtimes.runtime_of("python3.8"), runtimes.runtime_of("python3.13")
    assert old is not None
    assert old.deprecated is not None
    assert old.deprecated < datetime.date(2025, 1, 1)
    assert current is not None
    assert runtimes.runtime_of("python3.99") is None
    assert all(map(runtimes.has_snap_start, ("java17", "python3.12", "dotnet8")))
    assert [runtimes.has_snap_start(name) for name in ("java8.al2", "python3.9", "nodejs20.x")] == [False] * 3
    assert runtimes.has_snap_start("cobol85") is None


def test_regions_and_zones():
    assert regions.exists("us-east-1")
    assert regions.exists("us-gov-west-1")
    assert not regions.exists("us-east-3")
    assert regions.zone_exists("us-east-1f") is True
    assert regions.zone_exists("eu-west-1f") is False
    assert regions.zone_exists("us-west-1c") is True
    assert regions.zone_exists("us-east-1-bos-1a") is None
    assert regions.zone_exists("x") is None


def test_managed_policies():
    basic = managed_policies.document_of("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole")
    assert basic is not None
    assert basic["Statement"] == [
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": ["*"],
        }
    ]
    vpc = managed_policies.document_of("service-role/AWSLambdaVPCAccessExecutionRole")
    assert vpc is not None
    assert "ec2:CreateNetworkInterface" in {action for one in vpc["Statement"] for action in one["Action"]}
    assert managed_policies.document_of("AdministratorAccess") is not None
    assert managed_policies.document_of("NoSuchPolicy") is None
    assert managed_policies.exists("service-role/AWSBackupServiceRolePolicyForBackup")
    assert not managed_policies.exists("AWSLambdaBasicExecutionRole")
    assert managed_policies.named_like("AWSLambdaBasicExecutionRole") == "service-role/AWSLambdaBasicExecutionRole"
    assert (dated.DATA / "managed_policies.json").stat().st_size < 400_000


def test_metrics():
    assert metrics.is_metric("AWS/RDS", "CPUUtilization") is True
    assert metrics.is_metric("AWS/RDS", "NoSuchMetric") is None
    assert metrics.is_metric("Payments", "Captured") is None
    assert metrics.meant("AWS/RDS", "CpuUtilization") == "CPUUtilization"
    assert metrics.meant("AWS/RDS", "CPUUtilization") is None
    assert metrics.meant("AWS/ApiGateway", "5xxError") == "5XXError"
    assert frozenset({"FunctionName"}) in metrics.dimension_sets("AWS/Lambda")
    assert metrics.dimension_sets("AWS/DynamoDB", "UserErrors") == {frozenset()}
    assert "DBClusterIdentifier" in metrics.dimension_names("AWS/RDS")
    assert metrics.dimension_sets("Payments") == frozenset()
    for namespace in metrics.namespaces():
        assert metrics.source_of(namespace).startswith("https://docs.aws.amazon.com/")
