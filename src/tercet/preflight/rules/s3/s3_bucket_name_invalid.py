"""A name of a bucket that S3 does not take."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.rds._names import known_parts
from tercet.preflight.rules.s3._names import wrong_name

RULE = Rule(
    id="s3-bucket-name-invalid",
    title="Bucket name that S3 refuses",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A bucket's name has 3 to 63 small letters, digits, dots and hyphens, begins and ends with a letter or "
        "digit, is no IP address, and has none of the prefixes and suffixes that S3 keeps for itself (`xn--`, "
        "`sthree-`, `amzn-s3-demo-`, `-s3alias`, `--ol-s3`, `.mrap`, `--x-s3`, `--table-s3`)."
    ),
    aws_error="InvalidBucketName: The specified bucket is not valid.",
    sources=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",),
    resources=("aws_s3_bucket",),
    failing="""
resource "aws_s3_bucket" "receipts" {
  bucket = "Acme_Payments_Receipts"
}
""",
    passing="""
resource "aws_s3_bucket" "receipts" {
  bucket = "acme-payments-receipts-dev"
}
""",
)


@RULE.check
def check(bucket: Resource, _: Context) -> Iterator[Problem]:
    """Look at the characters."""
    for name in ("bucket", "bucket_prefix"):
        if bucket.value(name) in (None, ""):
            continue
        said = wrong_name(known_parts(bucket.value(name)), whole=name == "bucket")
        if said:
            yield Problem(
                bucket,
                name,
                f"{name} is {bucket.shown(name)}: it {said}; the apply stops.",
                fix="Take 3 to 63 small letters, digits and hyphens.",
            )
        else:
            bucket.text(name)  # where parts are not known: undecided
