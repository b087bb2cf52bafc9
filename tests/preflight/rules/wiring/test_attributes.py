"""Near misses of the rules of attributes, of permissions' sources and qualifiers, and of what two parts write."""

from __future__ import annotations

import json
import re

import pytest

from tercet.preflight.check import Options
from tercet.preflight.registry import all_rules
from tests.preflight.checking import check_hcl, check_json_file
from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

TRUST = """
  name = "payments-dev"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
"""
ROLE = block("aws_iam_role", "role", TRUST)
QUEUE = block("aws_sqs_queue", "queue", 'name = "payments-dev"')
RULE = block("aws_cloudwatch_event_rule", "rule", 'name = "payments-dev"\nschedule_expression = "rate(1 day)"')
API = block("aws_apigatewayv2_api", "api", 'name = "payments-dev"\nprotocol_type = "HTTP"')
BUCKET = block("aws_s3_bucket", "bucket", 'bucket = "acme-payments-dev"')
UNKNOWN = 'variable "unknown" {}\n'


def function(more: str = "") -> str:
    return block(
        "aws_lambda_function",
        "function",
        f"""
  function_name = "payments-dev"
  role          = "arn:aws:iam::123456789012:role/payments-dev"
  runtime       = "python3.13"
  handler       = "app.handler"
  s3_bucket     = "artifacts"
  s3_key        = "payments.zip"
  {more}
""",
    )


def attachment(role: str) -> str:
    policy = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    return ROLE + block("aws_iam_role_policy_attachment", "read", f'role = {role}\npolicy_arn = "{policy}"')


def target(arn: str, rule: str = "aws_cloudwatch_event_rule.rule.name") -> str:
    return RULE + QUEUE + block("aws_cloudwatch_event_target", "target", f"rule = {rule}\narn = {arn}")


def permission(source: str, principal: str = "apigateway.amazonaws.com", name: str = "permission") -> str:
    return block(
        "aws_lambda_permission",
        name,
        f"""
  function_name = aws_lambda_function.function.function_name
  action        = "lambda:InvokeFunction"
  principal     = "{principal}"
  source_arn    = {source}
""",
    )


ATTRIBUTES = [
    (attachment("aws_iam_role.role.arn"), FOUND),
    (attachment('"${aws_iam_role.role.arn}"'), FOUND),
    (attachment("aws_iam_role.role.name"), SILENT),
    (attachment("aws_iam_role.role.id"), SILENT),
    (attachment('element(split("/", aws_iam_role.role.arn), 1)'), SILENT),
    (attachment("var.unknown") + UNKNOWN, SILENT),
    (attachment("data.aws_iam_role.other.name") + block("aws_iam_role", "other", 'name = "other"', "data"), SILENT),
    (target("aws_sqs_queue.queue.id"), FOUND),
    (target("aws_sqs_queue.queue.url"), FOUND),
    (target("aws_sqs_queue.queue.arn"), SILENT),
    (target('"arn:aws:sqs:us-east-1:123456789012:${aws_sqs_queue.queue.name}"'), SILENT),
    (target("aws_sqs_queue.queue.arn", "aws_cloudwatch_event_rule.rule.arn"), FOUND),
    (target("aws_sqs_queue.queue.arn", "aws_cloudwatch_event_rule.rule.id"), SILENT),
    (BUCKET + block("aws_s3_bucket_policy", "p", 'bucket = aws_s3_bucket.bucket.arn\npolicy = "{}"'), FOUND),
    (BUCKET + block("aws_s3_bucket_policy", "p", 'bucket = aws_s3_bucket.bucket.bucket\npolicy = "{}"'), SILENT),
    (QUEUE + block("aws_sqs_queue_policy", "p", 'queue_url = aws_sqs_queue.queue.arn\npolicy = "{}"'), FOUND),
    (QUEUE + block("aws_sqs_queue_policy", "p", 'queue_url = aws_sqs_queue.queue.name\npolicy = "{}"'), SILENT),
    (
        block("aws_lambda_layer_version", "l", 'layer_name = "deps"\ns3_bucket = "b"\ns3_key = "k"')
        + function("layers = [aws_lambda_layer_version.l.layer_arn]"),
        FOUND,
    ),
    (
        block("aws_lambda_layer_version", "l", 'layer_name = "deps"\ns3_bucket = "b"\ns3_key = "k"')
        + function('layers = ["${aws_lambda_layer_version.l.layer_arn}:3"]'),
        SILENT,
    ),
]

SOURCES = [
    (permission("aws_apigatewayv2_api.api.execution_arn"), FOUND),
    (permission('"${aws_apigatewayv2_api.api.execution_arn}/*"'), SILENT),
    (permission("aws_apigatewayv2_api.api.arn"), FOUND),
    (permission("var.unknown") + UNKNOWN, SILENT),
    (
        permission("aws_apigatewayv2_api.api.arn")
        + permission('"${aws_apigatewayv2_api.api.execution_arn}/*"', name="other"),
        SILENT,
    ),
    (BUCKET + permission('"${aws_s3_bucket.bucket.arn}/*"', "s3.amazonaws.com"), FOUND),
    (BUCKET + permission("aws_s3_bucket.bucket.arn", "s3.amazonaws.com"), SILENT),
]

