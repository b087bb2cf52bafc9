"""A text that is longer or shorter than the API takes."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.values._comparing import Given, given, plain, text_of
from tercet.preflight.values import Template, shown

RULE = Rule(
    id="value-length",
    title="Text longer or shorter than the AWS API takes",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Names, descriptions and other texts have a least and a greatest length, which differs between services. "
        "A name made of parts (project, component, environment) grows beyond it unnoticed; where parts are known only "
        "after apply, the others may be too long already. The lengths are read from the service model in the "
        "installed botocore. JSON documents, which the provider writes anew, are not measured."
    ),
    aws_error=(
        "1 validation error detected: Value '<value>' at '<member>' failed to satisfy constraint: Member must have "
        "length less than or equal to <bound>"
    ),
    confirmed=True,
    sources=("https://github.com/boto/botocore/tree/develop/botocore/data",),
    failing="""
resource "aws_sfn_activity" "review" {
  name = "payments-processing-platform-manual-review-of-suspicious-card-not-present-payments-dev"
}
""",
    passing="""
resource "aws_sfn_activity" "review" {
  name = "payments-manual-review-dev"
}
""",
)


@RULE.check
def check(graph: Graph, context: Context) -> Iterator[Problem]:  # noqa: ARG001
    """Measure every text of which enough is known."""
    for one in given(graph):
        if one.shape.kind != "string" or (one.shape.least is None and one.shape.most is None):
            continue
        least, most = one.shape.least or 0, one.shape.most
        if isinstance(one.value, Template):
            if most is not None and len(one.value.literal) > most:
                yield _problem(
                    one, f"has {len(one.value.literal)} characters without its unknown parts", too_short=False
                )
        elif (text := text_of(one.value)) is not None:
            if len(text) < least:
                yield _problem(one, f"has {len(text)} characters", too_short=True)
            elif most is not None and len(text) > most:
                yield _problem(one, f"has {len(text)} characters", too_short=False)


def _problem(one: Given, how: str, *, too_short: bool) -> Problem:
    name = one.block.named(one.argument)
    bound = plain((one.shape.least if too_short else one.shape.most) or 0)
    side, than = ("at least", "greater") if too_short else ("at most", "less")
    return Problem(
        one.block,
        one.argument,
        f"{name} {how}, and the API takes {side} {bound} ({one.member.operation}): the apply stops.",
        fix=f"Write {side} {bound} characters.",
        aws_error=(
            f"1 validation error detected: Value '{shown(one.value, 60)}' at '{one.member.path}' failed to satisfy "
            f"constraint: Member must have length {than} than or equal to {bound}"
        ),
    )
