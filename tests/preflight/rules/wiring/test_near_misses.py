"""Where the rules of wiring speak, where they say that they cannot know, and where they keep silent."""

from __future__ import annotations

import pytest

from tercet.preflight import registry
from tercet.preflight.check import Options
from tercet.preflight.rules.wiring import _examples as example
from tests.preflight.checking import check_hcl

FOUND, SILENT, UNDECIDED = "found", "silent", "undecided"


def verdict(rule: str, text: str, **files: str) -> str:
    assert rule in registry.all_rules()
    report = check_hcl(text, options=Options(select=(rule,)), **files)
    if any(one.rule == rule for one in report.findings):
        return FOUND
    return UNDECIDED if any(one.rule == rule for one in report.undecided) else SILENT


def reading(*actions: str, resource: str = "aws_sqs_queue.orders.arn") -> str:
    listed = ", ".join(f'"{action}"' for action in actions)
    return example.allow(f"[{listed}]", resource)


READ = reading("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
MAPPING = """
resource "aws_lambda_event_source_mapping" "orders" {
  event_source_arn = aws_sqs_queue.orders.arn
  function_name    = aws_lambda_function.processor.arn
}
"""
BY_NAME = MAPPING.replace("aws_lambda_function.processor.arn", '"payments-processor-dev"')
BASIC = "service-role/AWSLambdaBasicExecutionRole"


def attached(policy: str) -> str:
    return f"""
resource "aws_iam_role_policy_attachment" "processor" {{
  role       = aws_iam_role.processor.name
  policy_arn = {policy}
}}
"""


TRIGGERED = example.QUEUE + example.function()

QUEUES = {
    "all actions": (TRIGGERED + MAPPING + example.role(READ), SILENT),
    "one is missing": (TRIGGERED + MAPPING + example.role(reading("sqs:ReceiveMessage", "sqs:DeleteMessage")), FOUND),
    "of another queue": (
        TRIGGERED
        + MAPPING
        + 'resource "aws_sqs_queue" "other" {\n  name = "other"\n}\n'
        + example.role(READ.replace("aws_sqs_queue.orders.arn", "aws_sqs_queue.other.arn")),
        FOUND,
    ),
    "a literal ARN by the queue's name": (
        TRIGGERED
        + MAPPING
        + example.role(READ.replace("aws_sqs_queue.orders.arn", '"arn:aws:sqs:*:*:payments-orders-*"')),
        SILENT,
    ),
    "a literal ARN by another name": (
        TRIGGERED + MAPPING + example.role(READ.replace("aws_sqs_queue.orders.arn", '"arn:aws:sqs:*:*:refunds-*"')),
        FOUND,
    ),
    "a wildcard of actions": (TRIGGERED + MAPPING + example.role(reading("sqs:*")), SILENT),
    "the function by its name": (TRIGGERED + BY_NAME + example.role(reading("sqs:SendMessage")), FOUND),
    "a role elsewhere": (example.QUEUE + example.function(role=example.ELSEWHERE) + MAPPING, SILENT),
    "a policy that is not known": (
        TRIGGERED + MAPPING + 'variable "policy" {}\n' + example.role() + attached("var.policy"),
        UNDECIDED,
    ),
    "a managed policy that reads queues": (
        TRIGGERED
        + MAPPING
        + example.role()
        + attached('"arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole"'),
        SILENT,
    ),
    "a managed policy that does not": (
        TRIGGERED + MAPPING + example.role() + attached(f'"arn:aws:iam::aws:policy/{BASIC}"'),
        FOUND,
    ),
    "a managed policy in another partition": (
        TRIGGERED
        + MAPPING
        + 'data "aws_partition" "current" {}\n'
        + example.role()
        + attached(f'"arn:${{data.aws_partition.current.partition}}:iam::aws:policy/{BASIC}"'),
        FOUND,
    ),
    "a denial": (
        TRIGGERED + MAPPING + example.role(READ, READ.replace('"Allow"', '"Deny"')),
        FOUND,
    ),
    "an ARN of a queue elsewhere": (
        example.function()
        + MAPPING.replace("aws_sqs_queue.orders.arn", '"arn:aws:sqs:us-east-1:111122223333:orders"')
        + example.role(example.LOGS),
        FOUND,
    ),
    "a role given to a module elsewhere": (
        TRIGGERED
        + MAPPING
        + example.role()
        + 'module "grants" {\n  source = "example/grants/aws"\n  role   = aws_iam_role.processor.name\n}\n',
        UNDECIDED,
    ),
    "a boundary": (
        TRIGGERED
        + MAPPING
        + example.role(READ).replace(
            'name = "payments-processor-dev"', 'name = "p"\n  permissions_boundary = "arn:aws:iam::1:policy/b"'
        ),
        SILENT,
    ),
}


@pytest.mark.parametrize(("text", "expected"), QUEUES.values(), ids=QUEUES)
def test_a_function_and_its_queue(text: str, expected: str):
    assert verdict("lambda-sqs-role-permissions", text) == expected


MODULE = """
variable "queue_arn" {}
variable "name" {}
resource "aws_iam_role" "this" {
  name = var.name
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}
data "aws_iam_policy_document" "read" {
  statement {
    actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage"%s]
    resources = [var.queue_arn]
  }
}
resource "aws_iam_role_policy" "this" {
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.read.json
}
resource "aws_lambda_function" "this" {
  function_name = var.name
  role          = aws_iam_role.this.arn
  runtime       = "python3.13"
  handler       = "app.handler"
  s3_bucket     = "payments-artifacts-dev"
  s3_key        = "app.zip"
}
output "arn" {
  value = aws_lambda_function.this.arn
}
"""
CALL = (
    example.QUEUE
    + """
module "processor" {
  source    = "./modules/function"
  for_each  = toset(["a", "b"])
  name      = "payments-${each.key}-dev"
  queue_arn = aws_sqs_queue.orders.arn
}
resource "aws_lambda_event_source_mapping" "orders" {
  for_each         = module.processor
  event_source_arn = aws_sqs_queue.orders.arn
  function_name    = each.value.arn
}
"""
)


@pytest.mark.parametrize(("more", "expected"), [("", FOUND), (', "sqs:GetQueueAttributes"', SILENT)])
def test_wires_go_through_modules(more: str, expected: str):
    assert verdict("lambda-sqs-role-permissions", CALL, modules__function__main=MODULE % more) == expected


EVENTS = """
resource "aws_cloudwatch_event_rule" "paid" {
  name          = "payments-paid-dev"
  event_pattern = jsonencode({ source = ["payments.ledger"] })
}
resource "aws_cloudwatch_event_target" "paid" {
  rule = aws_cloudwatch_event_rule.paid.name
  arn  = %s
}
"""
CALLED = example.function(role=example.ELSEWHERE)
ALIAS = """
resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.processor.function_name
  function_version = "1"
}
"""
ALLOW = example.permission("events.amazonaws.com", "aws_cloudwatch_event_rule.paid.arn")

PERMISSIONS = {
    "none": (EVENTS % "aws_lambda_function.processor.arn" + CALLED, FOUND),
    "of another service": (
        EVENTS % "aws_lambda_function.processor.arn"
        + CALLED
        + ALLOW.replace("events.amazonaws.com", "sns.amazonaws.com"),
        FOUND,
    ),
    "of the function": (EVENTS % "aws_lambda_function.processor.arn" + CALLED + ALLOW, SILENT),
    "of an alias, the target is the alias": (
        EVENTS % "aws_lambda_alias.live.arn"
        + CALLED
        + ALIAS
        + ALLOW.replace("aws_lambda_function.processor.function_name", "aws_lambda_alias.live.arn"),
        SILENT,
    ),
    "none, the target is an alias": (EVENTS % "aws_lambda_alias.live.arn" + CALLED + ALIAS, FOUND),
    "a function elsewhere": (EVENTS % '"arn:aws:lambda:us-east-1:111122223333:function:x"', SILENT),
    "a module elsewhere is given the function": (
        EVENTS % "aws_lambda_function.processor.arn"
        + CALLED
        + 'module "x" {\n  source = "example/permission/aws"\n  function = aws_lambda_function.processor.arn\n}\n',
        UNDECIDED,
    ),
    "for each of a number of services": (
        EVENTS % "aws_lambda_function.processor.arn"
        + CALLED
        + 'resource "aws_lambda_permission" "all" {\n  for_each = toset(["events", "sns"])\n'
        + '  action = "lambda:InvokeFunction"\n  function_name = aws_lambda_function.processor.arn\n'
        + '  principal = "${each.key}.amazonaws.com"\n  source_account = "111122223333"\n}\n',
        SILENT,
    ),
    "for each of what is not known": (
        EVENTS % "aws_lambda_function.processor.arn"
        + CALLED
        + 'variable "services" {\n  type = set(string)\n}\nresource "aws_lambda_permission" "all" {\n'
        + '  for_each = var.services\n  action = "lambda:InvokeFunction"\n  principal = each.key\n'
        + '  function_name = aws_lambda_function.processor.arn\n  source_account = "111122223333"\n}\n',
        UNDECIDED,
    ),
}


@pytest.mark.parametrize(("text", "expected"), PERMISSIONS.values(), ids=PERMISSIONS)
def test_an_event_target_and_its_permission(text: str, expected: str):
    assert verdict("eb-lambda-permission-missing", text) == expected


OTHER_RULE = """
resource "aws_cloudwatch_event_rule" "other" {
  name          = "payments-other-dev"
  event_pattern = jsonencode({ source = ["payments.other"] })
}
"""


def test_a_permission_for_another_rule_does_not_count():
    text = EVENTS % "aws_lambda_function.processor.arn" + CALLED + OTHER_RULE
    other = ALLOW.replace("aws_cloudwatch_event_rule.paid", "aws_cloudwatch_event_rule.other")
    assert verdict("eb-lambda-permission-missing", text + other) == FOUND
    both = other.replace('"invoke"', '"other"') + ALLOW
    assert verdict("eb-lambda-permission-missing", text + both) == SILENT
    any_rule = ALLOW.replace("aws_cloudwatch_event_rule.paid.arn", '"arn:aws:events:us-east-1:111122223333:rule/*"')
    assert verdict("eb-lambda-permission-missing", text + any_rule) == SILENT


SUBSCRIBED = (
    example.TOPIC
    + example.QUEUE
    + """
resource "aws_sns_topic" "other" {
  name = "payments-other-dev"
}
resource "aws_sns_topic_subscription" "paid" {
  topic_arn = aws_sns_topic.paid.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.orders.arn
}
"""
)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("aws_sns_topic.paid.arn", SILENT),
        ("aws_sns_topic.other.arn", FOUND),
        ("[aws_sns_topic.other.arn, aws_sns_topic.paid.arn]", SILENT),
        ('"arn:aws:sns:us-east-1:111122223333:payments-*"', SILENT),
    ],
)
def test_a_queue_is_open_to_its_topic(source: str, expected: str):
    text = SUBSCRIBED + example.queue_policy("sns.amazonaws.com", source)
    assert verdict("sns-queue-policy-missing", text) == expected


