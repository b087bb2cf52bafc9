"""The alarms and the dashboard, against stand-ins with the names that the real constructs have."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tercet.payments import metrics
from tercet.settings import Settings
from tercet.stack.event_kinds import FOLLOWED, STARTS_WORKFLOW
from tercet.synth import jsii_runtime

ROOT = Path(__file__).parents[2]
RUNBOOK = ROOT / "docs" / "runbook.md"
ACCOUNT = "123456789012"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:tercet-alerts-test"
MACHINE = f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:tercet-payments-test"
FUNCTIONS = {"api": 25, "steps": 30, "consumer": 30, "sweeper": 50}
RULES = tuple(f"tercet-rule-{number}-test" for number in range(len(STARTS_WORKFLOW + FOLLOWED)))
FAILOVER_RULE = "${aws_cloudwatch_event_rule.monitoring_failover_rule"

Dimensions = frozenset[str]

METRICS: Mapping[str, tuple[str, set[Dimensions]]] = {
    # Namespace: its metrics that are used here, and every set of dimensions that the service publishes them under.
    # "Amazon API Gateway dimensions and metrics"
    "AWS/ApiGateway": ("Count 4XXError 5XXError Latency", {frozenset({"ApiName", "Stage"})}),
    # "Viewing CloudWatch metrics", AWS Lambda Developer Guide
    "AWS/Lambda": (
        "Invocations Errors Throttles Duration ConcurrentExecutions",
        {frozenset({"FunctionName"}), frozenset({"FunctionName", "Resource"})},
    ),
    # "Monitoring Step Functions metrics using CloudWatch"
    "AWS/States": (
        "ExecutionsStarted ExecutionsSucceeded ExecutionsFailed ExecutionsTimedOut ExecutionTime",
        {frozenset({"StateMachineArn"})},
    ),
    # "Monitoring Amazon EventBridge": RuleName alone is a rule of the default bus
    "AWS/Events": (
        "TriggeredRules Invocations FailedInvocations InvocationsSentToDlq InvocationsFailedToBeSentToDlq",
        {frozenset({"RuleName"}), frozenset({"EventBusName", "RuleName"})},
    ),
    # "Available CloudWatch metrics for Amazon SQS"
    "AWS/SQS": ("ApproximateNumberOfMessagesVisible ApproximateAgeOfOldestMessage", {frozenset({"QueueName"})}),
    # "Amazon CloudWatch metrics for Amazon Aurora", "... dimensions for Aurora", "Monitoring RDS Proxy metrics"
    "AWS/RDS": (
        "CPUUtilization FreeableMemory DatabaseConnections AuroraReplicaLag BacktrackWindowAlert BacktrackWindowActual "
        "CommitLatency SelectLatency InsertLatency ClientConnections DatabaseConnectionsCurrentlySessionPinned "
        "AvailabilityPercentage",
        {
            frozenset({"DBClusterIdentifier"}),
            frozenset({"DBClusterIdentifier", "Role"}),
            frozenset({"DBInstanceIdentifier"}),
            frozenset({"ProxyName"}),
            frozenset({"ProxyName", "TargetGroup", "TargetRole"}),
        },
    ),
    # "DynamoDB Metrics and dimensions"
    "AWS/DynamoDB": (
        "ConsumedReadCapacityUnits ConsumedWriteCapacityUnits ReadThrottleEvents WriteThrottleEvents SystemErrors",
        {
            frozenset({"TableName"}),
            frozenset({"TableName", "Operation"}),
        },
    ),
    # "AWS Backup metrics with Amazon CloudWatch"
    "AWS/Backup": (
        "NumberOfBackupJobsCreated NumberOfBackupJobsCompleted NumberOfBackupJobsFailed NumberOfBackupJobsAborted "
        "NumberOfBackupJobsExpired",
        {frozenset({"BackupVaultName"})},
    ),
    # Written by the processor, in its own words
    metrics.NAMESPACE: (
        " ".join((*metrics.Metric, metrics.LATENCY)),
        {frozenset({"Environment"}), frozenset({"Environment", "Step"})},
    ),
}

OURS: Mapping[str, set[str]] = {
    "ApiName": {"tercet-payments-test"},
    "Stage": {"live"},
    "FunctionName": {f"tercet-{name}-test" for name in FUNCTIONS},
    "Resource": {f"tercet-{name}-test:live" for name in FUNCTIONS},
    "StateMachineArn": {MACHINE},
    "EventBusName": {"tercet-payments-test"},
    "RuleName": {*RULES},
    "QueueName": {
        f"tercet-{queue}-test"
        for queue in ("payment-events", "undelivered-events", "unprocessed-events", "failed-invocations")
    },
    "DBClusterIdentifier": {"tercet-database-test"},
    "Role": {"WRITER", "READER"},
    "DBInstanceIdentifier": {f"tercet-database-{number}-test" for number in (1, 2, 3)},
    "ProxyName": {"tercet-database-test"},
    "TargetGroup": {"default"},
    "TargetRole": {"READ_WRITE"},
    "TableName": {"tercet-sessions-test", "tercet-acquirer-sandbox-test"},
    "Operation": {"GetItem", "TransactWriteItems"},
    "BackupVaultName": {"tercet-backups-test"},
    "Environment": {"test"},
    "Step": {*metrics.Step},
}

Watched = tuple[str, str, dict[str, str]]
"""Namespace, metric, dimensions."""


def _queue(purpose: str) -> SimpleNamespace:
    name = f"tercet-{purpose}-test"
    return SimpleNamespace(name=name, arn=f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}")


def _function(name: str) -> SimpleNamespace:
    return SimpleNamespace(name=f"tercet-{name}-test", alias_name="live", timeout_s=FUNCTIONS[name])


@pytest.fixture(scope="module")
def stack() -> dict[str, Any]:
    """The Terraform configuration of nothing but the monitoring."""
    jsii_runtime.prepare(ROOT / ".tercet" / "cache")
    # Importing these starts node, which must be prepared first.
    from cdktn import TerraformStack, Testing

    from tercet.stack.deployment import Deployment
    from tercet.stack.monitoring import Monitoring

    app = Testing.app()
    scope = TerraformStack(app, "test")
    Monitoring(
        scope,
        "monitoring",
        deployment=Deployment(Settings(environment_suffix="test"), ACCOUNT),
        alerts=SimpleNamespace(arn=TOPIC),
        database=SimpleNamespace(
            cluster_identifier="tercet-database-test",
            cluster_arn=f"arn:aws:rds:us-east-1:{ACCOUNT}:cluster:tercet-database-test",
            instance_identifiers=[f"tercet-database-{number}-test" for number in (1, 2, 3)],
            proxy_name="tercet-database-test",
        ),
        sessions=SimpleNamespace(table_name="tercet-sessions-test"),
        acquirer=SimpleNamespace(table_name="tercet-acquirer-sandbox-test"),
        events=SimpleNamespace(
            bus_name="tercet-payments-test",
            rule_names=RULES,
            queue=_queue("payment-events"),
            undelivered=_queue("undelivered-events"),
            unprocessed=_queue("unprocessed-events"),
        ),
        processor=SimpleNamespace(
            failures=_queue("failed-invocations"), **{name: _function(name) for name in FUNCTIONS}
        ),
        workflow=SimpleNamespace(state_machine_arn=MACHINE),
        api=SimpleNamespace(api_name="tercet-payments-test", stage_name="live"),
        backup=SimpleNamespace(vault_name="tercet-backups-test"),
    )
    return json.loads(Testing.synth(scope))


@pytest.fixture
def alarms(stack: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return stack["resource"]["aws_cloudwatch_metric_alarm"]


@pytest.fixture
def composite(stack: dict[str, Any]) -> dict[str, Any]:
    (composite,) = stack["resource"]["aws_cloudwatch_composite_alarm"].values()
    return composite


@pytest.fixture
def dashboard(stack: dict[str, Any]) -> list[dict[str, Any]]:
    (dashboard,) = stack["resource"]["aws_cloudwatch_dashboard"].values()
    return json.loads(dashboard["dashboard_body"])["widgets"]


def _watched_by(alarm: dict[str, Any]) -> Iterator[Watched]:
    if "metric_name" in alarm:
        yield alarm["namespace"], alarm["metric_name"], alarm["dimensions"]
    for query in alarm.get("metric_query", ()):
        if metric := query.get("metric"):
            yield metric["namespace"], metric["metric_name"], metric["dimensions"]


def _watched_on(dashboard: list[dict[str, Any]]) -> Iterator[Watched]:
    for widget in dashboard:
        for first, *rest in widget["properties"].get("metrics", ()):
            if isinstance(first, dict):  # a formula over the metrics that follow
                continue
            name, *dimensions, _options = rest
            yield first, name, dict(zip(dimensions[::2], dimensions[1::2], strict=True))


def _anchors() -> set[str]:
    """Anchors as GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.+)$", RUNBOOK.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _period_s(alarm: dict[str, Any]) -> int:
    periods = {query["metric"]["period"] for query in alarm.get("metric_query", ()) if "metric" in query}
    (period,) = periods or {alarm["period"]}
    return period


