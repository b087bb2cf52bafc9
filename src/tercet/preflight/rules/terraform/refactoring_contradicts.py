"""Blocks that say of a resource what the rest of the configuration denies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.terraform._refused import place, refused

RULE = Rule(
    id="refactoring-contradicts",
    title="moved, removed or import block that contradicts the configuration",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "What has moved or was removed may not be declared any more, what is imported has to be, and one thing can "
        "neither come from two nor go to two. Terraform compares these blocks with the declarations before it plans."
    ),
    aws_error=(
        "Error: Moved object still exists: This statement declares a move from <resource>, but that resource is still "
        "declared."
    ),
    confirmed=True,
    sources=(
        "https://developer.hashicorp.com/terraform/language/modules/develop/refactoring",
        "https://developer.hashicorp.com/terraform/language/resources/syntax",
        "https://developer.hashicorp.com/terraform/language/import",
    ),
    failing="""
resource "aws_sqs_queue" "payments" {
  name = "payments-dev"
}

resource "aws_sqs_queue" "payments_new" {
  name = "payments-new-dev"
}

moved {
  from = aws_sqs_queue.payments
  to   = aws_sqs_queue.payments_new
}
""",
    passing="""
resource "aws_sqs_queue" "payments_new" {
  name = "payments-new-dev"
}

moved {
  from = aws_sqs_queue.payments
  to   = aws_sqs_queue.payments_new
}
""",
)

_SAID: Final = {
    "moved-still-there": (
        "A moved block says that {address} has become {written}, and {address} is still declared: the plan stops.",
        "Remove the declaration of {address}, or the moved block.",
        "Error: Moved object still exists: This statement declares a move from {address}, but that resource is still "
        "declared.",
    ),
    "moved-ambiguously": (
        "Two moved blocks do not agree about {address} ({written}): the plan stops.",
        "Remove the one that does not hold.",
        "Error: Ambiguous move statements",
    ),
    "moved-to-itself": (
        "A moved block leads from {address} to itself: the plan stops.",
        "Remove the moved block.",
        "Error: Redundant move statement: This statement declares a move from {address} to the same address, which is "
        "the same as not declaring this move at all.",
    ),
    "removed-still-there": (
        "A removed block says that {address} is gone, and it is still declared: the plan stops.",
        "Remove the declaration of {address}, or the removed block.",
        "Error: Removed resource still exists: This statement declares that {address} was removed, but it is still "
        "declared in configuration.",
    ),
    "imported-nowhere": (
        "An import block is to import {address}, which is not declared: the apply stops.",
        "Declare {address}, or let terraform plan -generate-config-out write it.",
        "Error: Configuration for import target does not exist: The configuration for the given import target "
        "{address} does not exist.",
    ),
    "imported-twice": (
        "Two import blocks are to import {address}: the plan stops.",
        "Remove one of them.",
        "Error: Duplicate import configuration for {address}",
    ),
}


@RULE.check
def check(graph: Graph, _: Context) -> Iterator[Problem]:
    """Tell which contradictions the evaluation has seen."""
    for one in refused(graph, *_SAID):
        message, fix, error = (text.format(address=one.address, written=one.written) for text in _SAID[one.kind])
        yield Problem(
            place(graph, one.address, one.source),
            "",
            message,
            fix=fix,
            aws_error=error,
            also={"block": one.written} if one.written else {},
        )
