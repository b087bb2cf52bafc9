"""A value that is none of those that the API knows."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.knowledge.shapes import is_behind
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.values._comparing import Given, given, text_of
from tercet.preflight.values import shown

RULE = Rule(
    id="value-not-in-enum",
    title="Value that is none of those the AWS API knows",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "The argument becomes a member of an API operation that takes certain values only, in upper and lower case as "
        "they are written. The provider knows most of these lists too and then stops at validate or plan; else the API "
        "refuses the call, when other resources may have been made. The values are read from the service model in the "
        "installed botocore. Lists that grow with AWS's offer (runtimes, instance types, engine versions, Regions) are "
        "not compared, because the newest member may be younger than botocore. Where botocore itself is old, only what "
        "resembles a known value is reported."
    ),
    aws_error=(
        "1 validation error detected: Value '<value>' at '<member>' failed to satisfy constraint: Member must satisfy "
        "enum value set: [<values>]"
    ),
    confirmed=True,
    sources=(
        "https://github.com/boto/botocore/tree/develop/botocore/data",
        "https://docs.aws.amazon.com/step-functions/latest/apireference/CommonErrors.html",
    ),
    failing="""
resource "aws_cloudwatch_log_group" "payments" {
  name              = "/payments/processor-dev"
  log_group_class   = "Standard"
  retention_in_days = 30
}
""",
    passing="""
resource "aws_cloudwatch_log_group" "payments" {
  name              = "/payments/processor-dev"
  log_group_class   = "STANDARD"
  retention_in_days = 30
}
""",
)

_SHOWN = 8
"""Members of a list that a message names."""

_GUESSES = 500
"""How often a check guesses what was meant: comparing takes time, and a hostile input holds very many wrong values."""


@RULE.check
def check(graph: Graph, context: Context) -> Iterator[Problem]:
    """Compare every known value of an enumerated argument."""
    behind = is_behind(context.as_of)
    guesses = _GUESSES
    for one in given(graph):
        if not one.shape.enum or (text := text_of(one.value)) is None or text in one.shape.enum:
            continue
        same = next((member for member in one.shape.enum if member.casefold() == text.casefold()), None)
        near = same or (_nearest(text, one.shape.enum) if guesses > 0 else None)
        guesses -= 1
        if not (same and one.shape.case_ignored) and not (behind and not near):
            yield _problem(one, text, same, near)


def _nearest(text: str, enum: tuple[str, ...]) -> str | None:
    return next(iter(get_close_matches(text[:100], enum, n=1, cutoff=0.6)), None)


def _problem(one: Given, text: str, same: str | None, near: str | None) -> Problem:
    values = ", ".join(one.shape.enum[:_SHOWN]) + (", …" if len(one.shape.enum) > _SHOWN else "")
    name = one.block.named(one.argument)
    what = f"the API writes it {same}" if same else f"the API takes {values} only"
    return Problem(
        one.block,
        one.argument,
        f"{name} is {shown(text)}; {what} ({one.member.operation}): the apply stops.",
        fix=f"Write {near}." if near else f"Write one of {values}.",
        aws_error=(
            f"1 validation error detected: Value '{shown(text)}' at '{one.member.path}' failed to satisfy constraint: "
            f"Member must satisfy enum value set: [{', '.join(one.shape.enum)[:400]}]"
        ),
    )
