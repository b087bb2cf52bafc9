"""A function at the edge that CloudFront does not take."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Change, Context, Problem, Rule
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
            yield from _together(behavior)


def _together(behavior: Block) -> Iterator[Problem]:
    """Look for CloudFront functions at the origin's events, or beside Lambda@Edge at the viewer's."""
    at_edge = {one.value("event_type") for one in behavior.blocks("lambda_function_association")}
    for association in behavior.blocks("function_association"):
        event = association.value("event_type")
        if isinstance(event, str) and event.startswith("origin-"):
            yield Problem(
                association,
                "event_type",
                f"event_type is {event}, and CloudFront Functions are called at viewer-request and viewer-response: "
                "Terraform stops before it plans.",
                fix="Write viewer-request or viewer-response, or use Lambda@Edge.",
                aws_error=f'expected event_type to be one of ["viewer-request" "viewer-response"], got {event}',
            )
        elif isinstance(event, str) and any(isinstance(one, str) and one.startswith("viewer-") for one in at_edge):
            yield Problem(
                association,
                "event_type",
                f"{behavior.path} calls a CloudFront function at {event} and Lambda@Edge at a viewer's event too: "
                "CloudFront takes one of the two kinds for the viewer's events.",
                fix="Do both in one kind of function, or move Lambda@Edge to the origin's events.",
                aws_error="InvalidFunctionAssociation: the viewer events have functions of two kinds.",
            )


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
    elif (too_large := _too_large(association, function)) is not None:
        yield too_large
    elif (region := function.known_region()) != "us-east-1":
        yield Problem(
            association,
            "lambda_arn",
            f"{function.address} is in {region}: CloudFront takes functions from us-east-1 alone.",
            fix="Create the function through a provider for us-east-1.",
            aws_error="InvalidLambdaFunctionAssociation: The function must be in us-east-1.",
            also={"region": region},
        )


def _too_large(association: Block, function: Resource) -> Problem | None:
    """Compare a function with what there is of time and memory at the viewer's events and at the origin's."""
    event = association.value("event_type")
    if not isinstance(event, str):
        return None
    viewer = event.startswith("viewer-")
    limits = [("timeout", 3, 5), ("memory_size", 128, 128)] if viewer else [("timeout", 3, 30)]
    for argument, default, limit in limits:
        value = function.number(argument, default)
        if value is not None and value > limit:
            what = "timeout" if argument == "timeout" else "memory size"
            return Problem(
                function,
                argument,
                f"{argument} of {function.address} is {value}, and {association.owner.address} calls it at {event}, "
                f"where at most {limit} is allowed: CloudFront refuses it.",
                fix=f"{argument} = {limit}",
                change=Change(function, argument, limit),
                aws_error=(
                    f"InvalidLambdaFunctionAssociation: The function {what} is larger than the maximum allowed value "
                    f"for functions that are triggered by a CloudFront event: {value} Max allowed: {limit}"
                ),
            )
    return None


def _not_at_the_edge(function: Resource) -> str | None:
    for block in ("environment", "vpc_config", "dead_letter_config"):
        if function.blocks(block):
            return block
    if function.items("layers"):
        return "layers"
    return "architectures" if "arm64" in function.items("architectures") else None
