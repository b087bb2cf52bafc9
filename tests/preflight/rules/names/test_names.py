"""Near misses of the rules of names, and of the intent that speaks of names, tags, logs, dead letters and TLS."""

from __future__ import annotations

import pytest

from tercet.preflight.intent import Intent
from tercet.preflight.rules.intent.name_suffix_missing import carries
from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

UNKNOWN = 'variable "unknown" {}\n'
WEST = 'provider "aws" {\n  region = "us-east-1"\n}\nprovider "aws" {\n  alias  = "west"\n  region = "us-west-2"\n}\n'


def named(kind: str, name: str, label: str = "a", argument: str = "name", more: str = "") -> str:
    return block(kind, label, f"{argument} = {name}\n{more}")


CASES = [
    ("name-too-long", named("aws_lb", f'"{"a" * 32}"'), SILENT),
    ("name-too-long", named("aws_lb", f'"{"a" * 33}"'), FOUND),
    ("name-too-long", UNKNOWN + named("aws_lb", f'"{"a" * 33}-${{var.unknown}}"'), FOUND),
    ("name-too-long", UNKNOWN + named("aws_lb", f'"{"a" * 20}-${{var.unknown}}"'), SILENT),
    ("name-too-long", named("aws_lambda_function", f'"{"a" * 65}"', argument="function_name"), FOUND),
    ("name-too-long", named("aws_iam_role", f'"{"a" * 39}"', argument="name_prefix"), FOUND),
    ("name-characters", named("aws_lb", '"payments_dev"'), FOUND),
    ("name-characters", named("aws_lb", '"internal-payments"'), FOUND),
    ("name-characters", named("aws_lb_target_group", '"-payments"'), FOUND),
    ("name-characters", named("aws_rds_cluster", '"Payments"', argument="cluster_identifier"), FOUND),
    ("name-characters", named("aws_rds_cluster", '"pay--ments"', argument="cluster_identifier"), FOUND),
    ("name-characters", named("aws_rds_cluster", '"payments-1"', argument="cluster_identifier"), SILENT),
    ("name-characters", named("aws_sqs_queue", '"payments.dev"'), FOUND),
    ("name-characters", named("aws_sfn_state_machine", '"Process payment"'), FOUND),
    ("name-characters", named("aws_apigatewayv2_stage", '"$default"'), SILENT),
    ("name-characters", named("aws_db_subnet_group", '"payments dev.1_a"'), SILENT),
    ("name-collision", named("aws_iam_role", '"a"') + named("aws_iam_role", '"a"', "b"), FOUND),
    ("name-collision", named("aws_iam_role", '"a"') + named("aws_iam_user", '"a"', "b"), SILENT),
    (
        "name-collision",
        WEST + named("aws_dynamodb_table", '"a"') + named("aws_dynamodb_table", '"a"', "b", more="provider = aws.west"),
        SILENT,
    ),
    ("name-collision", UNKNOWN + named("aws_iam_role", '"a"', more="count = var.unknown"), SILENT),
    ("name-collision", named("aws_iam_role", '"a-${each.key}"', more='for_each = toset(["x", "y"])'), SILENT),
    ("name-collision", named("aws_iam_role", '"a"', more='for_each = toset(["x", "y"])'), FOUND),
    (
        "name-shared",
        named("aws_cloudwatch_event_rule", '"a"')
        + named("aws_cloudwatch_event_rule", '"a"', "b", more='event_bus_name = "x"'),
        SILENT,
    ),
]


@pytest.mark.parametrize(("rule", "text", "expected"), CASES, ids=[f"{case[0]}-{at}" for at, case in enumerate(CASES)])
def test_near_misses(rule: str, text: str, expected: str):
    assert verdict(rule, text) == expected


@pytest.mark.parametrize(
    ("name", "suffix", "right"),
    [
        ("payments-dev", "dev", True),
        ("payments-dev-queue", "dev", True),
        ("payments/dev/queue", "dev", True),
        ("payments-develop", "dev", False),
        ("paymentsdev", "dev", True),  # it ends with it
        ("payments-DEV", "dev", True),
        ("payments", "dev", False),
        ("payments-pr-42", "pr-42", True),
        ("payments-pr-421", "pr-42", False),
        ("payments-dev", "-dev", True),
    ],
)
def test_a_suffix_is_a_part_of_its_own(name: str, suffix: str, right: bool):
    assert carries(name, suffix) is right


SUFFIX = Intent(name_suffix="dev")
TAGS = Intent(required_tags=("Owner",))
DEFAULTS = 'provider "aws" {\n  default_tags {\n    tags = { Owner = "payments" }\n  }\n}\n'
DEAD = named("aws_sqs_queue", '"dead"')
SOURCE = named(
    "aws_sqs_queue",
    '"a"',
    "live",
    more="redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.a.arn, maxReceiveCount = 5 })",
)


@pytest.mark.parametrize(
    ("rule", "text", "intent", "expected"),
    [
        ("name-suffix-missing", named("aws_sqs_queue", '"payments"'), Intent(), SILENT),
        ("name-suffix-missing", UNKNOWN + named("aws_sqs_queue", '"payments-${var.unknown}"'), SUFFIX, UNDECIDED),
        ("name-suffix-missing", UNKNOWN + named("aws_sqs_queue", '"${var.unknown}-dev"'), SUFFIX, SILENT),
        ("name-suffix-missing", block("aws_vpc", "v", 'tags = { Name = "main" }'), SUFFIX, FOUND),
        ("name-suffix-missing", block("aws_vpc", "v", 'cidr_block = "10.0.0.0/16"'), SUFFIX, SILENT),
        ("name-suffix-missing", block("aws_sqs_queue", "q", 'name_prefix = "payments-"'), SUFFIX, FOUND),
        ("required-tags", DEFAULTS + named("aws_sqs_queue", '"a"'), TAGS, SILENT),
        ("required-tags", UNKNOWN + named("aws_sqs_queue", '"a"', more="tags = var.unknown"), TAGS, UNDECIDED),
        ("required-tags", UNKNOWN + named("aws_sqs_queue", '"a"', more="tags = { Owner = var.unknown }"), TAGS, SILENT),
        ("required-tags", block("aws_route_table_association", "a", 'subnet_id = "s"'), TAGS, SILENT),
        ("log-retention-short", named("aws_cloudwatch_log_group", '"g"'), Intent(log_retention_days=30), SILENT),
        ("dlq-required", DEAD + SOURCE, Intent(dlq_required=True), SILENT),
        ("dlq-required", named("aws_sqs_queue", '"other"'), Intent(dlq_required=True), FOUND),
        ("dlq-required", named("aws_sqs_queue", '"other"'), Intent(), SILENT),
        ("tls-required", block("aws_db_proxy", "p", 'name = "p"'), Intent(tls_required=True), FOUND),
        ("tls-required", block("aws_db_proxy", "p", "require_tls = true"), Intent(tls_required=True), SILENT),
    ],
)
def test_what_is_demanded_only_where_it_is_stated(rule: str, text: str, intent: Intent, expected: str):
    assert verdict(rule, text, intent) == expected