def test_every_alarm_acts_and_says_what_silence_means(alarms: dict[str, dict[str, Any]]) -> None:
    for alarm in alarms.values():
        assert alarm["alarm_actions"] == [TOPIC]
        assert alarm["ok_actions"] == [TOPIC]
        assert alarm["treat_missing_data"] in {"breaching", "notBreaching"}
        assert 1 <= alarm["datapoints_to_alarm"] <= alarm["evaluation_periods"]


def test_every_alarm_leads_to_a_section_of_the_runbook(
    alarms: dict[str, dict[str, Any]], composite: dict[str, Any]
) -> None:
    base = Settings().runbook_url
    for alarm in (*alarms.values(), composite):
        text = alarm["alarm_description"]
        assert len(text) <= 1024
        assert text.rpartition(f"{base}#")[2] in _anchors(), alarm["alarm_name"]


def test_every_section_and_link_of_the_runbook_leads_somewhere(
    alarms: dict[str, dict[str, Any]], composite: dict[str, Any]
) -> None:
    text = RUNBOOK.read_text(encoding="utf-8")
    assert set(re.findall(r"\]\(#([\w-]+)\)", text)) <= _anchors()
    linked = {alarm["alarm_description"].rpartition("#")[2] for alarm in (*alarms.values(), composite)}
    assert set(re.findall(r"^#### (.+)$", text, flags=re.MULTILINE)) == linked


