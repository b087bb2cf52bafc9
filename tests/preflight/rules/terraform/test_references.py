"""References, providers and versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tercet.preflight.check import Options, check_path
from tests.preflight.checking import check_hcl, found

QUEUE = 'resource "aws_sqs_queue" "q" {\n  name = %s\n}\n'


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("aws_sqs_queue.other.name", "aws_sqs_queue.other"),
        ("var.naem", "var.naem"),
        ('"payments-${local.suffix}"', "local.suffix"),
        ("module.names.queue", "module.names"),
        ("data.aws_region.here.name", "data.aws_region.here"),
        ('var.name == "x" ? "y" : lower(var.naem)', "var.naem"),
    ],
)
def test_undeclared_names_are_found(value: str, name: str):
    text = 'variable "name" {\n  default = "q"\n}\n' + QUEUE % value
    (finding,) = found(check_hcl(text), "undeclared-reference")
    assert finding.evidence["reference"] == name


@pytest.mark.parametrize(
    "value",
    [
        "var.name",
        '[for one in ["a"] : one][0]',
        'templatestring("$${x}", { x = var.name })',
        "try(var.name, null)",
        "terraform.workspace",
    ],
)
def test_declared_names_pass(value: str):
    assert not found(check_hcl('variable "name" {\n  default = "q"\n}\n' + QUEUE % value), "undeclared-reference")


def test_a_resource_of_count_zero_is_declared():
    text = (
        'resource "aws_sqs_queue" "none" {\n  count = 0\n  name = "x"\n}\n'
        + QUEUE % 'join("", aws_sqs_queue.none[*].name)'
    )
    assert not found(check_hcl(text), "undeclared-reference")


def test_names_inside_a_module_are_found_there():
    text = 'module "queue" {\n  source = "./modules/queue"\n}\n'
    report = check_hcl(text, modules__queue__main=QUEUE % "var.missing")
    (finding,) = found(report, "undeclared-reference")
    assert finding.address == "module.queue.aws_sqs_queue.q"


def test_one_file_of_a_folder_is_not_blamed_for_the_others(tmp_path: Path):
    (tmp_path / "main.tf").write_text(QUEUE % "var.name")
    (tmp_path / "variables.tf").write_text('variable "name" {\n  type = string\n}\n')
    report = check_path(tmp_path / "main.tf", Options())
    assert not found(report, "undeclared-reference")
    assert "undeclared-reference" in {one.rule for one in report.undecided}
    assert not found(check_path(tmp_path, Options()), "undeclared-reference")
    (tmp_path / "outputs.tf").write_text('output "queue" {\n  value = aws_sqs_queue.q.url\n}\n')
    assert not found(check_path(tmp_path / "outputs.tf", Options()), "undeclared-reference")


def test_a_module_that_is_handed_its_providers_passes():
    text = """
terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      version               = ">= 5.0"
      configuration_aliases = [aws.west]
    }
  }
}
resource "aws_sqs_queue" "q" {
  provider = aws.west
  name     = "q"
}
"""
    assert not found(check_hcl(text), "provider-alias-missing")


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        (">= 1.10, < 1.9", True),
        ("latest", True),
        ("1.x", True),
        (">= 1.5.0", False),
        ("~> 1.9, != 1.9.3", False),
        (">= 1.0, < 2.0.0", False),
        ("1.11.4", False),
        (">= 1.3.0-beta1", False),
    ],
)
def test_constraints(constraint: str, wrong: bool):
    report = check_hcl(f'terraform {{\n  required_version = "{constraint}"\n}}\n' + QUEUE % '"q"')
    assert bool(found(report, "terraform-version-impossible")) is wrong


@pytest.mark.parametrize(
    ("name", "default", "wrong"),
    [
        ("db_password", '"Payments2024!"', True),
        ("api_token", '"tok_live_51H8x"', True),
        ("db_password", '""', False),
        ("db_password", "null", False),
        ("db_password_secret_arn", '"arn:aws:secretsmanager:us-east-1:123456789012:secret:x"', False),
        ("secret_name", '"payments/db"', False),
        ("password_length", "32", False),
        ("secret", '"arn:aws:secretsmanager:us-east-1:123456789012:secret:x"', False),
        ("rotate_password", "true", False),
    ],
)
def test_secrets_in_defaults(name: str, default: str, wrong: bool):
    report = check_hcl(f'variable "{name}" {{\n  default = {default}\n}}\n')
    findings = found(report, "variable-secret-default")
    assert bool(findings) is wrong
    assert all(default.strip('"') not in str(one.evidence) + one.message for one in findings)


@pytest.mark.parametrize(
    ("key", "secret", "wrong"),
    [
        ('"AKIAZ7QWERTYUIOPASDF"', '"Zx9Cv8Bn7Mq6Wl5Er4Ty3Ui2Op1As0Df9Gh8Jk7L"', True),
        ('"test"', '"test"', False),
        ('"mock_access_key"', '"mock_secret_key_of_the_emulator"', False),
        ("var.key", "var.secret", False),
    ],
)
def test_credentials_in_providers(key: str, secret: str, wrong: bool):
    text = f"""
variable "key" {{}}
variable "secret" {{}}
provider "aws" {{
  region     = "us-east-1"
  access_key = {key}
  secret_key = {secret}
}}
"""
    assert bool(found(check_hcl(text), "provider-credentials-literal")) is wrong
