"""Filters of an event source mapping that are no patterns."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.eventbridge._patterns import scalar_paths
from tercet.preflight.rules.lambda_._examples import function
from tercet.preflight.values import is_known


def _mapping(pattern: str) -> str:
    return (
        function()
        + f"""
resource "aws_lambda_event_source_mapping" "payments" {{
  event_source_arn = "arn:aws:sqs:us-east-1:123456789012:payments-dev"
  function_name    = aws_lambda_function.payments.arn

  filter_criteria {{
    filter {{
      pattern = jsonencode({{ body = {{ kind = {pattern} }} }})
    }}
  }}
}}
"""
    )


RULE = Rule(
    id="lambda-filter-pattern",
    title="A filter of an event source mapping that is no pattern",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A filter is a JSON object, and each of its leaves is a list of what may be matched, as in an event pattern. "
        "Lambda refuses the mapping otherwise."
    ),
    aws_error="InvalidParameterValueException: Invalid filter pattern definition.",
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html",),
    resources=("aws_lambda_event_source_mapping",),
    failing=_mapping('"order"'),
    passing=_mapping('["order"]'),
)


@RULE.check
def check(mapping: Resource, _context: Context) -> Iterator[Problem]:
    """Look at each pattern."""
    for criteria in mapping.blocks("filter_criteria"):
        for one in criteria.blocks("filter"):
            if not one.has("pattern"):
                continue
            pattern = one.document("pattern")
            if pattern is None or (is_known(pattern) and not isinstance(pattern, dict)):
                yield Problem(
                    one,
                    "pattern",
                    f"{one.named('pattern')} is {one.shown('pattern')}, which is no JSON object.",
                    fix='Write jsonencode({ body = { … = ["…"] } }).',
                )
                continue
            for path, value in scalar_paths(pattern)[:5]:
                yield Problem(
                    one,
                    "pattern",
                    f"{path} in {one.named('pattern')} is {value}, which is no list.",
                    fix=f"Put it into a list: [{value}].",
                    also={"path": path},
                )
