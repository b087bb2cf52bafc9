"""What `--fix` writes for Terraform: the change of each rule that offers one cures what the rule found."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tercet.preflight import registry
from tercet.preflight.check import Options, check_path
from tercet.preflight.findings import Finding, Report, Severity
from tercet.preflight.fixing import patch
from tercet.preflight.rule import Rule

QUEUE = """\
resource "aws_sqs_queue" "dead" {{
{arguments}}}

resource "aws_sqs_queue" "payments" {{
  name           = "payments"
  redrive_policy = jsonencode({{ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 3 }})
}}
"""


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def check(text: str, rule: Rule | str) -> Report:
    Path("main.tf").write_bytes(text.encode())
    name, intent = (rule, None) if isinstance(rule, str) else (rule.id, rule.intent)
    return check_path(Path(), Options(intent=intent, select=(name,)) if intent else Options(select=(name,)))


def mended(findings: tuple[Finding, ...]) -> str:
    diff = patch(findings)
    answer = subprocess.run(["git", "apply", "-"], input=diff.encode(), capture_output=True, check=False)
    assert answer.returncode == 0, answer.stderr.decode() + diff
    return Path("main.tf").read_bytes().decode()


OFFERING = [rule for rule in registry.all_rules().values() if rule.run and "Change" in rule.run.__globals__]
OTHER_EXAMPLES = {
    "apigwv2-no-stage": """
resource "aws_apigatewayv2_api" "a" {
  name          = "a"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_stage" "a" {
  api_id = aws_apigatewayv2_api.a.id
  name   = "a"
}
""",
    "cloudfront-edge-function": registry.all_rules()["cloudfront-edge-function"].passing.replace(
        "publish ", "timeout = 60\n  publish "
    ),
    "ddb-pitr": """
resource "aws_dynamodb_table" "a" {
  name = "a"
  point_in_time_recovery {
    enabled = true
  }
  replica {
    region_name = "us-west-2"
  }
}
""",
    "lambda-version-unpublished": """
resource "aws_lambda_function" "a" {
  function_name = "a"
  runtime       = "python3.13"
  snap_start {
    apply_on = "PublishedVersions"
  }
}
""",
    "rds-monitoring-role": """
resource "aws_db_instance" "a" {
  monitoring_interval = 7
  monitoring_role_arn = "arn:aws:iam::123456789012:role/monitoring"
}
""",
    "route53-record-alias-or-values": """
resource "aws_route53_record" "a" {
  zone_id = "Z0123456789ABCDEFGHIJ"
  name    = "api.acme-pay.com"
  type    = "A"
  ttl     = 60
  alias {
    name                   = "d111111abcdef8.cloudfront.net"
    zone_id                = "Z2FDTNDATAQYW2"
    evaluate_target_health = false
  }
}
""",
    "route53-record-duplicate": """
resource "aws_route53_zone" "a" {
  name = "acme-pay.com"
}

resource "aws_route53_record" "a" {
  zone_id = aws_route53_zone.a.zone_id
  name    = "acme-pay.com"
  type    = "NS"
  ttl     = 60
  records = aws_route53_zone.a.name_servers
}
""",
}
"""Where the rule's own failing example shows something else of it, which only a person can mend."""


def test_many_rules_offer_a_change():
    assert len(OFFERING) >= 50


@pytest.mark.parametrize("rule", OFFERING, ids=lambda rule: rule.id)
def test_the_change_cures_the_failure_and_makes_no_other(rule: Rule):
    text = OTHER_EXAMPLES.get(rule.id, rule.failing)
    findings = tuple(one for one in check(text, rule).findings if one.edit)
    assert findings
    before = refused(rule)
    after = check(mended(findings), rule)
    assert not {one.address for one in after.findings} & {one.address for one in findings}
    assert refused(rule) <= before


def refused(rule: Rule) -> set[str]:
    """Return the rules that have something against the folder at the worst severity."""
    return {one.rule for one in check_path(Path(), Options(intent=rule.intent)).at_least(Severity.APPLY_FAILS)}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('  name = "dead"\n', '  name = "dead"\n  message_retention_seconds = 1209600\n'),
        ("", "  message_retention_seconds = 1209600\n"),
        (
            '  name = "dead"\n  tags = {\n    a = "b"\n  }\n',
            '  name = "dead"\n  tags = {\n    a = "b"\n  }\n  message_retention_seconds = 1209600\n',
        ),
        (
            "  fifo_queue                = false\n",
            "  fifo_queue                = false\n  message_retention_seconds = 1209600\n",
        ),
        ("  message_retention_seconds = 60 # short\n", "  message_retention_seconds = 1209600 # short\n"),
        ('  message_retention_seconds = "60"\n', "  message_retention_seconds = 1209600\n"),
        ("\tmessage_retention_seconds=60\r\n", "\tmessage_retention_seconds=1209600\r\n"),
        ("  # message_retention_seconds = 9\n\n  message_retention_seconds = null\n", None),
        ('\tname = "dead"\n', '\tname = "dead"\n\tmessage_retention_seconds = 1209600\n'),
        ("\tlifecycle {\n\t}\n", "\tmessage_retention_seconds = 1209600\n\tlifecycle {\n\t}\n"),
        ('  name = "dead"\r\n', '  name = "dead"\r\n  message_retention_seconds = 1209600\r\n'),
        ('  /* ä */ name = "dead"\n', '  /* ä */ name = "dead"\n  message_retention_seconds = 1209600\n'),
        (
            '  name = "dead"\n  /* a\n  b */\n',
            '  name = "dead"\n  message_retention_seconds = 1209600\n  /* a\n  b */\n',
        ),
    ],
)
def test_where_and_how_it_is_written(before: str, after: str | None):
    report = check(QUEUE.format(arguments=before), "sqs-dlq-retention*")
    expected = before.replace("null", "1209600") if after is None else after
    assert mended(report.findings) == QUEUE.format(arguments=expected)


