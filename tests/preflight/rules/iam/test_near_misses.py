"""Where the rules of IAM speak, where they say that they cannot know, and where they keep silent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tercet.preflight import registry
from tercet.preflight.check import Options
from tests.preflight.checking import check_hcl

FOUND, SILENT, UNDECIDED = "found", "silent", "undecided"


def verdict(rule: str, text: str) -> str:
    assert rule in registry.all_rules()
    report = check_hcl(text, options=Options(select=(rule,)))
    if report.findings:
        return FOUND
    return UNDECIDED if report.undecided else SILENT


def identity(*statements: Any, **document: Any) -> str:
    written = json.dumps({"Version": "2012-10-17", "Statement": list(statements), **document})
    return f'resource "aws_iam_policy" "p" {{\n  name   = "p"\n  policy = {json.dumps(written)}\n}}\n'


def trust(*statements: Any) -> str:
    written = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    return (
        f'resource "aws_iam_role" "r" {{\n  name               = "r"\n'
        f"  assume_role_policy = {json.dumps(written)}\n}}\n"
    )


def allow(action: Any = "sqs:SendMessage", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


ASSUME = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
UNKNOWN = 'variable "p" {}\nresource "aws_iam_policy" "p" {\n  name   = "p"\n  policy = var.p\n}\n'
RULES_OF_DOCUMENTS = [
    "iam-policy-no-resource",
    "iam-policy-principal-in-identity",
    "iam-policy-malformed",
    "iam-resource-not-arn",
    "iam-s3-object-without-path",
    "iam-wildcard",
]


@pytest.mark.parametrize("rule", RULES_OF_DOCUMENTS)
def test_a_policy_that_is_not_known_is_undecided(rule: str):
    assert verdict(rule, UNKNOWN) == UNDECIDED


@pytest.mark.parametrize("rule", RULES_OF_DOCUMENTS)
def test_a_sound_policy_is_not_reported(rule: str):
    assert verdict(rule, identity(allow(resource="arn:aws:sqs:us-east-1:111122223333:orders"))) == SILENT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (identity(allow()), SILENT),  # a wildcard of resources is none of actions
        (identity(allow("sqs:*")), FOUND),
        (identity(allow("*")), FOUND),
        (identity(allow(["sqs:SendMessage", "sns:*"])), FOUND),
        (identity(allow("sqs:*", "arn:aws:sqs:*:*:payments-*")), SILENT),
        (identity(allow("sqs:Get*")), SILENT),
        (identity(allow("sqs:*", Condition={"StringEquals": {"aws:RequestedRegion": "us-east-1"}})), SILENT),
        (identity({"Effect": "Deny", "Action": "*", "Resource": "*"}), SILENT),
        (identity({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}), FOUND),
        (
            identity(allow("*"))
            + 'resource "aws_iam_user" "u" {\n  name = "u"\n  permissions_boundary = aws_iam_policy.p.arn\n}\n',
            SILENT,
        ),
    ],
)
def test_wildcards(text: str, expected: str):
    assert verdict("iam-wildcard", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (identity(allow(Sid="One"), allow(Sid="One")), FOUND),
        (identity(allow(Sid="One"), allow(Sid="Two")), SILENT),
        (identity(allow(Sid="one-two")), FOUND),
        (identity(allow("SendMessage")), FOUND),
        (identity(allow("sqs:Send Message")), FOUND),
        (identity({"Effect": "allow", "Action": "sqs:SendMessage", "Resource": "*"}), SILENT),  # IAM takes it
        (identity({"Effect": "Permit", "Action": "sqs:SendMessage", "Resource": "*"}), FOUND),
        (identity({"Action": "sqs:SendMessage", "Resource": "*"}), FOUND),
        (identity({"Effect": "Allow", "Resource": "*"}), FOUND),
        (identity(allow(Comment="x")), FOUND),
        (identity(allow(), Version="2012-10-18"), FOUND),
        (identity(allow(), Statements=[]), FOUND),
        ('resource "aws_iam_policy" "p" {\n  name   = "p"\n  policy = "{"\n}\n', FOUND),
        ('resource "aws_iam_policy" "p" {\n  name   = "p"\n  policy = "[]"\n}\n', FOUND),
        (
            'resource "aws_sqs_queue" "q" {\n  name   = "q"\n'
            '  policy = jsonencode({ Version = "2012-10-17", Statement = '
            '[{ Sid = "any name, really", Effect = "Allow", Principal = "*", Action = "SQS:SendMessage" }] })\n}\n',
            SILENT,
        ),
    ],
)
def test_documents_that_are_refused(text: str, expected: str):
    assert verdict("iam-policy-malformed", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (trust(ASSUME), SILENT),
        (trust({**ASSUME, "Resource": "*"}), FOUND),
        (identity({"Effect": "Allow", "Action": "sqs:SendMessage", "NotResource": "arn:aws:sqs:::x"}), SILENT),
        (
            'data "aws_iam_policy_document" "d" {\n  statement {\n    actions = ["sqs:SendMessage"]\n  }\n}\n'
            'resource "aws_iam_policy" "p" {\n  name   = "p"\n  policy = data.aws_iam_policy_document.d.json\n}\n',
            FOUND,
        ),
        (
            'variable "queues" {\n  type = list(string)\n}\ndata "aws_iam_policy_document" "d" {\n  statement {\n'
            '    actions   = ["sqs:SendMessage"]\n    resources = var.queues\n  }\n}\n'
            'resource "aws_iam_policy" "p" {\n  name   = "p"\n  policy = data.aws_iam_policy_document.d.json\n}\n',
            SILENT,
        ),
    ],
)
def test_resources_of_statements(text: str, expected: str):
    assert verdict("iam-policy-no-resource", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (trust(ASSUME), SILENT),
        (trust({**ASSUME, "Principal": {"AWS": "*"}}), FOUND),
        (trust({**ASSUME, "Principal": "*"}), FOUND),
        (trust({**ASSUME, "Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}), SILENT),
        (trust({**ASSUME, "Principal": {"AWS": "arn:aws:iam::111122223333:root"}}), SILENT),
    ],
)
def test_who_may_assume_a_role(text: str, expected: str):
    assert verdict("iam-trust-wildcard-principal", text) == expected


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("sts:AssumeRole", SILENT),
        (["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"], SILENT),
        ("sts:AssumeRoleWithWebIdentity", SILENT),
        ("lambda:InvokeFunction", FOUND),
    ],
)
def test_actions_of_a_trust_policy(action: Any, expected: str):
    assert verdict("iam-trust-actions", trust({**ASSUME, "Action": action})) == expected


def key(*statements: Any, more: str = "") -> str:
    written = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    return f'resource "aws_kms_key" "k" {{\n  description = "k"\n  policy = {json.dumps(written)}\n  {more}\n}}\n'


def admin(principal: Any, action: Any = "kms:*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*", **more}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (key(admin({"AWS": "arn:aws:iam::111122223333:root"})), SILENT),
        (key(admin({"AWS": "arn:aws:iam::111122223333:role/deployer"})), SILENT),
        (key(admin({"AWS": "111122223333"}, ["kms:Put*"])), SILENT),
        (key(admin("*", Condition={"StringEquals": {"kms:CallerAccount": "111122223333"}})), SILENT),
        (key(admin({"Service": "logs.us-east-1.amazonaws.com"})), FOUND),
        (key(admin({"AWS": "arn:aws:iam::111122223333:root"}, ["kms:Encrypt", "kms:Decrypt"])), FOUND),
        (key(admin({"Service": "s3.amazonaws.com"}), more="bypass_policy_lockout_safety_check = true"), SILENT),
        ('resource "aws_kms_key" "k" {\n  description = "k"\n}\n', SILENT),
        ('variable "p" {}\nresource "aws_kms_key" "k" {\n  policy = var.p\n}\n', UNDECIDED),
    ],
)
def test_a_key_stays_open_to_change(text: str, expected: str):
    assert verdict("kms-policy-lockout", text) == expected


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("aws_dynamodb_table.t.arn", SILENT),
        ("aws_dynamodb_table.t.name", FOUND),
        ('"${aws_dynamodb_table.t.arn}/index/*"', SILENT),
        ('"arn:aws:dynamodb:*:*:table/${aws_dynamodb_table.t.name}"', SILENT),
        ('"*"', SILENT),
        ('""', FOUND),
        ('"sessions"', FOUND),
        ("aws_sqs_queue.q.url", FOUND),
        ("aws_sns_topic.n.id", SILENT),  # a topic's id is its ARN
        ("var.arn", SILENT),
    ],
)
def test_entries_that_are_no_arns(entry: str, expected: str):
    text = f"""
