"""A bucket's notification that S3 may not deliver."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource, Undecidable
from tercet.preflight.policies import functions_of, permissions_of, resource_policy_allows
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._order import waits_for
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._permissions import unpermitted

_SERVICE: Final = "s3.amazonaws.com"

_TARGETS: Final = {
    "queue": ("queue_arn", "aws_sqs_queue", "sqs:SendMessage"),
    "topic": ("topic_arn", "aws_sns_topic", "sns:Publish"),
}

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
  %s
}
"""
    + example.function(role=example.ELSEWHERE)
)

RULE = Rule(
    id="s3-notification-no-permission",
    title="A bucket's notification that S3 may not deliver",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "S3 tries each destination when a notification is configured, and refuses it where the function, queue or "
        "topic "
        "does not let s3.amazonaws.com. For a function the permission must stand before: Terraform sees no connection "
        "between the two, makes them at the same time, and the notification needs depends_on on the permission."
    ),
    aws_error="InvalidArgument: Unable to validate the following destination configurations",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/11219",
    ),
    resources=("aws_s3_bucket_notification",),
    failing=_NOTIFICATION % "",
    passing=_NOTIFICATION % "depends_on = [aws_lambda_permission.invoke]"
    + example.permission(_SERVICE, "aws_s3_bucket.receipts.arn"),
)


@RULE.check
def check(notification: Resource, _: Context) -> Iterator[Problem]:
    """Look at each destination."""
    bucket = notification.target("bucket", "aws_s3_bucket")
    for block in notification.blocks("lambda_function"):
        refused = "S3 refuses the notification."
        problems = list(unpermitted(block, "lambda_function_arn", _SERVICE, refused, source=bucket))
        yield from problems or _too_early(notification, block)
    for name, (argument, kind, action) in _TARGETS.items():
        for block in notification.blocks(name):
            for target in block.targets(argument, kind):
                yield from _closed(block, argument, target, action, bucket)


def _too_early(notification: Resource, block: Block) -> Iterator[Problem]:
    """Look for a permission that may be made after the notification."""
    for function in functions_of(block, "lambda_function_arn"):
        permissions = [one for one in permissions_of(function)[0] if str(one.value("principal")) == _SERVICE]
        if not permissions or waits_for(notification, permissions):
            continue
        # Whole modules may wait for one another, which the configuration of a module does not show.
        if any(_module_of(one) != _module_of(notification) for one in permissions):
            continue
        yield Problem(
            block,
            "lambda_function_arn",
            f"{notification.address} does not wait for {permissions[0].address}, without which S3 may not call "
            f"{function.address}: both are made at the same time, and S3 refuses a notification it cannot deliver.",
            fix=f"Add depends_on = [{permissions[0].block_address}] to {notification.address}.",
        )


def _closed(block: Block, argument: str, target: Resource, action: str, bucket: Resource | None) -> Iterator[Problem]:
    answer = resource_policy_allows(target, _SERVICE, action, source=bucket)
    if answer is None and target.mode == "managed":
        raise Undecidable(f"policy of {target.address}", "whom it lets in is known only in part")
    if answer is False:
        yield Problem(
            block,
            argument,
            f"The policy of {target.address} does not let {_SERVICE} do {action}: S3 refuses the notification.",
            fix=f"Allow {action} to the service {_SERVICE} in the policy of {target.address}, with the bucket's ARN as "
            "aws:SourceArn.",
        )


def _module_of(resource: Resource) -> str:
    """Return the address of the module that a resource is in; empty for the root."""
    before, _, _ = resource.block_address.rpartition(f"{resource.type}.{resource.name}")
    return before
