"""A function that reads one bucket and writes another has a role that often allows both."""

from __future__ import annotations

import pytest

from tercet.preflight.check import Options
from tercet.preflight.rules.wiring import _examples as example
from tests.preflight.checking import check_hcl

OTHER = """
resource "aws_s3_bucket" "done" {
  bucket = "receipts-done-dev"
}
"""
NOTIFICATION = """
resource "aws_s3_bucket_notification" "receipts" {
  bucket = aws_s3_bucket.receipts.id
  lambda_function {
    lambda_function_arn = aws_lambda_function.processor.arn
    events              = ["s3:ObjectCreated:*"]
  }
  depends_on = [aws_lambda_permission.invoke]
}
"""
HERE = '"${aws_s3_bucket.receipts.arn}/*"'
ITSELF = "aws_s3_bucket.receipts.arn"
THERE = '"${aws_s3_bucket.done.arn}/*"'
ACTIONS = '["s3:GetObject", "s3:PutObject", "s3:ListBucket"]'


def found(*statements: str) -> bool:
    role = example.role(example.LOGS, *(example.allow(ACTIONS, places) for places in statements))
    text = example.BUCKET + OTHER + NOTIFICATION + example.function() + role
    text += example.permission("s3.amazonaws.com", "aws_s3_bucket.receipts.arn")
    return bool(check_hcl(text, options=Options(select=("s3-event-loop",))).findings)


@pytest.mark.parametrize("statements", [(f"[{HERE}]",), (f"[{ITSELF}, {HERE}]",), (f"[{ITSELF}]", f"[{HERE}]")])
def test_no_other_place_to_write_to(statements: tuple[str, ...]):
    assert found(*statements)


@pytest.mark.parametrize(
    "statements",
    [
        (f"[{ITSELF}, {HERE}, aws_s3_bucket.done.arn, {THERE}]",),
        (f"[{HERE}]", f"[{THERE}]"),
        (f"[{HERE}]", '["arn:aws:s3:::kept-elsewhere/*"]'),
    ],
)
def test_another_bucket_to_write_to(statements: tuple[str, ...]):
    assert not found(*statements)
