"""A lifecycle rule that has neither a filter nor a prefix."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="s3-lifecycle-filter",
    title="Lifecycle rule without a filter",
    severity=Severity.ADVICE,
    rationale=(
        "A rule says to what it applies: with `filter {}` to everything. Provider 5 warns of a rule without (“No "
        "attribute specified when one (and only one) of [rule[0].filter,rule[0].prefix] is required”), and a "
        "later one makes it an error."
    ),
    sources=(
        "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_lifecycle_configuration",
    ),
    resources=("aws_s3_bucket_lifecycle_configuration",),
    failing="""
resource "aws_s3_bucket" "receipts" {
  bucket = "acme-payments-receipts-dev"
}

resource "aws_s3_bucket_lifecycle_configuration" "receipts" {
  bucket = aws_s3_bucket.receipts.id

  rule {
    id     = "archive"
    status = "Enabled"

    expiration {
      days = 365
    }
  }
}
""",
    passing="""
resource "aws_s3_bucket" "receipts" {
  bucket = "acme-payments-receipts-dev"
}

resource "aws_s3_bucket_lifecycle_configuration" "receipts" {
  bucket = aws_s3_bucket.receipts.id

  rule {
    id     = "archive"
    status = "Enabled"

    filter {}

    expiration {
      days = 365
    }
  }
}
""",
)


@RULE.check
def check(lifecycle: Resource, _: Context) -> Iterator[Problem]:
    """Look for a filter."""
    for rule in lifecycle.blocks("rule"):
        # An empty block is a filter: it is given, and holds nothing.
        if rule.value("filter") in (None, []) and rule.value("prefix") is None:
            yield Problem(
                rule,
                "filter",
                f"The rule {rule.shown('id')} has neither filter nor prefix; Terraform warns of it.",
                fix="Add filter {} for a rule that applies to all objects.",
            )
