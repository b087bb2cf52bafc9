"""What is a secret in the code, and which names stay taken."""

from __future__ import annotations

import pytest

from tercet.preflight.intent import Intent
from tests.preflight.checking import check_hcl, check_json, found

DB = 'resource "aws_db_instance" "d" {\n  instance_class = "db.r6g.large"\n  password = %s\n}\n'


@pytest.mark.parametrize(
    ("text", "is_wrong"),
    [
        (DB % '"Payments-2026"', True),
        (DB % '"ChangeMe-12345"', True),
        (DB % '""', False),
        (DB % "var.p" + 'variable "p" {\n  type = string\n}\n', False),
        (DB % "var.p" + 'variable "p" {\n  default = "Payments-2026"\n}\n', True),
        (DB % "local.p" + 'locals {\n  p = "Payments-2026"\n}\n', True),
        (DB % "random_password.p.result" + 'resource "random_password" "p" {\n  length = 20\n}\n', False),
        (
            DB % "data.aws_secretsmanager_secret_version.p.secret_string"
            + 'data "aws_secretsmanager_secret_version" "p" {\n  secret_id = "p"\n}\n',
            False,
        ),
        (DB.replace("}", "  lifecycle {\n    ignore_changes = [password]\n  }\n}") % '"Payments-2026"', False),
    ],
)
def test_passwords_of_databases(text: str, is_wrong: bool):
    assert bool(found(check_hcl(text), "password-in-code")) is is_wrong


SECRET = 'resource "aws_secretsmanager_secret_version" "s" {\n  secret_id = "payments"\n  secret_string = %s\n%s}\n'


@pytest.mark.parametrize(
    ("value", "is_wrong"),
    [
        ('"s3cr3t-of-the-acquirer"', True),
        ('"REPLACE_ME"', False),
        ('"{}"', False),
        ('jsonencode({ username = "payments", host = "db.internal" })', False),
        ('jsonencode({ username = "payments", password = "Payments-2026" })', True),
        ('jsonencode({ username = "payments", password = random_password.p.result })', False),
        ('jsonencode({ api_key = "placeholder" })', False),
    ],
)
def test_values_of_secrets(value: str, is_wrong: bool):
    text = SECRET % (value, "") + 'resource "random_password" "p" {\n  length = 20\n}\n'
    assert bool(found(check_hcl(text), "password-in-code")) is is_wrong


def test_a_value_that_is_set_elsewhere_is_a_filler():
    text = SECRET % ('"s3cr3t"', "  lifecycle {\n    ignore_changes = [secret_string]\n  }\n")
    assert not found(check_hcl(text), "password-in-code")


@pytest.mark.parametrize(
    ("name", "value", "is_wrong"),
    [
        ("DB_PASSWORD", '"Payments-2026"', True),
        ("DB_PASSWORD", '"arn:aws:secretsmanager:us-east-1:111122223333:secret:x"', False),
        ("DB_PASSWORD_PARAMETER", '"/payments/dev/db"', False),
        ("DB_SECRET", '"payments/db"', False),
    ],
)
def test_environments(name: str, value: str, is_wrong: bool):
    text = f"""
resource "aws_lambda_function" "f" {{
  function_name = "f"
  role          = "arn:aws:iam::111122223333:role/f"
  environment {{
    variables = {{
      {name} = {value}
    }}
  }}
}}
"""
    assert bool(found(check_hcl(text), "password-in-code")) is is_wrong


def _plan(expression: dict, variable: dict) -> dict:
    resource = {"address": "aws_db_instance.d", "mode": "managed", "type": "aws_db_instance", "name": "d"}
    return {
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": [{**resource, "values": {"password": "given-by-hand"}}]}},
        "configuration": {
            "root_module": {
                "variables": {"p": variable},
                "resources": [{**resource, "expressions": {"password": expression}}],
            }
        },
    }


@pytest.mark.parametrize(
    ("expression", "variable", "is_wrong"),
    [
        ({"references": ["var.p"]}, {}, False),
        ({"references": ["var.p"]}, {"default": "another"}, False),
        ({"references": ["var.p"]}, {"default": "given-by-hand"}, True),
        ({"constant_value": "given-by-hand"}, {}, True),
        ({"references": ["data.aws_ssm_parameter.p.value", "data.aws_ssm_parameter.p"]}, {}, False),
    ],
)
def test_what_a_plan_tells_of_where_a_password_came_from(expression: dict, variable: dict, is_wrong: bool):
    assert bool(found(check_json(_plan(expression, variable)), "password-in-code")) is is_wrong


NAMED = 'resource "aws_secretsmanager_secret" "s" {\n  %s\n}\n'


@pytest.mark.parametrize(
    ("line", "is_found"),
    [
        ('name = "payments"', True),
        ('name = "payments-${var.env}"', True),
        ('name_prefix = "payments-"', False),
        ('name = "payments-${random_id.r.hex}"', False),
        ('name = "payments"\n  recovery_window_in_days = 0', False),
    ],
)
def test_names_that_stay_taken(line: str, is_found: bool):
    more = 'variable "env" {\n  default = "dev"\n}\nresource "random_id" "r" {\n  byte_length = 4\n}\n'
    report = check_hcl(NAMED % line + more, Intent(destroyable=True))
    assert bool(found(report, "secret-kept-after-destroy")) is is_found
    assert bool(found(report, "secret-name-reuse-recovery")) is is_found


def test_a_production_that_stays_keeps_its_window():
    report = check_hcl(NAMED % 'name = "payments"', Intent(destroyable=False))
    assert not found(report, "secret-name-reuse-recovery")
    assert not found(report, "secret-kept-after-destroy")


@pytest.mark.parametrize("password", ["Payments-2026", "p@ss/word"])
def test_no_report_shows_a_password(password: str):
    cluster = 'resource "aws_rds_cluster" "c" {\n  master_password = "%s"\n  manage_master_user_password = true\n}\n'
    report = check_hcl(DB % f'"{password}"' + cluster % password)
    assert found(report, "password-in-code")
    assert found(report, "rds-managed-password-conflict")
    assert password not in repr(report)
