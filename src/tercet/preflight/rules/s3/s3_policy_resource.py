"""A bucket's policy about something that is not in the bucket, or with actions that its resources do not have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.policies import Statement, policy_of
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.s3._buckets import bucket_of
from tercet.preflight.values import Reference, Template, Value, shown

_OF_BUCKETS: Final = frozenset(
    one.lower()
    for one in (
        "s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads", "s3:GetBucketLocation",
        "s3:GetBucketAcl", "s3:GetBucketPolicy", "s3:GetBucketVersioning", "s3:GetBucketTagging",
        "s3:GetBucketNotification", "s3:GetBucketCORS", "s3:GetEncryptionConfiguration",
        "s3:GetLifecycleConfiguration", "s3:PutBucketPolicy", "s3:PutBucketAcl", "s3:DeleteBucket",
        "s3:GetReplicationConfiguration", "s3:PutBucketVersioning",
    )
)  # fmt: skip
_OF_OBJECTS: Final = frozenset(
    one.lower()
    for one in (
        "s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:GetObjectVersion", "s3:DeleteObjectVersion",
        "s3:PutObjectTagging", "s3:GetObjectTagging", "s3:PutObjectAcl", "s3:GetObjectAcl", "s3:AbortMultipartUpload",
        "s3:ListMultipartUploadParts", "s3:RestoreObject", "s3:ReplicateObject", "s3:ReplicateDelete",
    )
)  # fmt: skip

_POLICY = """
resource "aws_s3_bucket" "receipts" {
  bucket = "acme-payments-receipts-dev"
}

resource "aws_s3_bucket_policy" "receipts" {
  bucket = aws_s3_bucket.receipts.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::111122223333:role/payments-auditor-dev" }
      Action    = ["s3:GetObject", "s3:ListBucket"]
      Resource  = [RESOURCES]
    }]
  })
}
"""

RULE = Rule(
    id="s3-policy-resource",
    title="A bucket's policy with resources that are not its own, or that its actions do not have",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "The policy of a bucket is about the bucket, by its ARN, and about what is in it, by the ARN with a path. "
        "Each action of a statement has to be one of a resource in it: s3:ListBucket is of the bucket, s3:GetObject of "
        "objects. S3 refuses the policy otherwise."
    ),
    aws_error="MalformedPolicy: Action does not apply to any resource(s) in statement",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html",
        "https://github.com/ministryofjustice/modernisation-platform/pull/10762",
    ),
    resources=("aws_s3_bucket_policy",),
    failing=_POLICY.replace("RESOURCES", '"${aws_s3_bucket.receipts.arn}/*"'),
    passing=_POLICY.replace("RESOURCES", 'aws_s3_bucket.receipts.arn, "${aws_s3_bucket.receipts.arn}/*"'),
)


@RULE.check
def check(holder: Resource, _context: Context) -> Iterator[Problem]:
    """Look at each statement's resources, then at its actions."""
    policy = policy_of(holder, "policy")
    if policy is None or holder.graph.kind == "plan":
        return  # a plan does not say what was written around a reference
    bucket = bucket_of(holder)
    for place, statement in enumerate(policy.statements):
        name = f"Statement {place + 1}"
        for entry in statement.resources or ():
            if (other := _other_bucket(holder, bucket, entry)) is not None:
                yield Problem(
                    holder,
                    "policy",
                    f"{name} is about {shown(entry)}, which is of {other}, and the policy is of "
                    f"{bucket.address if bucket else holder.shown('bucket')}.",
                    fix="Name the bucket of the policy, and what is in it.",
                    aws_error="MalformedPolicy: Policy has invalid resource",
                )
                break
        else:
            yield from _actions(holder, statement, name)


def _other_bucket(holder: Resource, bucket: Resource | None, entry: Value) -> str | None:
    """Return what an entry is surely of, where that is not the policy's bucket."""
    if bucket is None:
        return None
    first = entry.parts[0] if isinstance(entry, Template) and entry.parts else entry
    if isinstance(first, Reference):
        found = holder.graph.find(first.address)
        if len(found) == 1 and found[0].type == "aws_s3_bucket" and found[0].mode == "managed":
            return found[0].address if found[0] is not bucket and first.path == ("arn",) else None
        return None
    name = bucket.value("bucket")
    if isinstance(entry, str) and entry.startswith("arn:aws:s3:::") and isinstance(name, str):
        said = entry.removeprefix("arn:aws:s3:::").split("/", 1)[0]
        if said != name and not any(mark in said for mark in "*?$"):
            return f"the bucket {shown(said)}"
    return None


def _actions(holder: Resource, statement: Statement, name: str) -> Iterator[Problem]:
    kinds = {_kind(entry) for entry in statement.resources or ()}
    if not kinds or None in kinds or len(kinds) > 1:
        return
    wrong, kind = (_OF_BUCKETS, "objects") if kinds == {"object"} else (_OF_OBJECTS, "the bucket itself")
    for action in statement.actions or ():
        if isinstance(action, str) and action.lower() in wrong:
            fix = "the bucket's ARN" if kind == "objects" else "the bucket's ARN followed by /*"
            yield Problem(
                holder,
                "policy",
                f"{name} has {action}, and its resources are {kind} only: S3 refuses the policy.",
                fix=f"Add {fix} to the statement's resources.",
                also={"Resource": shown(statement.resources)},
            )


def _kind(entry: Value) -> str | None:
    """Tell whether an entry is of objects, or of a bucket; None where it may be both."""
    if isinstance(entry, Reference):
        return "bucket" if entry.path == ("arn",) else None
    if isinstance(entry, Template):
        rest = "".join(part for part in entry.parts[1:] if isinstance(part, str))
        if not isinstance(entry.parts[0], Reference) or entry.parts[0].path != ("arn",):
            return None
        return "object" if rest.startswith("/") else None
    if not isinstance(entry, str) or not entry.startswith("arn:aws:s3:::"):
        return None
    bucket, slash, _path = entry.removeprefix("arn:aws:s3:::").partition("/")
    if "*" in bucket or "?" in bucket:
        return None
    return "object" if slash else "bucket"