def test_every_alarm_is_named_after_the_deployment_and_once(
    alarms: dict[str, dict[str, Any]], composite: dict[str, Any]
) -> None:
    names = [alarm["alarm_name"] for alarm in (*alarms.values(), composite)]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"tercet-[a-z0-9-]+-test", name) for name in names)


def test_every_metric_exists_and_is_of_our_own_resource(
    alarms: dict[str, dict[str, Any]], dashboard: list[dict[str, Any]]
) -> None:
    watched = [*_watched_on(dashboard), *(found for alarm in alarms.values() for found in _watched_by(alarm))]
    for namespace, name, dimensions in watched:
        names, sets = METRICS[namespace]
        assert name in names.split(), (namespace, name)
        assert frozenset(dimensions) in sets, (name, dimensions)
        for dimension, value in dimensions.items():
            assert value in OURS[dimension] or value.startswith(FAILOVER_RULE), (name, dimension, value)


def test_every_resource_is_watched(alarms: dict[str, dict[str, Any]]) -> None:
    watched = {
        (dimension, value)
        for alarm in alarms.values()
        for _, _, dimensions in _watched_by(alarm)
        for dimension, value in dimensions.items()
    }
    unwatched = {(dimension, value) for dimension, values in OURS.items() for value in values} - watched
    # How long a payment's parts take is drawn, not judged: the API's latency is what customers feel.
    assert {dimension for dimension, _ in unwatched} == {"Step"}


