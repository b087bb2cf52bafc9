"""A text with characters, or of a form, that the API does not take."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.knowledge.patterns import matches
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.values._comparing import Given, given, text_of
from tercet.preflight.values import shown

RULE = Rule(
    id="value-pattern",
    title="Text of a form that the AWS API does not take",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Which characters a name may hold differs from service to service: what one takes, the next refuses. "
        "The regular expressions are read from the service model in the installed botocore. Those that Python reads "
        "otherwise, or that could take long to fail, are not used. Only texts that are known wholly are compared."
    ),
    aws_error=(
        "1 validation error detected: Value '<value>' at '<member>' failed to satisfy constraint: Member must satisfy "
        "regular expression pattern: <pattern>"
    ),
    confirmed=True,
    sources=("https://github.com/boto/botocore/tree/develop/botocore/data",),
    failing="""
resource "aws_backup_vault" "payments" {
  name = "payments/aurora/dev"
}
""",
    passing="""
resource "aws_backup_vault" "payments" {
  name = "payments-aurora-dev"
}
""",
)


@RULE.check
def check(graph: Graph, context: Context) -> Iterator[Problem]:  # noqa: ARG001
    """Compare every known text with its pattern."""
    for one in given(graph):
        pattern = one.shape.pattern
        if not pattern or one.shape.enum or (text := text_of(one.value)) is None:
            continue
        if matches(pattern, text) is False:
            yield _problem(one, text, pattern)


def _problem(one: Given, text: str, pattern: str) -> Problem:
    return Problem(
        one.block,
        one.argument,
        f"{one.block.named(one.argument)} is {shown(text)!r}, which does not match the API's pattern {shown(pattern)} "
        f"({one.member.operation}): the apply stops.",
        fix=f"Write a text that matches {shown(pattern)}.",
        aws_error=(
            f"1 validation error detected: Value '{shown(text)}' at '{one.member.path}' failed to satisfy constraint: "
            f"Member must satisfy regular expression pattern: {shown(pattern, 200)}"
        ),
    )
