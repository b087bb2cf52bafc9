"""A configuration gets the same verdict as HCL, in the JSON syntax, and as the plan that Terraform makes of it.

Each example of some rules becomes a module of one configuration, which is planned once; what the rules find in it is
compared by address. A plan may know less, and never says what the configuration does not say.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tercet import terraform
from tercet.local import environment
from tercet.local.emulator import serve
from tercet.preflight import registry
from tercet.preflight.check import check_configuration, check_path
from tercet.preflight.findings import Report, Severity
from tests.preflight.as_json import as_json

SAMPLE = (
    "acm-certificate-unvalidated",
    "alarm-topic-closed",
    "apigw-authorizer-missing",
    "apigw-integration-uri",
    "apigw-lambda-permission-missing",
    "apigw-method-no-integration",
    "apigwv2-route-no-target",
    "aurora-backtrack-engine",
    "aurora-single-instance-ha",
    "backup-lifecycle-90",
    "backup-vault-lock-retention",
    "cloudfront-cert-region",
    "cloudfront-origin-access",
    "cw-alarm-dimension-mismatch",
    "cw-alarm-no-dimensions",
    "ddb-gsi-projection-include",
    "eb-lambda-permission-missing",
    "eb-pattern-scalar",
    "eb-target-role-permissions",
    "ebs-attachment-zone",
    "ecs-capacity-provider",
    "ecs-fargate-size",
    "eks-node-group-template",
    "event-loop",
    "iam-policy-no-resource",
    "iam-wildcard",
    "lambda-dlq-fifo",
    "lambda-env-name",
    "lambda-environment-role-permissions",
    "lambda-role-trust",
    "lambda-sqs-visibility",
    "lambda-version-unpublished",
    "lambda-vpc-incomplete",
    "lambda-vpc-single-az",
    "lb-listener-certificate",
    "lb-subnets-one-zone",
    "log-bucket-policy-missing",
    "nat-in-private-subnet",
    "private-subnet-no-egress",
    "rds-gp3-small",
    "rds-subnet-group-one-az",
    "route-duplicate",
    "route53-cname-function-url",
    "route53-record-url",
    "s3-lifecycle-transition-days",
    "s3-notification-no-permission",
    "s3-public-policy-blocked",
    "sfn-role-permissions",
    "sfn-unknown-state",
    "sg-lockout-endpoint",
    "single-nat-multi-az",
    "sns-fifo-subscription",
    "sns-queue-policy-missing",
    "sqs-dlq-retention",
    "storage-unencrypted",
    "subnet-outside-vpc",
    "subnet-without-route",
    "vpce-single-az",
    "waf-duplicate-priority",
    "zone-loss",
)

LOST = {
    "backend-local-state": "a plan holds no backend",
    "required-providers-missing": "nor what providers are required",
    "eb-target-role-permissions": "nor what jsonencode is given, where a part is known only after apply",
    "s3-public-policy-blocked": "likewise",
    "sfn-role-permissions": "likewise",
    "sqs-dlq-retention": "likewise",
    "lambda-sqs-visibility": "nor what is written around a function's ARN",
    "route53-record-url": "nor what is written around a URL",
}
"""Rule → why a plan cannot tell what it finds."""

PROVIDER = 'provider "aws" {\n  region = "us-east-1"\n}\n'


CUT = (
    PROVIDER
    + """
resource "aws_s3_bucket" "receipts" {
  bucket = "acme-payments-receipts-dev"
}

