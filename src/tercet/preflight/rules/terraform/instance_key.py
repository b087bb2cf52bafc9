"""A reference whose key does not fit how the block is repeated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.declarations import Undeclared
from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.terraform._users import KEYS, evaluate_all, user_of

RULE = Rule(
    id="instance-key",
    title="Reference with a missing, needless or wrong instance key",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A block with `count` or `for_each` is a list or a map of instances, and one without is none: references have "
        "to say which instance they mean, or must not. `count` that was added or taken away later leaves the old "
        "references behind; and where `count` is 0, there is no `[0]`."
    ),
    aws_error=(
        'Error: Missing resource instance key: Because <resource> has "count" set, its attributes must be accessed on '
        "specific instances."
    ),
    confirmed=True,
    sources=(
        "https://developer.hashicorp.com/terraform/language/meta-arguments/count",
        "https://developer.hashicorp.com/terraform/language/expressions/references",
    ),
    failing="""
resource "aws_sqs_queue" "payments" {
  count = 2
  name  = "payments-${count.index}-dev"
}

resource "aws_sqs_queue_redrive_allow_policy" "payments" {
  queue_url            = aws_sqs_queue.payments.id
  redrive_allow_policy = jsonencode({ redrivePermission = "denyAll" })
}
""",
    passing="""
resource "aws_sqs_queue" "payments" {
  count = 2
  name  = "payments-${count.index}-dev"
}

resource "aws_sqs_queue_redrive_allow_policy" "payments" {
  queue_url            = aws_sqs_queue.payments[0].id
  redrive_allow_policy = jsonencode({ redrivePermission = "denyAll" })
}
""",
)

_SAID: Final = {
    "missing-key": (
        "and {block} has count or for_each, so that it has to be said which of its instances is meant",
        'Write {block}[0] or {block}["key"], or {block}[*] for all of them.',
        'Error: Missing resource instance key: Because {block} has "count" or "for_each" set, its attributes must be '
        "accessed on specific instances.",
    ),
    "unexpected-key": (
        "and {block} has neither count nor for_each, so that it has no instances to choose from",
        "Take the key away.",
        'Error: Unexpected resource instance key: Because {block} does not have "count" or "for_each" set, references '
        "to it must not include an index key. Remove the bracketed index to refer to the single instance of this "
        "resource.",
    ),
    "no-instance": (
        "and {block} has no such instance with the values that are given",
        "Give it the instance, or write one({block}[*].…) or try(…, null), which let it be missing.",
        "Error: Invalid index: The given key does not identify an element in this collection value.",
    ),
}


@RULE.check
def check(graph: Graph, _: Context) -> Iterator[Problem]:
    """Tell which keys the evaluation has found not to fit."""
    evaluate_all(graph)
    for one in dict.fromkeys(graph.undeclared):
        if one.why in KEYS:
            place = user_of(graph, one)
            reason, fix, error = (text.format(block=_block(one)) for text in _SAID[one.why])
            yield Problem(
                place,
                "",
                f"{place.address} refers to {one.name}, {reason}: Terraform stops.",
                fix=fix,
                aws_error=error,
                also={"reference": one.name},
            )


def _block(one: Undeclared) -> str:
    return one.name.split("[")[0] if "[" in one.name else one.name.rpartition(".")[0]
