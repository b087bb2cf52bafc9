"""Parts that the examples of this room are put together from."""

from __future__ import annotations

PROVIDER = """
provider "aws" {
  region = "us-east-1"
}
"""

LOGS = """{
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/payments-*"
      },"""

QUEUE = """
resource "aws_sqs_queue" "orders" {
  name                       = "payments-orders-dev"
  sqs_managed_sse_enabled    = true
  visibility_timeout_seconds = 180
}
"""

TOPIC = """
resource "aws_sns_topic" "paid" {
  name = "payments-paid-dev"
}
"""

BUCKET = """
resource "aws_s3_bucket" "receipts" {
  bucket = "payments-receipts-dev"
}
"""


def allow(actions: str, resource: str) -> str:
    """Return a statement: actions and resource as HCL."""
    return f"""{{
        Effect   = "Allow"
        Action   = {actions}
        Resource = {resource}
      }},"""


def role(*statements: str, service: str = "lambda.amazonaws.com", name: str = "processor") -> str:
    """Return a role that a service assumes, with a policy of these statements, if any."""
    policy = f"""
resource "aws_iam_role_policy" "{name}" {{
  name = "permissions"
  role = aws_iam_role.{name}.id
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [
      {" ".join(statements)}
    ]
  }})
}}
"""
    return f"""
resource "aws_iam_role" "{name}" {{
  name = "payments-{name}-dev"
  assume_role_policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = "sts:AssumeRole", Principal = {{ Service = "{service}" }} }}]
  }})
}}
""" + (policy if statements else "")


def function(arguments: str = "", name: str = "processor", role: str = "aws_iam_role.processor.arn") -> str:
    """Return a function with these arguments more."""
    return f"""
resource "aws_lambda_function" "{name}" {{
  function_name = "payments-{name}-dev"
  role          = {role}
  runtime       = "python3.13"
  handler       = "app.handler"
  s3_bucket     = "payments-artifacts-dev"
  s3_key        = "processor.zip"
  {arguments}
}}
"""


ELSEWHERE = '"arn:aws:iam::111122223333:role/payments-processor-dev"'
"""A role that is made elsewhere, for functions of which the role does not matter."""


def permission(service: str, source: str, name: str = "invoke", function: str = "processor") -> str:
    """Return a permission for a service to call a function."""
    return f"""
resource "aws_lambda_permission" "{name}" {{
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.{function}.function_name
  principal     = "{service}"
  source_arn    = {source}
}}
"""


def queue_policy(service: str, source: str, kind: str = "sqs", resource: str = "aws_sqs_queue.orders") -> str:
    """Return the policy of a queue or topic that lets a service send to it."""
    action = "sqs:SendMessage" if kind == "sqs" else "sns:Publish"
    names = "queue_url = " + resource + ".id" if kind == "sqs" else "arn       = " + resource + ".arn"
    return f"""
resource "aws_{kind}_{"queue" if kind == "sqs" else "topic"}_policy" "events" {{
  {names}
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Principal = {{ Service = "{service}" }}
      Action    = "{action}"
      Resource  = {resource}.arn
      Condition = {{ ArnEquals = {{ "aws:SourceArn" = {source} }} }}
    }}]
  }})
}}
"""
