# ruff: noqa: E501  (configurations stand on one line each)
from __future__ import annotations

import datetime

import pytest

from tercet.preflight.check import Options
from tercet.preflight.findings import Finding
from tests.preflight.checking import check_hcl, check_json, found

RULES = (
    "schema-unknown-argument",
    "schema-removed-argument",
    "schema-missing-argument",
    "schema-too-many-blocks",
    "schema-unknown-resource-type",
    "schema-deprecated-argument",
)


def _require(version: str) -> str:
    return f'terraform {{\n  required_providers {{\n    aws = {{\n      source = "hashicorp/aws"\n      version = "{version}"\n    }}\n  }}\n}}\n'  # fmt: skip


def _findings(text: str, *, as_of: datetime.date | None = None) -> list[Finding]:
    report = check_hcl(text, options=Options(as_of=as_of))
    return [finding for rule in RULES for finding in found(report, rule)]


def test_a_replica_key_is_another_resource():
    (finding,) = _findings('resource "aws_kms_key" "a" {\n  primary_key_arn = "arn:aws:kms:us-east-1:123456789012:key/x"\n}')  # fmt: skip
    assert finding.rule == "schema-unknown-argument"
    assert "aws_kms_replica_key" in finding.fix


@pytest.mark.parametrize(
    ("inside", "fix"),
    [
        ({"deleteAfter": 30}, "Write delete_after instead of deleteAfter."),
        ({"move_to_cold_storage_after": 30}, "Write cold_storage_after instead of move_to_cold_storage_after."),
        ({"destination_vault_arn": "x"}, "destination_vault_arn stands one level up: move it out of this block."),
    ],
)
def test_a_copy_action_has_a_lifecycle_of_its_own(inside: dict[str, object], fix: str):
    plan = {
        "name": "payments-dev",
        "rule": [
            {
                "rule_name": "daily",
                "target_vault_name": "payments-dev",
                "copy_action": [{"destination_vault_arn": "arn", "lifecycle": inside}],
            }
        ],
    }
    (finding,) = found(check_json({"resource": {"aws_backup_plan": {"a": plan}}}), "schema-unknown-argument")
    assert finding.fix == fix
    assert "rule[0].copy_action[0].lifecycle" in finding.message


@pytest.mark.parametrize(
    ("version", "rules"),
    [
        ("~> 5.0", ["schema-deprecated-argument"]),
        (">= 5.0", ["schema-deprecated-argument"]),
        ("~> 6.0", ["schema-removed-argument"]),
        ("~> 4.0", []),
        (">= 7.0", []),
    ],
)
def test_the_required_version_decides_what_is_gone(version: str, rules: list[str]):
    text = _require(version) + 'resource "aws_eip" "a" {\n  vpc = true\n}'
    assert [finding.rule for finding in _findings(text)] == rules


@pytest.mark.parametrize(
    ("version", "known"), [("~> 5.0", False), ("~> 6.0", True), (">= 5.0", True), ("5.100.0", False)]
)
def test_region_is_an_argument_of_6(version: str, known: bool):
    text = _require(version) + 'resource "aws_sns_topic" "a" {\n  name = "a"\n  region = "us-east-1"\n}'
    assert [finding.rule for finding in _findings(text)] == ([] if known else ["schema-unknown-argument"])


@pytest.mark.parametrize(
    "text",
    [
        'variable "rules" {}\nresource "aws_backup_plan" "a" {\n  name = "a"\n  dynamic "rule" {\n    for_each = var.rules\n    content {\n      rule_name = rule.value.name\n      target_vault_name = "v"\n    }\n  }\n}',
        'variable "rules" {\n  default = []\n}\nresource "aws_backup_plan" "a" {\n  name = "a"\n  dynamic "rule" {\n    for_each = var.rules\n    content {\n      rule_name = rule.value.name\n      target_vault_name = "v"\n    }\n  }\n}',
        'variable "key" {\n  default = null\n}\nresource "aws_kms_alias" "a" {\n  name = "alias/a"\n  target_key_id = var.key\n}',
        'resource "aws_vpc" "a" {\n  cidr_block = "10.0.0.0/16"\n  count = 1\n  lifecycle {\n    prevent_destroy = false\n  }\n  depends_on = []\n  timeouts {}\n}'.replace("\n  timeouts {}", ""),
        'resource "aws_security_group" "a" {\n  ingress {\n    from_port = 443\n    to_port = 443\n    protocol = "tcp"\n  }\n}',
        'resource "aws_security_group" "a" {\n  ingress = [{ from_port = 443, to_port = 443, protocol = "tcp" }]\n}',
        'resource "aws_instance" "a" {\n  ami = "ami-1"\n  instance_type = "t3.small"\n  provisioner "local-exec" {\n    command = "true"\n  }\n}',
        'resource "awscc_s3_bucket" "a" {\n  anything = 1\n}',
        'resource "random_id" "a" {\n  anything = 1\n}',
        'resource "aws_wafv2_web_acl_rule" "a" {\n  name = "x"\n}'.replace("_rule", "_association").replace('name = "x"', 'resource_arn = "x"\n  web_acl_arn = "y"'),
    ],
)  # fmt: skip
def test_what_may_be_right_is_let_pass(text: str):
    assert _findings(text) == []


def test_once_the_data_is_old_only_what_resembles_a_known_name_is_told():
    text = 'resource "aws_sns_topic" "a" {\n  name = "a"\n  brand_new_feature = true\n}'
    near = 'resource "aws_sns_topic" "a" {\n  name = "a"\n  display_nam = "A"\n}'
    later = datetime.date(2031, 1, 1)
    assert len(_findings(text)) == 1
    assert _findings(text, as_of=later) == []
    assert len(_findings(near, as_of=later)) == 1


def test_a_data_source_written_as_a_resource():
    (finding,) = _findings('resource "aws_caller_identity" "a" {}')
    assert finding.fix.endswith("as a data block.")


def test_a_type_of_6_needs_6():
    text = _require("~> 5.0") + 'resource "aws_s3vectors_vector_bucket" "a" {\n  vector_bucket_name = "a"\n}'
    (finding,) = _findings(text)
    assert finding.rule == "schema-unknown-resource-type"
    assert "6.x" in finding.message


def test_a_plan_is_not_asked():
    resource = {
        "address": "aws_kms_key.a",
        "mode": "managed",
        "type": "aws_kms_key",
        "name": "a",
        "values": {"arn": "x", "primary_key_arn": "x"},
        "provider_name": "registry.terraform.io/hashicorp/aws",
    }
    plan = {"format_version": "1.2", "planned_values": {"root_module": {"resources": [resource]}}}
    assert [one.rule for one in check_json(plan).findings if one.rule.startswith("schema-")] == []