OPENAPI = """
resource "aws_api_gateway_rest_api" "payments" {
  name = "payments-dev"
  body = jsonencode({
    openapi = "3.0.1"
    info    = { title = "payments", version = "1" }
    paths = {
      "/payments" = {
        post = {
          x-amazon-apigateway-integration = {
            type       = "aws_proxy"
            httpMethod = "POST"
            uri        = aws_lambda_function.processor.invoke_arn
            %s
          }
        }
      }
    }
  })
}
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (OPENAPI % "" + CALLED, FOUND),
        (OPENAPI % 'credentials = "arn:aws:iam::111122223333:role/api"' + CALLED, SILENT),
        (
            OPENAPI % ""
            + CALLED
            + example.permission("apigateway.amazonaws.com", '"${aws_api_gateway_rest_api.payments.execution_arn}/*"'),
            SILENT,
        ),
    ],
)
def test_functions_of_an_openapi_document(text: str, expected: str):
    assert verdict("apigw-lambda-permission-missing", text) == expected


NOTIFICATION = (
    example.BUCKET
    + CALLED
    + """
resource "aws_s3_bucket_notification" "receipts" {
  bucket = aws_s3_bucket.receipts.id
  lambda_function {
    lambda_function_arn = aws_lambda_function.processor.arn
    events              = ["s3:ObjectCreated:*"]
  }
  %s
}
"""
)
S3 = example.permission("s3.amazonaws.com", "aws_s3_bucket.receipts.arn")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (NOTIFICATION % "", FOUND),
        (NOTIFICATION % "" + S3, FOUND),  # nothing says which is made first
        (NOTIFICATION % "depends_on = [aws_lambda_permission.invoke]" + S3, SILENT),
        (
            NOTIFICATION % "depends_on = [terraform_data.ready]"
            + 'resource "terraform_data" "ready" {\n  input = aws_lambda_permission.invoke.id\n}\n'
            + S3,
            SILENT,
        ),
    ],
)
def test_a_notification_waits_for_its_permission(text: str, expected: str):
    assert verdict("s3-notification-no-permission", text) == expected


@pytest.mark.parametrize(
    ("value", "rule", "expected"),
    [
        ("aws_lambda_function_url.f.function_url", "route53-record-url", FOUND),
        ("aws_lambda_function_url.f.function_url", "route53-cname-function-url", FOUND),
        ('replace(aws_lambda_function_url.f.function_url, "https://", "")', "route53-cname-function-url", FOUND),
        (
            'trimsuffix(trimprefix(aws_lambda_function_url.f.function_url, "https://"), "/")',
            "route53-cname-function-url",
            FOUND,
        ),
        ('trimprefix(aws_apigatewayv2_api.a.api_endpoint, "https://")', "route53-record-url", SILENT),
        ("aws_apigatewayv2_api.a.api_endpoint", "route53-record-url", FOUND),
        ('"https://api.merchant-payments.net"', "route53-record-url", FOUND),
        ('"api.merchant-payments.net"', "route53-record-url", SILENT),
        ('"abc123.lambda-url.us-east-1.on.aws"', "route53-cname-function-url", FOUND),
        ("var.host", "route53-cname-function-url", SILENT),
        ("var.host", "route53-record-url", SILENT),
    ],
)
def test_records_of_urls(value: str, rule: str, expected: str):
    text = f"""
variable "host" {{}}
resource "aws_lambda_function_url" "f" {{
  function_name      = "payments-processor-dev"
  authorization_type = "AWS_IAM"
}}
resource "aws_apigatewayv2_api" "a" {{
  name          = "payments-dev"
  protocol_type = "HTTP"
}}
resource "aws_route53_record" "api" {{
  zone_id = "Z0123456789ABCDEFGHIJ"
  name    = "pay.merchant-payments.net"
  type    = "CNAME"
  ttl     = 60
  records = [{value}]
}}
"""
    assert verdict(rule, text) == expected