ALIAS = block(
    "aws_lambda_alias",
    "live",
    'name = "live"\nfunction_name = aws_lambda_function.function.function_name\nfunction_version = "1"',
)
CALLED = (
    RULE
    + ALIAS
    + function("publish = true")
    + block(
        "aws_cloudwatch_event_target",
        "t",
        "rule = aws_cloudwatch_event_rule.rule.name\narn = aws_lambda_alias.live.arn",
    )
)


def allowed(name: str, more: str = "", principal: str = "events.amazonaws.com") -> str:
    return CALLED + block(
        "aws_lambda_permission",
        "p",
        f'action = "lambda:InvokeFunction"\nprincipal = "{principal}"\nfunction_name = {name}\n{more}',
    )


NAMED = "aws_lambda_function.function.function_name"
QUALIFIED = [
    (allowed(NAMED), FOUND),
    (allowed(NAMED, "qualifier = aws_lambda_alias.live.name"), SILENT),
    (allowed(NAMED, "qualifier = var.unknown") + UNKNOWN, SILENT),
    (allowed("aws_lambda_alias.live.arn"), SILENT),
    (allowed('"${aws_lambda_function.function.arn}:live"'), SILENT),
    (allowed('"payments-dev:live"'), SILENT),
    (allowed(NAMED, principal="s3.amazonaws.com"), SILENT),
]


@pytest.mark.parametrize(("text", "expected"), ATTRIBUTES)
def test_wrong_attribute(text: str, expected: str) -> None:
    assert verdict("wrong-attribute", text) == expected


@pytest.mark.parametrize(("text", "expected"), SOURCES)
def test_source_of_a_permission(text: str, expected: str) -> None:
    assert verdict("lambda-permission-source", API + function() + text) == expected


@pytest.mark.parametrize(("text", "expected"), QUALIFIED)
def test_qualifier_of_a_permission(text: str, expected: str) -> None:
    assert verdict("lambda-permission-qualifier", text) == expected


def events(notification: str, kind: str = "Object Created") -> str:
    pattern = (
        f'jsonencode({{ source = ["aws.s3"], "detail-type" = ["{kind}"], '
        "detail = { bucket = { name = [aws_s3_bucket.bucket.id] } } })"
    )
    return BUCKET + block("aws_cloudwatch_event_rule", "r", f'name = "r"\nevent_pattern = {pattern}') + notification


def notification(eventbridge: str, bucket: str = "aws_s3_bucket.bucket.id") -> str:
    return block("aws_s3_bucket_notification", "n", f"bucket = {bucket}\neventbridge = {eventbridge}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (events(""), FOUND),
        (events(notification("true")), SILENT),
        (events(notification("false")), FOUND),
        (events(notification("var.unknown") + UNKNOWN), UNDECIDED),
        (events("", "AWS API Call via CloudTrail"), SILENT),
        (events('module "n" {\n  source = "elsewhere/n/aws"\n  bucket = aws_s3_bucket.bucket.id\n}\n'), UNDECIDED),
    ],
)
def test_events_of_a_bucket(text: str, expected: str) -> None:
    assert verdict("eb-s3-events-off", text) == expected


def queue_policy(name: str, queue: str = "aws_sqs_queue.queue.id", more: str = "") -> str:
    return block("aws_sqs_queue_policy", name, f'queue_url = {queue}\npolicy = "{{}}"\n{more}')


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (QUEUE + queue_policy("a") + queue_policy("b"), FOUND),
        (QUEUE + queue_policy("a") + queue_policy("b", more="count = 0"), SILENT),
        (QUEUE + queue_policy("a") + queue_policy("b", "var.unknown") + UNKNOWN, SILENT),
        (QUEUE + queue_policy("a") + queue_policy("b", '"https://sqs.us-east-1.amazonaws.com/1/other"'), SILENT),
    ],
)
def test_two_policies(text: str, expected: str) -> None:
    assert verdict("policy-overwritten", text) == expected


NEW = (
    "alarm-lambda-permission-missing",
    "apigw-deployment-refused",
    "apigw-mapping-expression",
    "eb-s3-events-off",
    "iam-condition-never",
    "integration-role-permissions",
    "lambda-permission-qualifier",
    "lambda-permission-source",
    "logs-filter-refused",
    "policy-overwritten",
    "s3-notification-refused",
    "s3-policy-resource",
    "wrong-attribute",
)


@pytest.mark.parametrize("rule", NEW)
def test_none_of_it_is_made(rule: str) -> None:
    text = re.sub(r'(?m)^(resource "[^"]+" "[^"]+" \{)', r"\1\n  count = 0", all_rules()[rule].failing)
    assert verdict(rule, text) == SILENT


@pytest.mark.parametrize("rule", NEW)
def test_in_a_module(rule: str) -> None:
    call = 'module "payments" {\n  source = "./modules/payments"\n}\n'
    report = check_hcl(call, options=Options(select=(rule,)), modules__payments__main=all_rules()[rule].failing)
    assert [one.rule for one in report.findings] == [rule]


def test_json_syntax() -> None:
    role = {"name": "payments-dev", "assume_role_policy": json.dumps({"Version": "2012-10-17", "Statement": []})}
    attached = {"role": "${aws_iam_role.role.arn}", "policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
    configuration = {"resource": {"aws_iam_role": {"role": role}, "aws_iam_role_policy_attachment": {"read": attached}}}
    report = check_json_file(configuration, options=Options(select=("wrong-attribute",)))
    assert [one.address for one in report.findings] == ["aws_iam_role_policy_attachment.read"]