variable "arn" {{}}
resource "aws_dynamodb_table" "t" {{
  name     = "sessions"
  hash_key = "id"
}}
resource "aws_sqs_queue" "q" {{
  name = "q"
}}
resource "aws_sns_topic" "n" {{
  name = "n"
}}
resource "aws_iam_policy" "p" {{
  name = "p"
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = "dynamodb:GetItem", Resource = {entry} }}]
  }})
}}
"""
    assert verdict("iam-resource-not-arn", text) == expected


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole", SILENT),
        ("arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole", FOUND),
        ("arn:aws:iam::aws:policy/NewerThanTheseChecks", UNDECIDED),
        ("arn:aws:iam::111122223333:policy/AWSLambdaBasicExecutionRole", SILENT),
    ],
)
def test_policies_of_aws(policy: str, expected: str):
    text = f'resource "aws_iam_role_policy_attachment" "a" {{\n  role       = "r"\n  policy_arn = "{policy}"\n}}\n'
    assert verdict("iam-managed-policy-unknown", text) == expected


@pytest.mark.parametrize(
    "nonsense", ["null", "[]", "7", '"text"', '{"Statement": 7}', '{"Statement": [[], null, 7, {}]}', "[" * 5_000]
)
def test_nonsense_has_an_answer(nonsense: str):
    text = f'resource "aws_iam_policy" "p" {{\n  name   = "p"\n  policy = {json.dumps(nonsense)}\n}}\n'
    text += f'resource "aws_iam_role" "r" {{\n  assume_role_policy = {json.dumps(nonsense)}\n}}\n'
    text += f'resource "aws_kms_key" "k" {{\n  policy = {json.dumps(nonsense)}\n}}\n'
    report = check_hcl(text, options=Options(select=("iam-*", "kms-*", "lambda-*", "role-*")))
    assert report.resources == 3
