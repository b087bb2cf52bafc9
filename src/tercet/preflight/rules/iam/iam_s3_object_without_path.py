"""Actions on objects, allowed on the bucket alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph, Resource
from tercet.preflight.policies import Statement
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.iam._documents import IDENTITY, called, identity_documents
from tercet.preflight.values import Reference, Value, shown

_OF_OBJECTS: Final = frozenset(
    one.lower()
    for one in (
        "s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:GetObjectVersion", "s3:DeleteObjectVersion",
        "s3:PutObjectTagging", "s3:GetObjectTagging", "s3:PutObjectAcl", "s3:GetObjectAcl", "s3:AbortMultipartUpload",
        "s3:ListMultipartUploadParts", "s3:RestoreObject",
    )
)  # fmt: skip

_BUCKET = """
resource "aws_s3_bucket" "receipts" {
  bucket = "payments-receipts-dev"
}
"""

RULE = Rule(
    id="iam-s3-object-without-path",
    title="Actions on objects, allowed only on the bucket itself",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "s3:GetObject, s3:PutObject and the like are about objects, whose ARN is the bucket's and a path. Allowed on "
        "the "
        "bucket's ARN alone they allow nothing: IAM takes the policy, and each call is answered with AccessDenied. A "
        "statement that names a path or a wildcard as well is not reported."
    ),
    aws_error="AccessDenied (at run time)",
    sources=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/security_iam_service-with-iam.html",),
    resources=IDENTITY,
    failing=_BUCKET
    + """
resource "aws_iam_policy" "receipts" {
  name = "payments-receipts-dev"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:PutObject"], Resource = aws_s3_bucket.receipts.arn }]
  })
}
""",
    passing=_BUCKET
    + """
resource "aws_iam_policy" "receipts" {
  name = "payments-receipts-dev"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:PutObject"], Resource = "${aws_s3_bucket.receipts.arn}/*" }]
  })
}
""",
)


@RULE.check
def check(resource: Resource, _: Context) -> Iterator[Problem]:
    """Look for statements of which every resource is a bucket."""
    for document in identity_documents(resource):
        statements = document.policy.statements
        for place, statement in enumerate(statements):
            if (action := _object_action(statement)) is None or not _only_buckets(resource.graph, statement):
                continue
            others = [one for one in document.policy.allowing() if one is not statement]
            # Written twice, once with the path: clumsy, and it works.
            if any(one.covers(action, None, None, "") is not False for one in others):
                continue
            entries = shown(
                statement.resources if len(statement.resources or ()) > 1 else (statement.resources or [""])[0]
            )
            yield Problem(
                document.block,
                document.argument,
                f"{called(statement, place)} allows {action} on {entries}, which is the bucket: its objects are "
                "<bucket's ARN>/<path>, and every call is denied.",
                fix="Name the objects too: the bucket's ARN followed by /*.",
            )


def _object_action(statement: Statement) -> str | None:
    if not statement.grants:
        return None
    for action in statement.actions or ():
        if isinstance(action, str) and action.lower() in _OF_OBJECTS:
            return str(action)
    return None


def _only_buckets(graph: Graph, statement: Statement) -> bool:
    return bool(statement.resources) and all(_is_bucket(graph, one) for one in statement.resources or ())


def _is_bucket(graph: Graph, entry: Value) -> bool:
    if isinstance(entry, Reference):
        found = graph.find(entry.address)
        return bool(found) and found[0].type == "aws_s3_bucket" and entry.path == ("arn",)
    return isinstance(entry, str) and entry.startswith("arn:aws:s3:::") and "/" not in entry and "*" not in entry