@pytest.mark.parametrize(
    "arguments",
    [
        "  message_retention_seconds = 30 + 30\n",
        "  message_retention_seconds = local.kept\n",
        '  message_retention_seconds = "${local.kept}"\n',
    ],
)
def test_what_somebody_computes_is_left(arguments: str):
    report = check("locals { kept = 60 }\n" + QUEUE.format(arguments=arguments), "sqs-dlq-retention")
    assert report.findings
    assert patch(report.findings) == ""


def test_a_block_of_one_line_is_left():
    report = check('resource "aws_apigatewayv2_stage" "a" { name = "a" }', "apigwv2-no-stage")
    assert report.findings
    assert patch(report.findings) == ""


@pytest.mark.parametrize(
    "arguments", ['  name = "dead" /* a\n  b */\n', "  /* a\n  b */ delay_seconds = 1 /* c\n  d */ "]
)
def test_nothing_is_written_into_a_comment(arguments: str):
    report = check(QUEUE.format(arguments=arguments), "sqs-dlq-retention*")
    assert report.findings
    assert patch(report.findings) == ""


@pytest.mark.parametrize("kept", ["", "  message_retention_seconds = 70\n"])
def test_what_another_file_overrides_is_left(kept: str):
    Path("main_override.tf").write_text('resource "aws_sqs_queue" "dead" {\n  message_retention_seconds = 60\n}\n')
    report = check(QUEUE.format(arguments=kept), "sqs-dlq-retention")
    assert report.findings
    assert patch(report.findings) == ""


def test_an_override_of_something_else_is_no_reason_to_leave_it():
    Path("main_override.tf").write_text('resource "aws_sqs_queue" "dead" {\n  delay_seconds = 60\n}\n')
    report = check(QUEUE.format(arguments="  message_retention_seconds = 60\n"), "sqs-dlq-retention")
    assert "+  message_retention_seconds = 1209600\n" in patch(report.findings)


@pytest.mark.parametrize(
    "text",
    [
        'resource "aws_sqs_queue" "a" {\n  for_each = toset(["a", "b.fifo"])\n  name     = each.key\n}\n',
        'resource "aws_sqs_queue" "a" {\n  count = 2\n  name  = ["a", "b.fifo"][count.index]\n}\n',
        'module "a" {\n  source = "./queue"\n  name   = "a"\n}\n'
        'module "b" {\n  source = "./queue"\n  name   = "b.fifo"\n}\n',
    ],
)
def test_what_is_right_for_another_instance_of_the_block_is_left(text: str):
    Path("queue").mkdir()
    Path("queue/main.tf").write_text('variable "name" {}\n\nresource "aws_sqs_queue" "a" {\n  name = var.name\n}\n')
    report = check(text, "sqs-fifo-suffix")
    assert len(report.findings) == 1
    assert patch(report.findings) == ""


def two_roots(of_prod: str) -> tuple[Finding, ...]:
    module = Path("modules/queue")
    module.mkdir(parents=True)
    (module / "main.tf").write_text('variable "name" {}\n\nresource "aws_sqs_queue" "a" {\n  name = var.name\n}\n')
    for root, name in (("dev", "a.fifo"), ("prod", of_prod)):
        folder = Path("roots", root)
        folder.mkdir(parents=True)
        call = f'module "queue" {{\n  source = "../../modules/queue"\n  name   = "{name}"\n}}\n'
        (folder / "main.tf").write_text(call)
    return check_path(Path(), Options(select=("sqs-fifo-suffix",))).findings


def test_a_module_of_two_roots_is_changed_once_where_both_want_it():
    findings = two_roots("b.fifo")
    assert len(findings) == 2
    assert patch(findings).count("+  fifo_queue = true\n") == 1
    assert "+++ b/modules/queue/main.tf\n" in patch(findings)


def test_a_module_of_two_roots_is_left_where_it_is_right_for_one():
    findings = two_roots("b")
    assert len(findings) == 1
    assert patch(findings) == ""


def test_an_argument_of_an_inner_block():
    text = """\
resource "aws_wafv2_web_acl" "api" {
  name  = "api"
  scope = "REGIONAL"
  default_action {
    allow {}
  }
  rule {
    name     = "rate"
    priority = 1
    action {
      block {}
    }
    statement {
      rate_based_statement {
        limit = 1
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "rate"
      sampled_requests_enabled   = true
    }
  }
  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "api"
    sampled_requests_enabled   = true
  }
}
"""
    report = check(text, "waf-rate-limit-min")
    assert mended(report.findings) == text.replace("limit = 1\n", "limit = 10\n")


def test_every_instance_of_a_block_is_one_change():
    text = 'resource "aws_cloudwatch_log_group" "a" {\n  count             = 3\n  retention_in_days = 8\n}\n'
    report = check(text, "logs-retention-value")
    assert len(report.findings) == 3
    assert mended(report.findings) == text.replace("= 8", "= 14")