def test_alarms_stay_within_what_cloudwatch_evaluates(alarms: dict[str, dict[str, Any]]) -> None:
    """One day for periods under an hour, seven for others; ten metrics in an expression ("PutMetricAlarm")."""
    for alarm in alarms.values():
        period_s = _period_s(alarm)
        limit_s = 86_400 if period_s < 3_600 else 604_800
        assert period_s * alarm["evaluation_periods"] <= limit_s, alarm["alarm_name"]
        assert len(list(_watched_by(alarm))) <= 10, alarm["alarm_name"]


def test_expressions_use_every_metric_and_return_one_result(alarms: dict[str, dict[str, Any]]) -> None:
    for alarm in alarms.values():
        queries = alarm.get("metric_query")
        if not queries:
            continue
        (result,) = [query for query in queries if query.get("return_data")]
        named = set(re.findall(r"\b(m\d+|part|rest|whole)\b", result["expression"]))
        assert named == {query["id"] for query in queries} - {result["id"]}, alarm["alarm_name"]


@pytest.mark.parametrize("table", ["sessions", "acquirer"])
def test_throttling_of_dynamodb_counts_a_missing_data_point_as_none(
    alarms: dict[str, dict[str, Any]], table: str
) -> None:
    """Alarms on DynamoDB's metrics ignore ``treat_missing_data``: they would never be well again."""
    (alarm,) = [alarm for alarm in alarms.values() if alarm["alarm_name"] == f"tercet-{table}-throttles-test"]
    assert alarm["metric_query"][0]["expression"] == "FILL(m1, 0) + FILL(m2, 0)"


@pytest.mark.parametrize(
    ("approved", "declined", "percent"),
    [(0, 0, 100), (19, 0, 100), (0, 19, 100), (10, 10, 50), (0, 20, 0), (60, 20, 75)],
)
def test_the_approval_rate_says_nothing_of_a_few_payments(
    alarms: dict[str, dict[str, Any]], approved: int, declined: int, percent: int
) -> None:
    (alarm,) = [alarm for alarm in alarms.values() if alarm["alarm_name"] == "tercet-approval-rate-test"]
    formula = alarm["metric_query"][0]["expression"]
    assert {query["metric"]["metric_name"]: query["id"] for query in alarm["metric_query"][1:]} == {
        "Approved": "part",
        "Declined": "rest",
    }
    # CloudWatch's IF takes all three before it chooses; in Python the second one may divide by nothing.
    condition, rate, otherwise = re.fullmatch(r"IF\((.+ >= \d+), (.+), (\d+)\)", formula).groups()  # type: ignore[union-attr]
    names = {"FILL": lambda value, _missing: value, "part": approved, "rest": declined}
    assert eval(rate if eval(condition, names) else otherwise, names) == percent
    assert alarm["comparison_operator"] == "LessThanThreshold"


@pytest.mark.parametrize("purpose", ["outbox-age", "backup-absent", "database-instance-1"])
def test_silence_of_what_must_speak_is_an_alarm(alarms: dict[str, dict[str, Any]], purpose: str) -> None:
    (alarm,) = [alarm for alarm in alarms.values() if alarm["alarm_name"] == f"tercet-{purpose}-test"]
    assert alarm["treat_missing_data"] == "breaching"


def test_payments_are_impaired_by_what_stops_customers_and_nothing_else(
    alarms: dict[str, dict[str, Any]], composite: dict[str, Any]
) -> None:
    terms = composite["alarm_rule"].split(" OR ")
    matches = [
        re.fullmatch(r'ALARM\("\$\{aws_cloudwatch_metric_alarm\.([\w-]+)\.alarm_name\}"\)', term) for term in terms
    ]
    assert {alarms[match[1]]["alarm_name"] for match in matches if match} == {
        f"tercet-{purpose}-test"
        for purpose in (
            "api-errors",
            "function-api-errors",
            "function-api-throttles",
            "function-steps-errors",
            "outbox-age",
            "database-availability",
            "database-failover",
            "acquirer-errors",
        )
    }
    assert all(matches)
    assert composite["alarm_actions"] == composite["ok_actions"] == [TOPIC]