data "aws_iam_policy_document" "read" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.receipts.arn}/*"]
  }
}

resource "aws_iam_policy" "read" {
  name   = "payments-read-dev"
  policy = data.aws_iam_policy_document.read.json
}

resource "aws_lambda_function" "payments" {
  function_name = "payments-dev"
  role          = "arn:aws:iam::123456789012:role/payments-dev"
  s3_bucket     = "payments-artifacts-dev"
  s3_key        = "payments.zip"
  handler       = "app.handler"
  runtime       = "python3.13"
  publish       = true
}

resource "aws_lambda_function_url" "payments" {
  function_name      = aws_lambda_function.payments.function_name
  authorization_type = "AWS_IAM"
}

resource "aws_route53_record" "page" {
  zone_id = "Z0123456789ABCDEFGHIJ"
  name    = "page.merchant-payments.net"
  type    = "TXT"
  ttl     = 60
  records = ["url=${aws_lambda_function_url.payments.function_url}"]
}

resource "aws_apigatewayv2_api" "payments" {
  name          = "payments-dev"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_stage" "live" {
  api_id      = aws_apigatewayv2_api.payments.id
  name        = "$default"
  auto_deploy = true
}

resource "aws_route53_record" "api" {
  zone_id = "Z0123456789ABCDEFGHIJ"
  name    = "api.merchant-payments.net"
  type    = "CNAME"
  ttl     = 60
  records = [trimprefix(aws_apigatewayv2_api.payments.api_endpoint, "https://")]
}

resource "aws_iam_instance_profile" "payments" {
  name = "payments-dev"
  role = "payments-dev"
}

resource "aws_launch_template" "payments" {
  name          = "payments-dev"
  image_id      = "ami-0123456789abcdef0"
  instance_type = "t3.micro"

  iam_instance_profile {
    name = reverse(split("/", aws_iam_instance_profile.payments.arn))[0]
  }

  metadata_options {
    http_tokens = "required"
  }
}

resource "aws_sqs_queue" "payments" {
  name = "payments-dev"
}

resource "aws_cloudwatch_metric_alarm" "age" {
  alarm_name          = "payments-age-dev"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 60
  period              = 60
  evaluation_periods  = 1
  alarm_actions       = ["arn:aws:sns:us-east-1:123456789012:alerts-dev"]
  dimensions          = { QueueName = reverse(split(":", aws_sqs_queue.payments.arn))[0] }
}
"""
)
"""A good configuration that makes something of attributes: a plan lists those as if they stood there themselves."""


def write(folder: Path, *, as_hcl: bool) -> Path:
    """Write the examples as modules of one configuration."""
    root = PROVIDER
    for rule in SAMPLE:
        for kind in ("failing", "passing"):
            name = f"{kind}-{rule}"
            root += f'\nmodule "{name}" {{\n  source = "./{name}"\n}}\n'
            inside = folder / name
            inside.mkdir(parents=True)
            text = getattr(registry.all_rules()[rule], kind)
            if as_hcl:
                (inside / "main.tf").write_text(text, encoding="utf-8")
            else:
                (inside / "main.tf.json").write_text(json.dumps(as_json(text)), encoding="utf-8")
    (folder / "main.tf").write_text(root, encoding="utf-8")
    return folder


def planned(folder: Path, workplace: Path) -> Report:
    """Plan a configuration with an embedded AWS behind it, and check the plan."""
    with serve("127.0.0.1", 0, workplace) as emulator:
        chosen = environment.for_terraform(endpoint=emulator.url, region="us-east-1")
        runner = terraform.Terraform(terraform.find(), folder, chosen)
        runner.init()
        return check_configuration(runner.show(runner.plan()), name="plan.json")


def said(report: Report) -> set[tuple[str, str, str]]:
    """Return the verdict: rule, address, severity."""
    return {(one.rule, one.address, str(one.severity)) for one in report.findings}


@pytest.mark.slow
def test_the_same_verdict_in_every_form(tmp_path: Path):
    hcl = write(tmp_path / "hcl", as_hcl=True)
    in_hcl = said(check_path(hcl))
    in_json = said(check_path(write(tmp_path / "json", as_hcl=False)))
    in_plan = said(planned(hcl, tmp_path / "emulator"))
    assert in_json == in_hcl
    assert in_plan - in_hcl == set()
    assert {one for one in in_hcl - in_plan if one[0] not in LOST} == set()
    for rule in set(SAMPLE) - set(LOST):
        assert any(found == rule and address.startswith(f"module.failing-{rule}.") for found, address, _ in in_plan)


@pytest.mark.slow
def test_what_is_made_of_an_attribute_is_not_taken_for_it(tmp_path: Path):
    folder = tmp_path / "cut"
    folder.mkdir()
    (folder / "main.tf").write_text(CUT, encoding="utf-8")
    assert check_path(folder).at_least(Severity.SECURITY) == ()
    assert planned(folder, tmp_path / "emulator").at_least(Severity.SECURITY) == ()
