"""A function without code, or with code from several places."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.lambda_._examples import function
from tercet.preflight.values import is_known

_PLACES: Final = ("filename", "image_uri", "s3_bucket")

RULE = Rule(
    id="lambda-code-source",
    title="A function without code, or with code from several places",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "The code of a function comes from exactly one place: a local package (filename), a bucket (s3_bucket with "
        "s3_key), or an image (image_uri). The provider refuses none and several, before anything is planned."
    ),
    aws_error="Error: Invalid combination of arguments: only one of `filename,image_uri,s3_bucket` can be specified",
    confirmed=True,
    sources=("https://docs.aws.amazon.com/lambda/latest/api/API_FunctionCode.html",),
    resources=("aws_lambda_function",),
    failing="""
resource "aws_lambda_function" "payments" {
  function_name = "payments-dev"
  role          = "arn:aws:iam::123456789012:role/payments-dev"
  handler       = "app.handler"
  runtime       = "python3.13"
}
""",
    passing=function(),
)


@RULE.check
def check(function: Resource, _context: Context) -> Iterator[Problem]:
    """Count the places."""
    if not any(function.has(place) for place in _PLACES):
        yield Problem(
            function,
            "filename",
            "None of filename, s3_bucket and image_uri is given: the function has no code.",
            fix="Give filename, or s3_bucket with s3_key, or image_uri.",
            aws_error=(
                "Error: Invalid combination of arguments: one of `filename,image_uri,s3_bucket` must be specified"
            ),
        )
    given = [place for place in _PLACES if function.has(place) and is_known(function.value(place))]
    if len(given) > 1:
        shown = " and ".join(f"{place} is {function.shown(place)}" for place in given)
        yield Problem(function, given[1], f"{shown}: a function has one place for its code.", fix=f"Keep {given[0]}.")
    if function.has("s3_bucket") and not function.has("s3_key"):
        yield Problem(
            function,
            "s3_key",
            f"s3_bucket is {function.shown('s3_bucket')} and s3_key is missing.",
            fix="Give s3_key.",
            aws_error='Error: Missing required argument: "s3_bucket": all of `s3_bucket,s3_key` must be specified',
        )
