"""Whom the policy of a resource lets in."""

from __future__ import annotations

import pytest

from tercet.preflight.policies import function_allows, resource_policy_allows
from tests.preflight.policies.reading import at, graph_of

QUEUE = 'resource "aws_sqs_queue" "q" {\n  name = "q"\n  %s\n}\n'
POLICY = """jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action = "sqs:SendMessage"
      Resource = "*"
      Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:events:us-east-1:111122223333:rule/r" } }
    }]
  })"""
FUNCTION = (
    'resource "aws_lambda_function" "f" {\n  function_name = "worker"\n  role = "arn:aws:iam::111122223333:role/r"\n}\n'
)


def permission(function: str, principal: str = '"events.amazonaws.com"') -> str:
    return (
        f'resource "aws_lambda_permission" "p" {{\n action = "lambda:InvokeFunction"\n'
        f" function_name = {function}\n principal = {principal}\n}}\n"
    )


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (QUEUE % "", False),
        (QUEUE % f"policy = {POLICY}", True),
        (
            (QUEUE % "")
            + f'resource "aws_sqs_queue_policy" "p" {{\n queue_url = aws_sqs_queue.q.id\n policy = {POLICY}\n}}',
            True,
        ),
        (
            (QUEUE % "")
            + f'resource "aws_sqs_queue_policy" "p" {{\n queue_url = aws_sqs_queue.q.url\n policy = {POLICY}\n}}',
            True,
        ),
        (
            (QUEUE % "")
            + (
                'variable "p" {}\nresource "aws_sqs_queue_policy" "p" {\n queue_url = aws_sqs_queue.q.id\n'
                " policy = var.p\n}"
            ),
            None,
        ),
        ((QUEUE % "") + 'module "m" {\n source = "a/b/c"\n queue = aws_sqs_queue.q.arn\n}', None),
    ],
)
def test_a_queue(text: str, answer: bool | None):
    assert (
        resource_policy_allows(at(graph_of(text), "aws_sqs_queue.q"), "events.amazonaws.com", "sqs:SendMessage")
        is answer
    )


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (FUNCTION, False),
        (FUNCTION + permission("aws_lambda_function.f.function_name"), True),
        (FUNCTION + permission("aws_lambda_function.f.arn"), True),
        (FUNCTION + permission('"worker"'), True),
        (FUNCTION + permission('"other"'), False),
        (FUNCTION + permission("aws_lambda_function.f.arn", '"sns.amazonaws.com"'), False),
        (FUNCTION + 'variable "p" {}\n' + permission("aws_lambda_function.f.arn", "var.p"), None),
        (
            FUNCTION
            + (
                'resource "aws_lambda_alias" "live" {\n name = "live"\n'
                ' function_name = aws_lambda_function.f.arn\n function_version = "1"\n}\n'
            )
            + permission("aws_lambda_alias.live.arn"),
            True,
        ),
    ],
)
def test_a_function(text: str, answer: bool | None):
    assert function_allows(at(graph_of(text), "aws_lambda_function.f"), "events.amazonaws.com") is answer


def test_a_key_lets_no_service_in_by_default():
    graph = graph_of('resource "aws_kms_key" "k" {\n  description = "k"\n}')
    assert resource_policy_allows(at(graph, "aws_kms_key.k"), "logs.us-east-1.amazonaws.com", "kms:Encrypt") is False
