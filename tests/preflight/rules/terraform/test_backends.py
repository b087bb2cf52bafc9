"""The state's place: which Terraform knows which property, and what is left to the command line."""

from __future__ import annotations

import pytest

from tercet.preflight.check import Options
from tests.preflight.checking import check_hcl, check_json, found

BASE = {"bucket": "acme-state", "key": "payments.tfstate", "region": "us-east-1", "encrypt": True}


def backend(version: str | None = None, **properties: object) -> str:
    lines = "".join(f"    {key} = {value}\n" for key, value in properties.items())
    required = f'  required_version = "{version}"\n' if version else ""
    place = '    bucket = "acme-state"\n    key = "k"\n    region = "us-east-1"\n'
    return f'terraform {{\n{required}  backend "s3" {{\n{place}{lines}  }}\n}}\n'


@pytest.mark.parametrize(
    ("version", "properties", "wrong"),
    [
        ("~> 1.9.0", {"use_lockfile": "true"}, True),
        ("< 1.10", {"use_lockfile": "true"}, True),
        ("1.9.8", {"use_lockfile": "true"}, True),
        (">= 1.10", {"use_lockfile": "true"}, False),
        (">= 1.5", {"use_lockfile": "true"}, False),
        (None, {"use_lockfile": "true"}, False),
        (">= 1.10", {"role_arn": '"arn:aws:iam::123456789012:role/state"'}, True),
        ("~> 1.9.0", {"role_arn": '"arn:aws:iam::123456789012:role/state"'}, False),
        (">= 1.10", {"assume_role": '{ role_arn = "arn:aws:iam::123456789012:role/state" }'}, False),
        ("~> 1.5.0", {"assume_role": '{ role_arn = "arn:aws:iam::123456789012:role/state" }'}, True),
        (None, {"use_lock_file": "true"}, True),
        (None, {"lock": "true"}, True),
        (">= 1.3", {"lock_table": '"locks"'}, True),
        (None, {"state_tags": "{}"}, False),
    ],
)
def test_properties_and_versions(version: str | None, properties: dict[str, str], wrong: bool):
    assert bool(found(check_hcl(backend(version, **properties)), "backend-unknown-property")) is wrong


def test_the_version_that_is_told_counts_before_the_constraint():
    text = backend(">= 1.5", use_lockfile="true")
    assert found(check_hcl(text, options=Options(terraform_version="1.9.8")), "backend-unknown-property")
    assert not found(check_hcl(text, options=Options(terraform_version="1.11.4")), "backend-unknown-property")


def test_the_nearest_property_is_named():
    (finding,) = found(check_hcl(backend(use_lock_file="true")), "backend-unknown-property")
    assert "use_lockfile" in finding.fix
    assert finding.address == "terraform.backend.s3"


def test_json_has_terraforms_words_for_json():
    configuration = {"terraform": {"backend": {"s3": {**BASE, "use_lock_file": True}}}}
    (finding,) = found(check_json(configuration), "backend-unknown-property")
    assert finding.aws_error is not None
    assert finding.aws_error.startswith("Error: Extraneous JSON object property")


def test_a_block_where_an_argument_belongs_is_found():
    text = backend(">= 1.10").replace("    bucket", '    assume_role {\n      role_arn = "x"\n    }\n    bucket')
    assert found(check_hcl(text), "backend-unknown-property")


@pytest.mark.parametrize(
    ("properties", "wrong"),
    [
        ({}, True),
        ({"use_lockfile": "false"}, True),
        ({"use_lockfile": "true"}, False),
        ({"dynamodb_table": '"locks"'}, False),
        ({"dynamodb_table": '"locks"', "use_lockfile": "true"}, False),
    ],
)
def test_a_backend_has_a_lock(properties: dict[str, str], wrong: bool):
    assert bool(found(check_hcl(backend(">= 1.10", **properties)), "backend-no-locking")) is wrong


def test_what_the_command_line_gives_is_undecided():
    report = check_hcl('terraform {\n  backend "s3" {}\n}\nresource "aws_sqs_queue" "q" {\n  name = "q"\n}\n')
    assert not found(report, "backend-no-locking")
    assert not found(report, "backend-unencrypted")
    assert {one.rule for one in report.undecided} >= {"backend-no-locking", "backend-unencrypted"}


def test_both_locks_while_a_team_moves_are_no_advice():
    both = backend(">= 1.11", use_lockfile="true", dynamodb_table='"locks"')
    assert not found(check_hcl(both), "backend-dynamodb-deprecated")
    assert found(check_hcl(backend(">= 1.11", dynamodb_table='"locks"')), "backend-dynamodb-deprecated")
    assert not found(check_hcl(backend(">= 1.5", dynamodb_table='"locks"')), "backend-dynamodb-deprecated")


@pytest.mark.parametrize("value", ["var.bucket", "local.bucket", '"state-${var.bucket}"', "data.aws_region.here.name"])
def test_a_backend_is_literal(value: str):
    text = f'terraform {{\n  backend "s3" {{\n    bucket = {value}\n    key = "k"\n  }}\n}}\n'
    text += 'variable "bucket" {\n  default = "x"\n}\nlocals {\n  bucket = "x"\n}\ndata "aws_region" "here" {}\n'
    assert found(check_hcl(text), "backend-variables")


def test_a_lock_table_made_by_the_same_configuration_is_found():
    table = """
resource "aws_dynamodb_table" "l" {
  name         = "locks"
  hash_key     = "LockID"
  billing_mode = "PAY_PER_REQUEST"
  attribute {
    name = "LockID"
    type = "S"
  }
}
"""
    assert found(check_hcl(backend(dynamodb_table='"locks"') + table), "backend-self-bucket")
    assert not found(check_hcl(backend(dynamodb_table='"others"') + table), "backend-self-bucket")


def test_a_local_backend_needs_no_lock():
    report = check_hcl('terraform {\n  backend "local" {}\n}\nprovider "aws" {\n  region = "us-east-1"\n}\n')
    assert not found(report, "backend-no-locking")
