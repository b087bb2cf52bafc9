"""Notifications that meet in one event, or go to where S3 does not send."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._targets import made
from tercet.preflight.values import shown

_KINDS: Final = ("lambda_function", "queue", "topic")
_FIFO: Final = {
    "queue": ("queue_arn", "aws_sqs_queue", "fifo_queue"),
    "topic": ("topic_arn", "aws_sns_topic", "fifo_topic"),
}
_MOST: Final = 100


def _notification(prefix: str) -> str:
    return f"""
resource "aws_s3_bucket" "receipts" {{
  bucket = "acme-payments-receipts-dev"
}}

resource "aws_s3_bucket_notification" "receipts" {{
  bucket = aws_s3_bucket.receipts.id

  queue {{
    queue_arn     = "arn:aws:sqs:us-east-1:111122223333:payments-receipts-dev"
    events        = ["s3:ObjectCreated:*"]
    filter_prefix = "receipts/"
  }}

  queue {{
    queue_arn     = "arn:aws:sqs:us-east-1:111122223333:payments-audit-dev"
    events        = ["s3:ObjectCreated:Put"]
    filter_prefix = "{prefix}"
  }}
}}
"""


RULE = Rule(
    id="s3-notification-refused",
    title="Notifications that overlap, or that go to a FIFO queue or topic",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "An event of an object goes to one place: two notifications of one event type need prefixes or suffixes of "
        "which no name has both. Fan out with a topic or with EventBridge. A FIFO queue or topic is no place for them."
    ),
    aws_error=(
        "InvalidArgument: Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the "
        "prefixes are overlapping for the same event type."
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/765",
    ),
    resources=("aws_s3_bucket_notification",),
    failing=_notification("receipts/2026/"),
    passing=_notification("audits/"),
)


@RULE.check
def check(notification: Resource, _context: Context) -> Iterator[Problem]:
    """Compare each two of them, and look at where they go."""
    blocks = [block for kind in _KINDS for block in notification.blocks(kind)]
    for first, second in combinations(blocks[:_MOST], 2):
        if (event := _common_event(first, second)) and _filters_meet(first, second):
            yield Problem(
                second,
                "events",
                f"{second.path} and {first.path} both are told of {event} for objects "
                f"{_described(second)} and {_described(first)}: S3 refuses the notifications.",
                fix="Give them prefixes or suffixes that exclude each other, or send the event to a topic once.",
                also={"first": first.path},
            )
    for block in blocks:
        yield from _fifo(block)


def _common_event(first: Block, second: Block) -> str | None:
    for one in first.items("events"):
        for other in second.items("events"):
            if isinstance(one, str) and isinstance(other, str) and _is_of(one, other):
                return str(other) if one.endswith("*") else str(one)
    return None


def _is_of(one: str, other: str) -> bool:
    return one == other or any(
        wide.endswith(":*") and narrow.startswith(wide[:-1]) for wide, narrow in ((one, other), (other, one))
    )


def _filters_meet(first: Block, second: Block) -> bool:
    prefixes = [block.text("filter_prefix", "") or "" for block in (first, second)]
    if not (prefixes[0].startswith(prefixes[1]) or prefixes[1].startswith(prefixes[0])):
        return False
    suffixes = [block.text("filter_suffix", "") or "" for block in (first, second)]
    return suffixes[0].endswith(suffixes[1]) or suffixes[1].endswith(suffixes[0])


def _described(block: Block) -> str:
    said = [f"{name.removeprefix('filter_')} {block.shown(name)}" for name in _FILTERS if block.has(name)]
    return "with " + " and ".join(said) if said else "of any name"


def _fifo(block: Block) -> Iterator[Problem]:
    kind = block.path.split("[", 1)[0]
    if kind not in _FIFO:
        return
    argument, type, flag = _FIFO[kind]
    for target in made(block, argument, type):
        if target.flag(flag, False):
            yield Problem(
                block,
                argument,
                f"{block.named(argument)} is {shown(block.value(argument))}, which is FIFO: S3 sends to standard ones.",
                fix=f"Send to a standard {kind}, or by EventBridge.",
                aws_error="InvalidArgument: Unable to validate the following destination configurations",
            )


_FILTERS: Final = ("filter_prefix", "filter_suffix")
