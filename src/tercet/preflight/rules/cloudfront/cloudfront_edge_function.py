"""A function at the edge that CloudFront does not take."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.cloudfront._example import distribution
from tercet.preflight.values import Reference

_FUNCTION = """
provider "aws" {
  region = "us-east-1"
}

variable "role_arn" {
  type = string
}

resource "aws_lambda_function" "headers" {
  function_name = "payments-headers-dev"
  role          = var.role_arn
  runtime       = "python3.13"
  handler       = "headers.handle"
  s3_bucket     = "acme-payments-artifacts-dev"
  s3_key        = "headers.zip"
  publish       = true
}
"""
_ASSOCIATION = """lambda_function_association {
      event_type = "viewer-response"
      lambda_arn = aws_lambda_function.headers.%s
    }"""

RULE = Rule(
    id="cloudfront-edge-function",
    title="Lambda@Edge function that is unpublished, elsewhere, or has what the edge does not have",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "CloudFront takes a numbered version (`qualified_arn` of a published function) from us-east-1, and none with "
        "environment variables, a VPC, layers, a dead-letter queue or the arm64 architecture."
    ),
    aws_error=(
        "InvalidLambdaFunctionAssociation: The function ARN must reference a specific function version. (The ARN must "
        "end with the version number.)"
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html",
    ),
    resources=("aws_cloudfront_distribution",),
    failing=_FUNCTION + distribution(behavior=_ASSOCIATION % "arn"),
    passing=_FUNCTION + distribution(behavior=_ASSOCIATION % "qualified_arn"),
)


@RULE.check
def check(distribution: Resource, _: Context) -> Iterator[Problem]:
    """Look at each function that a behaviour calls."""
    for kind in ("default_cache_behavior", "ordered_cache_behavior"):
        for behavior in distribution.blocks(kind):
            for association in behavior.blocks("lambda_function_association"):
                yield from _of(association)


def _of(association: Block) -> Iterator[Problem]:
    value = association.value("lambda_arn")
    function = association.target("lambda_arn", "aws_lambda_function")
    if not isinstance(value, Reference) or function is None or function.mode != "managed":
        return
    if value.path == ("arn",) or (value.path == ("qualified_arn",) and not function.flag("publish", False)):
        yield Problem(
            association,
            "lambda_arn",
            f"lambda_arn is {value}, and {function.address} "
            f"{'names no version' if value.path == ('arn',) else 'is not published'}: CloudFront takes numbered "
            "versions alone.",
            fix=f"Set publish = true and lambda_arn = {function.address}.qualified_arn.",
        )
    elif (reason := _not_at_the_edge(function)) is not None:
        yield Problem(
            function,
            reason,
            f"{function.address} has {reason} and {association.owner.address} calls it at the edge, where that does "
            "not exist: CloudFront refuses it.",
            fix=f"Remove {reason}.",
            aws_error="InvalidLambdaFunctionAssociation: The function cannot be used at the edge.",
        )
    elif (region := function.known_region()) != "us-east-1":
        yield Problem(
            association,
            "lambda_arn",
            f"{function.address} is in {region}: CloudFront takes functions from us-east-1 alone.",
            fix="Create the function through a provider for us-east-1.",
            aws_error="InvalidLambdaFunctionAssociation: The function must be in us-east-1.",
            also={"region": region},
        )


def _not_at_the_edge(function: Resource) -> str | None:
    for block in ("environment", "vpc_config", "dead_letter_config"):
        if function.blocks(block):
            return block
    if function.items("layers"):
        return "layers"
    return "architectures" if "arm64" in function.items("architectures") else None
