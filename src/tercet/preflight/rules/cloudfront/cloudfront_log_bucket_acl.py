"""Access logs of a distribution that go to a bucket without ACLs."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.cloudfront._example import distribution

_BUCKET = """
resource "aws_s3_bucket" "logs" {
  bucket = "acme-payments-site-logs-dev"
}
"""
_LOGGING = """logging_config {
    bucket = aws_s3_bucket.logs.bucket_domain_name
  }"""
_OWNERSHIP = """
resource "aws_s3_bucket_ownership_controls" "logs" {
  bucket = aws_s3_bucket.logs.id

  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}
"""

RULE = Rule(
    id="cloudfront-log-bucket-acl",
    title="Distribution that logs to a bucket without ACLs",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "CloudFront's standard logging of `logging_config` gives itself access by an ACL of the bucket. Since April "
        "2023 a new bucket has ACLs turned off (BucketOwnerEnforced), unless its ownership controls turn them on."
    ),
    aws_error=(
        "InvalidArgument: The S3 bucket that you specified for CloudFront logs does not enable ACL access: <bucket>"
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html",
        "https://github.com/aws/aws-cdk/issues/25291",
    ),
    resources=("aws_cloudfront_distribution",),
    failing=_BUCKET + distribution(_LOGGING),
    passing=_BUCKET
    + _OWNERSHIP
    + distribution(_LOGGING + "\n\n  depends_on = [aws_s3_bucket_ownership_controls.logs]"),
)


@RULE.check
def check(distribution: Resource, _: Context) -> Iterator[Problem]:
    """Look for the ownership controls of a log bucket made here."""
    for logging in distribution.blocks("logging_config"):
        bucket = logging.target("bucket", "aws_s3_bucket")
        if bucket is None or bucket.mode != "managed":
            continue
        controls = bucket.referrers("aws_s3_bucket_ownership_controls")
        if not controls and bucket.is_passed_out():
            raise Undecidable(
                "logging_config.bucket", f"{bucket.address} is given to a module whose source is not at hand"
            )
        ownership = [rule.text("object_ownership") for one in controls for rule in one.blocks("rule")]
        if not ownership or "BucketOwnerEnforced" in ownership:
            yield Problem(
                logging,
                "bucket",
                f"logging_config.bucket is {bucket.address}, whose ACLs are off "
                f"({'object_ownership is BucketOwnerEnforced' if ownership else 'it has no ownership controls'}): "
                "CloudFront cannot write its logs there and the apply stops.",
                fix=(
                    'Add aws_s3_bucket_ownership_controls with object_ownership = "BucketOwnerPreferred" to the bucket.'
                ),
                also={"bucket": bucket.address},
            )
