"""A function for the examples: the least that Lambda takes, and what an example adds to it."""

from __future__ import annotations


def function(*lines: str, handler: str = "app.handler", runtime: str = "python3.13") -> str:
    """Write a function with more lines of arguments or blocks in it."""
    more = "".join(f"  {line}\n" if line else "\n" for line in lines)
    return f"""
resource "aws_lambda_function" "payments" {{
  function_name = "payments-dev"
  role          = "arn:aws:iam::123456789012:role/payments-dev"
  s3_bucket     = "payments-artifacts-dev"
  s3_key        = "payments.zip"
  handler       = "{handler}"
  runtime       = "{runtime}"
{more}}}
"""