def test_a_failover_of_this_cluster_reaches_the_alerts(stack: dict[str, Any]) -> None:
    (rule,) = stack["resource"]["aws_cloudwatch_event_rule"].values()
    (target,) = stack["resource"]["aws_cloudwatch_event_target"].values()
    assert "event_bus_name" not in rule
    assert json.loads(rule["event_pattern"]) == {
        "source": ["aws.rds"],
        "detail-type": ["RDS DB Cluster Event"],
        "detail": {
            "SourceArn": [f"arn:aws:rds:us-east-1:{ACCOUNT}:cluster:tercet-database-test"],
            "EventCategories": ["failover"],
        },
    }
    assert target["arn"] == TOPIC
    assert target["dead_letter_config"]["arn"].endswith(":tercet-undelivered-events-test")
    variables = set(re.findall(r"<(\w+)>", target["input_transformer"]["input_template"]))
    assert variables == set(target["input_transformer"]["input_paths"])
    assert isinstance(json.loads(target["input_transformer"]["input_template"]), str)


def test_everything_that_the_processor_measures_is_drawn(dashboard: list[dict[str, Any]]) -> None:
    drawn = [(name, dimensions) for namespace, name, dimensions in _watched_on(dashboard) if namespace.startswith("T")]
    assert {name for name, _ in drawn} == {*metrics.Metric, metrics.LATENCY}
    assert {dimensions["Step"] for name, dimensions in drawn if name == metrics.LATENCY} == {*metrics.Step}


def test_the_dashboard_fills_its_grid_without_overlap(dashboard: list[dict[str, Any]]) -> None:
    taken: set[tuple[int, int]] = set()
    for widget in dashboard:
        assert set(widget) == {"type", "x", "y", "width", "height", "properties"}
        cells = {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert not cells & taken
        taken |= cells
    columns, rows = zip(*taken, strict=True)
    assert set(columns) == set(range(24))
    assert len(taken) == 24 * (max(rows) + 1)


def test_the_dashboard_shows_what_its_widgets_need(
    dashboard: list[dict[str, Any]], alarms: dict[str, dict[str, Any]]
) -> None:
    kinds = [widget["type"] for widget in dashboard]
    assert kinds[:2] == ["alarm", "alarm"]
    assert set(kinds) == {"alarm", "text", "metric"}
    shown = [arn for widget in dashboard[:2] for arn in widget["properties"]["alarms"]]
    assert len(shown) == len(set(shown)) == len(alarms) + 1 <= 100
    for widget in dashboard:
        if widget["type"] == "metric":
            assert widget["properties"]["region"] == "us-east-1"
            assert widget["properties"]["view"] == "timeSeries"
            assert widget["properties"]["title"]
            assert widget["properties"]["metrics"]


@pytest.mark.parametrize(
    ("metric", "dimensions"),
    [
        ("Invocations", {"FunctionName", "Resource"}),
        ("CPUUtilization", {"DBInstanceIdentifier"}),
        ("ConsumedReadCapacityUnits", {"TableName"}),
        ("ConsumedWriteCapacityUnits", {"TableName"}),
        ("OldestUnpublishedEventAge", {"Environment"}),
        ("OldestUnknownAge", {"Environment"}),
        ("Approved", {"Environment"}),
        ("StepLatency", {"Environment", "Step"}),
        ("NumberOfBackupJobsCompleted", {"BackupVaultName"}),
    ],
)
def test_the_dashboard_shows(dashboard: list[dict[str, Any]], metric: str, dimensions: set[str]) -> None:
    assert (metric, dimensions) in [(name, set(named)) for _, name, named in _watched_on(dashboard)]


@pytest.mark.parametrize(
    ("instance_class", "gib", "connections"),
    [("db.r5.large", 16, 1000), ("db.r6g.xlarge", 32, 2000), ("db.r5.4xlarge", 128, 4000), ("db.x2g.large", 32, 2000)],
)
def test_limits_of_an_instance_follow_its_class(
    stack: dict[str, Any], instance_class: str, gib: int, connections: int
) -> None:
    """As in the tables of "Maximum connections to an Aurora MySQL DB instance" and of the hardware specifications."""
    from tercet.stack.monitoring.alarms import max_connections, memory_bytes

    assert memory_bytes(instance_class) == gib * 2**30
    assert max_connections(instance_class) == connections
