"""Settings of which one part needs another, or excludes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule

_ENCRYPTION: Final = "aws_s3_bucket_server_side_encryption_configuration"
_REPLICATION: Final = "aws_s3_bucket_replication_configuration"

_KEY = """
resource "aws_s3_bucket" "receipts" {
  bucket = "acme-payments-receipts-dev"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "receipts" {
  bucket = aws_s3_bucket.receipts.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "ALGORITHM"
      kms_master_key_id = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    }
  }
}
"""

RULE = Rule(
    id="s3-setting-incomplete",
    title="A key with S3's own encryption, or a replication filter without a word on delete markers",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "AES256 is encryption with S3's own keys, and takes no key of KMS. A replication rule with a filter is of the "
        "newer kind, which has to say whether delete markers are copied."
    ),
    aws_error=(
        "InvalidArgument: a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or "
        "aws:kms:dsse"
    ),
    sources=(
        "https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionByDefault.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/API/API_ReplicationRule.html",
        "https://github.com/alphagov/govuk-infrastructure/pull/4834",
    ),
    resources=(_ENCRYPTION, _REPLICATION),
    failing=_KEY.replace("ALGORITHM", "AES256"),
    passing=_KEY.replace("ALGORITHM", "aws:kms"),
)


@RULE.check
def check(setting: Resource, _context: Context) -> Iterator[Problem]:
    """Look at each rule."""
    for rule in setting.blocks("rule"):
        if setting.type == _REPLICATION:
            yield from _replication(rule)
            continue
        for default in rule.blocks("apply_server_side_encryption_by_default"):
            if default.value("sse_algorithm") == "AES256" and default.value("kms_master_key_id") not in (None, ""):
                yield Problem(
                    default,
                    "kms_master_key_id",
                    f"sse_algorithm is AES256, and kms_master_key_id is {default.shown('kms_master_key_id')}.",
                    fix='Set sse_algorithm = "aws:kms", or remove the key.',
                    also={"sse_algorithm": "AES256"},
                )


def _replication(rule: Block) -> Iterator[Problem]:
    filters = rule.blocks("filter")
    # An empty filter is sent as the older kind by some versions of the provider.
    if any(any(block.has(name) for name in ("prefix", "tag", "and")) for block in filters) and not rule.has(
        "delete_marker_replication"
    ):
        yield Problem(
            rule,
            "delete_marker_replication",
            f"{rule.path} has a filter and no delete_marker_replication.",
            fix='Add delete_marker_replication { status = "Disabled" }, or "Enabled".',
            aws_error=(
                "InvalidRequest: DeleteMarkerReplication must be specified for this version of Cross Region "
                "Replication configuration schema. Please refer to S3 Developer Guide for more information."
            ),
        )
