"""A number beyond what the API takes, or a list with more items than it takes."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.values._comparing import Given, given, number_of, plain
from tercet.preflight.values import Reference, Unknown, Value, is_known

RULE = Rule(
    id="value-out-of-range",
    title="Number, or number of items, outside the AWS API's range",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "The argument becomes a member of an API operation with a least and a greatest value. The provider knows many "
        "of these bounds and stops at validate or plan; else the API refuses the call, when other resources may be "
        "there already. The bounds are read from the service model in the installed botocore. A zero in an optional "
        "argument mostly means that it is not set, and is not reported."
    ),
    aws_error=(
        "1 validation error detected: Value '<value>' at '<member>' failed to satisfy constraint: Member must have "
        "value less than or equal to <bound>"
    ),
    confirmed=True,
    sources=("https://github.com/boto/botocore/tree/develop/botocore/data",),
    failing="""
resource "aws_lambda_function_event_invoke_config" "payments" {
  function_name          = "payments-dev"
  maximum_retry_attempts = 5
}
""",
    passing="""
resource "aws_lambda_function_event_invoke_config" "payments" {
  function_name          = "payments-dev"
  maximum_retry_attempts = 2
}
""",
)


@RULE.check
def check(graph: Graph, context: Context) -> Iterator[Problem]:  # noqa: ARG001
    """Compare every known number, and the length of every list."""
    for one in given(graph):
        if one.shape.least is None and one.shape.most is None:
            continue
        if one.shape.kind == "number":
            yield from _number(one)
        elif one.shape.kind == "list" and isinstance(one.value, list):
            yield from _list(one, one.value)


def _number(one: Given) -> Iterator[Problem]:
    number = number_of(one.value)
    if number is None or (number == 0 and not one.required):
        return
    least, most = one.shape.least, one.shape.most
    if (least is not None and number < least) or (most is not None and number > most):
        name = one.block.named(one.argument)
        yield Problem(
            one.block,
            one.argument,
            f"{name} is {plain(number)}, and the API takes {_range(one)} ({one.member.operation}): the apply stops.",
            fix=f"Write a number {_range(one)}.",
            aws_error=_error(one, plain(number), "value", too_small=least is not None and number < least),
        )


def _list(one: Given, items: list[Value]) -> Iterator[Problem]:
    number = _items(items) if one.is_set else len(items)
    most = one.shape.most
    if most is not None and number > most:
        name = one.block.named(one.argument)
        yield Problem(
            one.block,
            one.argument,
            f"{name} has {number} items, and the API takes {plain(most)} at most ({one.member.operation}): "
            "the apply stops.",
            fix=f"Leave {plain(most)} of them.",
            aws_error=_error(one, f"[{number} items]", "length", too_small=False),
        )


def _items(items: list[Value]) -> int:
    """Count the items that a set certainly holds: two that are not known may be one."""
    known = {repr(item) for item in items if is_known(item)}
    unknown = any(isinstance(item, Reference | Unknown) for item in items)
    return len(known) or int(unknown)


def _range(one: Given) -> str:
    least, most = one.shape.least, one.shape.most
    if least is None or most is None:
        return f"{plain(most)} at most" if most is not None else f"{plain(least or 0)} at least"
    return f"from {plain(least)} to {plain(most)}"


def _error(one: Given, value: str, what: str, *, too_small: bool) -> str:
    bound, side = (one.shape.least, "greater") if too_small else (one.shape.most, "less")
    return (
        f"1 validation error detected: Value '{value}' at '{one.member.path}' failed to satisfy constraint: "
        f"Member must have {what} {side} than or equal to {plain(bound or 0)}"
    )
