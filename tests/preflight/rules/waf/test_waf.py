"""Web ACLs: what is not known is not guessed."""

from __future__ import annotations

import pytest

from tests.preflight.checking import check_hcl, found

LOGGING = """
resource "aws_cloudwatch_log_group" "waf" {
  %s
}
resource "aws_wafv2_web_acl_logging_configuration" "l" {
  resource_arn            = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/payments/1"
  log_destination_configs = [%s]
}
"""
ACL = """
resource "aws_wafv2_web_acl" "a" {
  name  = "payments"
  scope = "REGIONAL"
  default_action {
    allow {}
  }
  %s
  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "payments"
    sampled_requests_enabled   = true
  }
}
"""


@pytest.mark.parametrize(
    ("name", "destination", "wrong"),
    [
        ('name = "aws-waf-logs-payments"', "aws_cloudwatch_log_group.waf.arn", False),
        ('name_prefix = "aws-waf-logs-"', "aws_cloudwatch_log_group.waf.arn", False),
        ('name = "aws-waf-logs-${var.environment}"', "aws_cloudwatch_log_group.waf.arn", False),
        ('name = "/aws/waf/${var.environment}"', "aws_cloudwatch_log_group.waf.arn", True),
        ('name = "payments"', '"${aws_cloudwatch_log_group.waf.arn}:*"', True),
        ('name = "${var.environment}-waf"', "aws_cloudwatch_log_group.waf.arn", False),
        ('name = "unused"', '"arn:aws:s3:::aws-waf-logs-payments"', False),
        ('name = "unused"', '"arn:aws:s3:::payments-logs"', True),
        ('name = "unused"', '"arn:aws:logs:us-east-1:123456789012:log-group:aws-waf-logs-x"', False),
        ('name = "unused"', '"arn:aws:firehose:us-east-1:123456789012:deliverystream/waf"', True),
    ],
)
def test_destinations_are_named_for_waf(name: str, destination: str, wrong: bool):
    text = 'variable "environment" {\n  type = string\n}\n' + LOGGING % (name, destination)
    assert bool(found(check_hcl(text), "waf-log-destination-name")) is wrong


def test_an_acl_given_to_a_module_that_is_not_here_is_undecided():
    text = (
        ACL % ""
        + 'module "alb" {\n  source = "terraform-aws-modules/alb/aws"\n  web_acl_arn = aws_wafv2_web_acl.a.arn\n}\n'
    )
    report = check_hcl(text)
    assert not found(report, "waf-not-associated")
    assert "waf-not-associated" in {one.rule for one in report.undecided}


def test_an_acl_that_is_an_output_is_used_elsewhere():
    text = ACL % "" + 'output "web_acl_arn" {\n  value = aws_wafv2_web_acl.a.arn\n}\n'
    assert not found(check_hcl(text), "waf-not-associated")


def test_priorities_of_dynamic_rules_are_compared():
    rules = """
  dynamic "rule" {
    for_each = { common = 1, known_bad = 1 }
    content {
      name     = rule.key
      priority = rule.value
      override_action {
        none {}
      }
      statement {
        managed_rule_group_statement {
          name        = rule.key
          vendor_name = "AWS"
        }
      }
      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = rule.key
        sampled_requests_enabled   = true
      }
    }
  }
"""
    assert found(check_hcl(ACL % rules), "waf-duplicate-priority")
    assert not found(check_hcl(ACL % rules.replace("known_bad = 1", "known_bad = 2")), "waf-duplicate-priority")
    assert not found(check_hcl(ACL % rules), "waf-rule-action")


def test_a_network_load_balancer_has_no_web_acl():
    text = """
resource "aws_lb" "n" {
  name               = "payments"
  load_balancer_type = "network"
  subnets            = ["subnet-0a", "subnet-0b"]
}
resource "aws_wafv2_web_acl_association" "n" {
  resource_arn = aws_lb.n.arn
  web_acl_arn  = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/payments/1"
}
"""
    assert found(check_hcl(text), "waf-association-unsupported")
    assert not found(check_hcl(text.replace('"network"', '"application"')), "waf-association-unsupported")
