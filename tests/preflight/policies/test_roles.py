"""What a role may do, wherever its policies stand."""

from __future__ import annotations

import pytest

from tercet.preflight.graph import Undecidable
from tercet.preflight.policies import Asked, policy_of, role_policies
from tests.preflight.policies.reading import at, graph_of

TRUST = """jsonencode({
    Version = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })"""
SEND = """jsonencode({
    Version = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = aws_sqs_queue.a.arn }]
  })"""
BASE = f"""
resource "aws_sqs_queue" "a" {{
  name = "a"
}}
resource "aws_sqs_queue" "b" {{
  name = "b"
}}
resource "aws_iam_role" "r" {{
  name               = "worker"
  assume_role_policy = {TRUST}
  %s
}}
"""
DOCUMENT = """
data "aws_iam_policy_document" "send" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.a.arn]
  }
}
"""

WAYS = {
    "inline policy": BASE % f'inline_policy {{\n name = "x"\n policy = {SEND}\n }}',
    "role policy": (BASE % "")
    + f'resource "aws_iam_role_policy" "p" {{\n role = aws_iam_role.r.id\n policy = {SEND}\n}}',
    "role policy by name": (BASE % "")
    + f'resource "aws_iam_role_policy" "p" {{\n role = "worker"\n policy = {SEND}\n}}',
    "document": (BASE % "")
    + DOCUMENT
    + (
        'resource "aws_iam_role_policy" "p" {\n role = aws_iam_role.r.id\n'
        " policy = data.aws_iam_policy_document.send.json\n}"
    ),
    "attachment": (BASE % "")
    + f'resource "aws_iam_policy" "p" {{\n name = "p"\n policy = {SEND}\n}}\n'
    + (
        'resource "aws_iam_role_policy_attachment" "p" {\n role = aws_iam_role.r.name\n'
        " policy_arn = aws_iam_policy.p.arn\n}"
    ),
    "managed_policy_arns": (BASE % "managed_policy_arns = [aws_iam_policy.p.arn]")
    + f'resource "aws_iam_policy" "p" {{\n name = "p"\n policy = {SEND}\n}}',
    "policy attachment": (BASE % "")
    + f'resource "aws_iam_policy" "p" {{\n name = "p"\n policy = {SEND}\n}}\n'
    + (
        'resource "aws_iam_policy_attachment" "p" {\n name = "p"\n roles = [aws_iam_role.r.name]\n'
        " policy_arn = aws_iam_policy.p.arn\n}"
    ),
    "for_each": (BASE % "")
    + f'resource "aws_iam_policy" "p" {{\n for_each = toset(["x", "y"])\n name = each.key\n policy = {SEND}\n}}\n'
    + (
        'resource "aws_iam_role_policy_attachment" "p" {\n for_each = aws_iam_policy.p\n'
        " role = aws_iam_role.r.name\n policy_arn = each.value.arn\n}"
    ),
}


@pytest.mark.parametrize("text", WAYS.values(), ids=WAYS)
def test_every_way_to_give_a_role_a_policy(text: str):
    graph = graph_of(text)
    permissions = role_policies(at(graph, "aws_iam_role.r"))
    assert permissions.allows("sqs:SendMessage", at(graph, "aws_sqs_queue.a")) is True
    assert permissions.allows("sqs:SendMessage", at(graph, "aws_sqs_queue.b")) is False
    assert permissions.allows("sqs:ReceiveMessage") is False
    assert permissions.lacking(("sqs:SendMessage", "sqs:ReceiveMessage"), at(graph, "aws_sqs_queue.a")) == [
        "sqs:ReceiveMessage"
    ]


def test_documents_include_and_override_one_another():
    graph = graph_of(
        (BASE % "")
        + """
data "aws_iam_policy_document" "base" {
  statement {
    sid       = "Queue"
    actions   = ["sqs:*"]
    resources = ["*"]
  }
  statement {
    sid       = "Topic"
    actions   = ["sns:Publish"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "all" {
  source_policy_documents = [data.aws_iam_policy_document.base.json]
  statement {
    sid       = "Queue"
    actions   = ["sqs:SendMessage"]
    resources = ["*"]
  }
}
resource "aws_iam_policy" "p" {
  name   = "p"
  policy = data.aws_iam_policy_document.all.json
}
"""
    )
    policy = policy_of(at(graph, "aws_iam_policy.p"))
    assert policy is not None
    assert policy.allows("sqs:SendMessage") is True
    assert policy.allows("sqs:ReceiveMessage") is False
    assert policy.allows("sns:Publish") is True


