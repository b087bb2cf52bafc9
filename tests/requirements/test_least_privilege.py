"""Every wildcard of every policy is listed here: a new one fails until somebody has said why it must be."""

from __future__ import annotations

import json
import re

import pytest

from tests.configuration import Configuration

ANY_RESOURCE = {
    "aws_vpc_endpoint": "the roles name their resources; the endpoint holds them to this account",
    "aws_kms_key": "a key policy speaks of its own key, which has no ARN yet",
}
"""Kinds of resource whose own policy may say ``*``, which there does not mean everything."""

ON_ANY_RESOURCE = {
    "X-Ray has no resource-level permission for sending traces and reading sampling rules": {
        "xray:GetSamplingRules",
        "xray:GetSamplingTargets",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    },
    "Lambda refuses a function in a VPC whose role may not do these on every resource": {
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:UnassignPrivateIpAddresses",
    },
    "deliveries of vended logs, and listings, have no resource-level permission": {
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
        "tag:GetResources",
        "ec2:DescribeManagedPrefixLists",
        "ec2:DescribeNetworkAcls",
        "ec2:DescribeVpcs",
    },
    "API Gateway's logging role belongs to the account and serves all its APIs": {
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:DescribeLogStreams",
        "logs:FilterLogEvents",
        "logs:GetLogEvents",
        "logs:PutLogEvents",
    },
}
"""Why → actions that may be allowed on every resource."""


@pytest.fixture(params=["dev", "prod", "domain", "experiment"])
def each(request: pytest.FixtureRequest, configurations: dict[str, Configuration]) -> Configuration:
    return configurations[request.param]


def test_no_action_is_a_wildcard(each: Configuration):
    for address, statement in each.policies():
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        if statement["Effect"] == "Allow":
            assert not [action for action in actions if "*" in action], address


def test_every_resource_that_is_a_wildcard_is_known(each: Configuration):
    """Each has its reason beside it in the code as well: without `any_resource_because` it cannot be made."""
    for address, statement in each.policies():
        if statement["Effect"] != "Allow" or "*" not in statement.get("Resource", []):
            continue
        if address.split(".")[0] in ANY_RESOURCE:
            continue
        strangers = set(statement["Action"]) - set().union(*ON_ANY_RESOURCE.values())
        assert not strangers, f"{address} allows {strangers} on every resource"


def test_nobody_but_aws_services_and_the_account_is_trusted(each: Configuration):
    for address, statement in each.policies():
        principal = statement.get("Principal")
        if principal is None or statement["Effect"] == "Deny":
            continue
        if principal == "*":
            assert address.startswith("aws_vpc_endpoint."), address
            assert statement["Condition"]["StringEquals"]["aws:PrincipalAccount"], address
        elif "AWS" in principal:
            assert re.fullmatch(r"arn:aws:iam::\$\{data\.aws_caller_identity\.\w+\.account_id\}:root", principal["AWS"])
        else:
            assert re.fullmatch(r"[a-z0-9.-]+\.amazonaws\.com", principal["Service"]), address


def test_each_key_can_be_administered_and_used_by_who_must(each: Configuration):
    principals = {}
    for address, statement in each.policies():
        if address.startswith("aws_kms_key."):
            who = statement["Principal"]
            principals.setdefault(address, set()).add(who.get("Service") or "account")
            if who.get("AWS"):
                assert "kms:PutKeyPolicy" in statement["Action"], f"{address} would lock out its account"
    assert all("account" in who for who in principals.values())
    logs = next(who for address, who in principals.items() if "logs" in address)
    assert any(service.startswith("logs.") for service in logs)
    messages = next(who for address, who in principals.items() if "messages" in address)
    assert {"events.amazonaws.com", "sns.amazonaws.com", "cloudwatch.amazonaws.com"} <= messages


def test_every_log_group_is_encrypted_and_ends(each: Configuration):
    for address, group in each.all("aws_cloudwatch_log_group").items():
        assert group["kms_key_id"].startswith("${aws_kms_key."), address
        assert group["retention_in_days"] >= 365, address


def test_every_queue_and_topic_is_encrypted(each: Configuration):
    for address, queue in each.all("aws_sqs_queue").items():
        assert queue["kms_master_key_id"].startswith("${aws_kms_key."), address
    assert each.one("aws_sns_topic")["kms_master_key_id"].startswith("${aws_kms_key.")


MAY: dict[str, set[str]] = {
    "api": {"database", "publish", "sessions", "sandbox"},
    "steps": {"database", "publish", "sandbox"},
    "sweeper": {"database", "publish", "sandbox"},
    "consumer": {"queue", "sessions"},
    "migrate": {"database", "secret"},
}
"""Function → what it needs for its own job, beside its logs, traces, network, parameters and dead letters."""

MEANS = {
    "rds-db:connect": "database",
    "events:PutEvents": "publish",
    "sqs:ReceiveMessage": "queue",
    "secretsmanager:PutSecretValue": "secret",
}
"""Action → what it is for."""

TABLES = {"sessions": "sessions_table_", "sandbox": "acquirer-sandbox_table_"}
"""What it is for → the table that it takes."""


def test_the_functions_may_use_nothing_of_each_other(each: Configuration):
    """The function that requests reach cannot read the queue, and the one that reads the queue cannot publish."""
    found: dict[str, set[str]] = {}
    for address, statement in each.policies():
        if not (match := re.match(r"aws_iam_role_policy\.processor_([a-z]+)_role_", address)):
            continue
        may = found.setdefault(match[1], set())
        may.update(MEANS[action] for action in statement["Action"] if action in MEANS)
        resources = json.dumps(statement["Resource"])
        may.update(what for what, table in TABLES.items() if f"aws_dynamodb_table.{table}" in resources)
    assert found == MAY


def test_nobody_reads_a_secret_but_the_proxy_and_who_makes_its_password(each: Configuration):
    readers = {
        re.sub(r"[-_]role_.*", "", address.split(".")[1])
        for address, statement in each.policies()
        if statement["Effect"] == "Allow" and "secretsmanager:GetSecretValue" in statement["Action"]
    }
    assert readers == {"database_proxy", "processor_migrate"}
