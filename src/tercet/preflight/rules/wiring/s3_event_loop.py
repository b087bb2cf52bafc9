"""A bucket whose notification calls a function that writes into the same place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource, Undecidable
from tercet.preflight.policies import Asked, RolePermissions, functions_of
from tercet.preflight.policies.matching import covers_resource, glob_of
from tercet.preflight.policies.statements import Statement
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._roles import permissions_at
from tercet.preflight.values import Value

_WRITING: Final = "s3:putobject"

_NOTIFICATION = (
    example.BUCKET
    + """
resource "aws_s3_bucket_notification" "receipts" {
  bucket = aws_s3_bucket.receipts.id
  lambda_function {
    lambda_function_arn = aws_lambda_function.processor.arn
    events              = ["s3:ObjectCreated:*"]
    filter_prefix       = "incoming/"
  }
  depends_on = [aws_lambda_permission.invoke]
}
"""
    + example.function()
    + example.permission("s3.amazonaws.com", "aws_s3_bucket.receipts.arn")
)


def _role(path: str) -> str:
    objects = f'"${{aws_s3_bucket.receipts.arn}}/{path}*"'
    return example.role(example.LOGS, example.allow('["s3:PutObject"]', objects))


RULE = Rule(
    id="s3-event-loop",
    title="A function that writes where its own notification looks",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A notification of objects created calls a function, and that function's role lets it put objects into the "
        "very "
        "place that the notification looks at: each object makes another, without end, until Lambda stops it after 16 "
        "rounds and the object is lost. It is reported where s3:PutObject is allowed by name (not by a wildcard) and "
        "every place that it is allowed on is one that the notification looks at."
    ),
    sources=(
        "https://docs.aws.amazon.com/lambda/latest/dg/with-s3.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html",
    ),
    resources=("aws_s3_bucket_notification",),
    failing=_NOTIFICATION + _role("incoming/"),
    passing=_NOTIFICATION + _role("done/"),
)


@RULE.check
def check(notification: Resource, _: Context) -> Iterator[Problem]:
    """Look at where each function may write."""
    bucket = notification.target("bucket", "aws_s3_bucket")
    if bucket is None or bucket.mode != "managed":
        return
    for block in notification.blocks("lambda_function"):
        events = block.items("events")
        if not any(isinstance(one, str) and one in ("s3:ObjectCreated:*", "s3:ObjectCreated:Put") for one in events):
            continue
        if block.text("filter_suffix"):
            continue
        for function in functions_of(block, "lambda_function_arn"):
            permissions = permissions_at(function)
            if permissions is not None:
                yield from _loop(block, bucket, function, permissions)


def _loop(block: Block, bucket: Resource, function: Resource, permissions: RolePermissions) -> Iterator[Problem]:
    prefix = block.text("filter_prefix") or ""
    places = [entry for statement in permissions.statements() for entry in _places(statement)]
    written = [entry for entry in places if covers_resource(entry, Asked(bucket, "object")) is True]
    if not written and permissions.unknown:
        raise Undecidable(f"policies of {permissions.role.address}", permissions.because())
    if not written or not all(_is_looked_at(entry, prefix) for entry in written):
        return
    if any(entry not in written and not _is_itself(entry, bucket) for entry in places):
        return  # it has another place to put objects into: what it does to this bucket is not known
    where = f"{bucket.address}/{prefix}"
    yield Problem(
        block,
        "lambda_function_arn",
        f"{function.address} is called for every object made in {where}, and may put objects only there: each object "
        "makes another, without end.",
        fix="Let the function write to another bucket, or below another prefix than filter_prefix.",
        also={"bucket": bucket.address, "filter_prefix": prefix or "absent"},
    )


def _places(statement: Statement) -> list[Value]:
    """Return where a statement lets objects be put, by name."""
    named = any(isinstance(action, str) and action.lower() == _WRITING for action in statement.actions or ())
    return list(statement.resources or ()) if statement.grants and named else []


def _is_itself(entry: Value, bucket: Resource) -> bool:
    """Tell whether an entry is the bucket and none of its objects, which other actions of the statement need."""
    return covers_resource(entry, bucket) is True


def _is_looked_at(entry: Value, prefix: str) -> bool:
    """Tell whether everything that an entry covers begins with the prefix."""
    _, slash, path = (glob_of(entry) or "").partition("*/" if not isinstance(entry, str) else "/")
    return bool(slash) and path.startswith(prefix) and (bool(prefix) or path == "*")
