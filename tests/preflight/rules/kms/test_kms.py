"""Keys and regions, and what is stored without them."""

from __future__ import annotations

import pytest

from tercet.preflight.intent import Intent
from tests.preflight.checking import check_hcl, found

REGIONS = """
provider "aws" {
  region = "us-east-1"
}
provider "aws" {
  alias  = "west"
  region = "us-west-2"
}
resource "aws_kms_key" "west" {
  provider     = aws.west
  multi_region = %s
}
resource "aws_kms_alias" "west" {
  provider      = aws.west
  name          = "alias/payments"
  target_key_id = aws_kms_key.west.key_id
}
"""
QUEUE = 'resource "aws_sqs_queue" "q" {\n  kms_master_key_id = %s\n}\n'


@pytest.mark.parametrize(
    ("key", "is_wrong"),
    [
        ("aws_kms_key.west.arn", True),
        ("aws_kms_key.west.key_id", True),
        ("aws_kms_alias.west.arn", True),
        ("aws_kms_alias.west.name", False),
        ('"alias/payments"', False),
        ('"arn:aws:kms:eu-west-1:111122223333:key/1"', True),
        ('"arn:aws:kms:us-east-1:111122223333:key/1"', False),
        ('"1234abcd-12ab-34cd-56ef-1234567890ab"', False),
    ],
)
def test_keys_of_another_region(key: str, is_wrong: bool):
    text = REGIONS % "false" + QUEUE % key
    assert bool(found(check_hcl(text), "kms-key-wrong-region")) is is_wrong


def test_the_id_of_a_multi_region_key_is_the_same_everywhere():
    assert not found(check_hcl(REGIONS % "true" + QUEUE % "aws_kms_key.west.key_id"), "kms-key-wrong-region")
    assert found(check_hcl(REGIONS % "true" + QUEUE % "aws_kms_key.west.arn"), "kms-key-wrong-region")


def test_a_region_that_is_not_known_is_undecided():
    text = (REGIONS % "false").replace('"us-east-1"', "var.region") + 'variable "region" {\n  type = string\n}\n'
    report = check_hcl(text + QUEUE % "aws_kms_key.west.arn")
    assert not found(report, "kms-key-wrong-region")
    assert "kms-key-wrong-region" in {one.rule for one in report.undecided}


def test_what_one_provider_makes_is_in_one_region_whichever_it_is():
    key = 'resource "aws_kms_key" "k" {\n  multi_region = true\n}\n'
    report = check_hcl(key + QUEUE % "aws_kms_key.k.arn")
    assert not found(report, "kms-key-wrong-region")
    assert "kms-key-wrong-region" not in {one.rule for one in report.undecided}
    replica = 'resource "aws_kms_replica_key" "r" {\n  primary_key_arn = aws_kms_key.k.arn\n}\n'
    assert found(check_hcl(key + replica), "kms-replica-same-region")


def test_a_key_deep_inside():
    bucket = """
resource "aws_s3_bucket_server_side_encryption_configuration" "b" {
  bucket = "acme-payments-dev"
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.west.arn
    }
  }
}
"""
    (finding,) = found(check_hcl(REGIONS % "false" + bucket), "kms-key-wrong-region")
    assert "rule[0].apply_server_side_encryption_by_default[0].kms_master_key_id" in finding.message


@pytest.mark.parametrize(
    ("name", "is_wrong"),
    [
        ("alias/payments.dev", True),
        ("alias/${var.name}", False),
        ("${var.name}/x", False),
        ("payments-${var.name}", True),
    ],
)
def test_names_of_aliases(name: str, is_wrong: bool):
    text = f'resource "aws_kms_alias" "a" {{\n  name          = "{name}"\n  target_key_id = "1234"\n}}\n'
    text += 'variable "name" {\n  type = string\n}\n'
    assert bool(found(check_hcl(text), "kms-alias-format")) is is_wrong


def test_a_replica_of_a_key_that_is_not_at_hand():
    text = (
        'resource "aws_kms_replica_key" "r" {\n  primary_key_arn = "arn:aws:kms:us-east-1:111122223333:key/mrk-1"\n}\n'
    )
    report = check_hcl(text)
    assert not found(report, "kms-replica-of-single-region")
    assert not found(report, "kms-replica-same-region")


def test_rotation_is_asked_only_of_keys_that_can():
    intent = Intent(kms_rotation=True)
    asymmetric = (
        'resource "aws_kms_key" "k" {\n  customer_master_key_spec = "ECC_NIST_P256"\n  key_usage = "SIGN_VERIFY"\n}\n'
    )
    assert not found(check_hcl(asymmetric, intent), "kms-key-rotation")
    assert found(check_hcl('resource "aws_kms_key" "k" {}\n', intent), "kms-key-rotation")
    assert not found(check_hcl('resource "aws_kms_key" "k" {}\n'), "kms-key-rotation")


@pytest.mark.parametrize(
    ("text", "is_wrong"),
    [
        ('resource "aws_ebs_volume" "v" {\n  availability_zone = "us-east-1a"\n  size = 8\n}\n', True),
        ('resource "aws_ebs_volume" "v" {\n  availability_zone = "us-east-1a"\n  snapshot_id = "snap-1"\n}\n', False),
        ('resource "aws_efs_file_system" "f" {}\n', True),
        ('resource "aws_redshift_cluster" "r" {\n  cluster_identifier = "r"\n  node_type = "ra3.large"\n}\n', False),
        ('resource "aws_efs_file_system" "f" {\n  encrypted = var.on\n}\nvariable "on" {\n  type = bool\n}\n', False),
    ],
)
def test_storage(text: str, is_wrong: bool):
    assert bool(found(check_hcl(text), "storage-unencrypted")) is is_wrong


def test_queues_are_encrypted_unless_they_are_told_not_to():
    intent = Intent(encryption_at_rest=True)
    assert not found(check_hcl('resource "aws_sqs_queue" "q" {}\n', intent), "encryption-at-rest")
    plain = 'resource "aws_sqs_queue" "q" {\n  sqs_managed_sse_enabled = false\n}\n'
    assert found(check_hcl(plain, intent), "encryption-at-rest")


@pytest.mark.parametrize(
    ("kind", "replica"),
    [
        ("aws_dynamodb_table", 'region_name = "%s"\n    kms_key_arn = aws_kms_key.west.arn'),
        ("aws_secretsmanager_secret", 'region = "%s"\n    kms_key_id = aws_kms_key.west.arn'),
    ],
)
def test_the_key_of_a_replica_is_in_the_region_of_the_replica(kind: str, replica: str):
    text = REGIONS % "false" + f'resource "{kind}" "r" {{\n  replica {{\n    {replica}\n  }}\n}}\n'
    assert not found(check_hcl(text % "us-west-2"), "kms-key-wrong-region")
    (finding,) = found(check_hcl(text % "eu-west-1"), "kms-key-wrong-region")
    assert "a key in us-west-2" in finding.message
    assert "is in eu-west-1" in finding.message


def test_the_own_key_is_no_key_of_a_replica_elsewhere():
    table = """
resource "aws_kms_key" "east" {}
resource "aws_dynamodb_table" "t" {
  replica {
    region_name = "eu-west-1"
    kms_key_arn = aws_kms_key.east.arn
  }
}
"""
    assert found(check_hcl(REGIONS % "false" + table), "kms-key-wrong-region")
