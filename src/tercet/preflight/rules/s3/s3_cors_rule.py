"""CORS rules that S3 does not take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.values import shown

_METHODS: Final = frozenset(("GET", "PUT", "POST", "DELETE", "HEAD"))

_CORS = """
resource "aws_s3_bucket" "receipts" {
  bucket = "acme-payments-receipts-dev"
}

resource "aws_s3_bucket_cors_configuration" "receipts" {
  bucket = aws_s3_bucket.receipts.id

  cors_rule {
    allowed_headers = ["*"]
    allowed_methods = [METHODS]
    allowed_origins = ["https://shop.example.com"]
  }
}
"""

RULE = Rule(
    id="s3-cors-rule",
    title="A CORS rule that S3 does not take",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A CORS rule allows GET, PUT, POST, DELETE and HEAD; OPTIONS is answered by itself. An origin or a header has "
        "one wildcard at most."
    ),
    aws_error="InvalidRequest: Found unsupported HTTP method in CORS config. Unsupported method is <method>",
    sources=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/API/API_CORSRule.html",
    ),
    resources=("aws_s3_bucket_cors_configuration", "aws_s3_bucket"),
    failing=_CORS.replace("METHODS", '"GET", "OPTIONS"'),
    passing=_CORS.replace("METHODS", '"GET", "HEAD"'),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look at each rule."""
    for rule in resource.blocks("cors_rule"):
        yield from _methods(rule)
        for name, called in (("allowed_origins", "AllowedOrigin"), ("allowed_headers", "AllowedHeader")):
            value = rule.value(name)
            for item in value if isinstance(value, list) else ():
                if isinstance(item, str) and item.count("*") > 1:
                    yield Problem(
                        rule,
                        name,
                        f"{rule.named(name)} has {shown(item)}, with more than one wildcard.",
                        fix="Leave one wildcard in it, or name them one by one.",
                        aws_error=f'InvalidRequest: {called} "{shown(item)}" can not have more than one wildcard.',
                    )


def _methods(rule: Block) -> Iterator[Problem]:
    value = rule.value("allowed_methods")
    for method in value if isinstance(value, list) else ():
        if isinstance(method, str) and method not in _METHODS:
            yield Problem(
                rule,
                "allowed_methods",
                f"{rule.named('allowed_methods')} has {shown(method)}; S3 knows {', '.join(sorted(_METHODS))}.",
                fix=f"Remove {shown(method)}." if method == "OPTIONS" else "Write one of these.",
                aws_error=(
                    "InvalidRequest: Found unsupported HTTP method in CORS config. Unsupported method is "
                    f"{shown(method)}"
                ),
            )