def test_documents_that_include_each_other_end():
    graph = graph_of("""
data "aws_iam_policy_document" "a" {
  source_policy_documents = [data.aws_iam_policy_document.b.json]
}
data "aws_iam_policy_document" "b" {
  source_policy_documents = [data.aws_iam_policy_document.a.json]
}
resource "aws_iam_policy" "p" {
  name   = "p"
  policy = data.aws_iam_policy_document.a.json
}
""")
    policy = policy_of(at(graph, "aws_iam_policy.p"))
    assert policy is not None
    assert policy.allows("sqs:SendMessage") is None


UNDECIDED = {
    "a variable": (
        'variable "arn" {}\nresource "aws_iam_role_policy_attachment" "p" {\n'
        " role = aws_iam_role.r.name\n policy_arn = var.arn\n}"
    ),
    "a policy elsewhere": (
        'resource "aws_iam_role_policy_attachment" "p" {\n role = aws_iam_role.r.name\n'
        ' policy_arn = "arn:aws:iam::111122223333:policy/p"\n}'
    ),
    "a module elsewhere": 'module "m" {\n source = "terraform-aws-modules/iam/aws"\n role = aws_iam_role.r.name\n}',
    "a text that is not known": (
        'variable "p" {}\nresource "aws_iam_role_policy" "p" {\n role = aws_iam_role.r.id\n policy = var.p\n}'
    ),
}


@pytest.mark.parametrize("text", UNDECIDED.values(), ids=UNDECIDED)
def test_what_is_not_known_makes_it_undecidable(text: str):
    graph = graph_of((BASE % "") + text)
    permissions = role_policies(at(graph, "aws_iam_role.r"))
    assert permissions.allows("sqs:SendMessage") is None
    with pytest.raises(Undecidable):
        permissions.lacks("sqs:SendMessage")


def test_an_attachment_to_another_role_says_nothing():
    other = (
        'resource "aws_iam_role_policy_attachment" "p" {\n role = "other"\n'
        ' policy_arn = "arn:aws:iam::111122223333:policy/p"\n}'
    )
    assert role_policies(at(graph_of((BASE % "") + other), "aws_iam_role.r")).allows("sqs:SendMessage") is False


def test_a_boundary_may_take_away_and_never_gives():
    graph = graph_of(
        BASE
        % f'permissions_boundary = "arn:aws:iam::1:policy/b"\n inline_policy {{\n name = "x"\n policy = {SEND}\n }}'
    )
    permissions = role_policies(at(graph, "aws_iam_role.r"))
    assert permissions.allows("sqs:SendMessage") is None
    assert permissions.lacks("sqs:SendMessage") is False
    assert permissions.allows("sqs:ReceiveMessage") is False


def test_objects_of_a_bucket_and_streams_of_a_table_are_resources_of_their_own():
    graph = graph_of(
        (BASE % "")
        + """
resource "aws_s3_bucket" "b" {
  bucket = "receipts"
}
resource "aws_dynamodb_table" "t" {
  name     = "t"
  hash_key = "id"
}
resource "aws_iam_role_policy" "p" {
  role = aws_iam_role.r.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "s3:GetObject", Resource = aws_s3_bucket.b.arn },
      { Effect = "Allow", Action = "s3:PutObject", Resource = "${aws_s3_bucket.b.arn}/*" },
      { Effect = "Allow", Action = "dynamodb:GetItem", Resource = aws_dynamodb_table.t.arn },
      { Effect = "Allow", Action = "dynamodb:GetRecords", Resource = "${aws_dynamodb_table.t.arn}/stream/*" },
    ]
  })
}
"""
    )
    permissions = role_policies(at(graph, "aws_iam_role.r"))
    bucket, table = at(graph, "aws_s3_bucket.b"), at(graph, "aws_dynamodb_table.t")
    assert permissions.allows("s3:GetObject", Asked(bucket, "object")) is False
    assert permissions.allows("s3:PutObject", Asked(bucket, "object")) is True
    assert permissions.allows("s3:PutObject", bucket) is False
    assert permissions.allows("dynamodb:GetItem", table) is True
    assert permissions.allows("dynamodb:GetItem", Asked(table, "stream")) is False
    assert permissions.allows("dynamodb:GetRecords", Asked(table, "stream")) is True
