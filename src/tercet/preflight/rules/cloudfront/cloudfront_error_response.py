"""An error's response of which half is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.cloudfront._example import distribution

_BLOCK: Final = "custom_error_response {\n    error_code    = 404\n    response_code = 200\n%s  }"

RULE = Rule(
    id="cloudfront-error-response",
    title="Custom error response with a code and no page, or a page and no code",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Instead of an error CloudFront answers a page of the origin under another status code: both have to be said, "
        "or neither, where only the caching of the error is meant."
    ),
    aws_error=(
        "InvalidArgument: Your request must specify both ResponsePagePath and ResponseCode together or none of them."
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CustomErrorResponse.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/32431",
    ),
    resources=("aws_cloudfront_distribution",),
    failing=distribution(top=_BLOCK % ""),
    passing=distribution(top=_BLOCK % '    response_page_path = "/index.html"\n'),
)

_PAIR: Final = ("response_page_path", "response_code")


@RULE.check
def check(distribution: Resource, _: Context) -> Iterator[Problem]:
    """Compare the two in each response; what is not known counts as given."""
    for response in distribution.blocks("custom_error_response"):
        given = [name for name in _PAIR if response.value(name) not in (None, "", 0, "0")]
        if len(given) == 1:
            missing = _PAIR[1 - _PAIR.index(given[0])]
            yield Problem(
                response,
                missing,
                f"The response to error {response.shown('error_code')} has {given[0]} and no {missing}: CloudFront "
                "refuses the distribution.",
                fix=f"Add {missing}, or remove {given[0]}.",
            )
