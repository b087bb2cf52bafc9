"""An origin whose domain name or path CloudFront does not take."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.cloudfront._example import distribution
from tercet.preflight.values import Reference, Template, Value

RULE = Rule(
    id="cloudfront-origin-address",
    title="Origin whose domain name or path is not one",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "An origin's domain name is a name alone, without a scheme, port or path; its path begins with a slash and "
        "does not end with one. A bucket's website endpoint is a web server like any other: it takes a "
        "custom_origin_config, and neither origin access control nor s3_origin_config."
    ),
    aws_error="InvalidArgument: The parameter origin name cannot contain a colon.",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html",
        "https://github.com/aws/aws-cdk/issues/25110",
        "https://github.com/hashicorp/terraform-provider-aws/issues/33214",
    ),
    resources=("aws_cloudfront_distribution",),
    failing=distribution().replace('"origin.acme-pay.com"', '"https://origin.acme-pay.com"'),
    passing=distribution(),
)

_WEBSITE: Final = re.compile(r"\.s3-website[-.][\w-]+\.amazonaws\.com(\.cn)?$")
_URL_ATTRIBUTES: Final = {
    "aws_apigatewayv2_api": ("api_endpoint",),
    "aws_apigatewayv2_stage": ("invoke_url",),
    "aws_api_gateway_deployment": ("invoke_url",),
    "aws_api_gateway_stage": ("invoke_url",),
    "aws_lambda_function_url": ("function_url",),
}
"""Attributes that are whole URLs, with https:// before the name."""
_NO_BUCKET: Final = "InvalidArgument: The parameter Origin DomainName does not refer to a valid S3 bucket."


@RULE.check
def check(distribution: Resource, _: Context) -> Iterator[Problem]:
    """Look at each origin."""
    for origin in distribution.blocks("origin"):
        value = origin.value("domain_name")
        custom = origin.has("custom_origin_config")
        if (reason := _no_name(distribution, value)) is not None:
            yield Problem(
                origin,
                "domain_name",
                f"domain_name {reason}, and has to be a domain name alone: CloudFront refuses the distribution.",
                fix='Leave the scheme, port and path out; split("/", URL)[2] is the name in a URL.',
                aws_error=RULE.aws_error if custom else _NO_BUCKET,
            )
        elif not custom and _is_website(distribution, value):
            yield Problem(
                origin,
                "domain_name",
                f"domain_name is {origin.shown('domain_name')}, the website endpoint of a bucket, and the origin has "
                "no custom_origin_config: CloudFront takes it for a bucket, and finds none.",
                fix="Write bucket_regional_domain_name of the bucket, or a custom_origin_config with http-only.",
                aws_error=_NO_BUCKET,
            )
        yield from _path(origin)


def _no_name(distribution: Resource, value: Value) -> str | None:
    text = value if isinstance(value, str) else value.literal if isinstance(value, Template) else ""
    if "://" in text or "/" in text or ":" in text:
        return f"is {value!r}" if isinstance(value, str) else "holds more than a name"
    if isinstance(value, Reference) and len(value.path) == 1:
        for resource in distribution.graph.find(value.address):
            if value.path[0] in _URL_ATTRIBUTES.get(resource.type, ()):
                return f"is {value}, which is a URL"
    return None


def _is_website(distribution: Resource, value: Value) -> bool:
    if isinstance(value, str):
        return _WEBSITE.search(value) is not None
    if isinstance(value, Reference) and value.path == ("website_endpoint",):
        types = ("aws_s3_bucket", "aws_s3_bucket_website_configuration")
        return any(one.type in types for one in distribution.graph.find(value.address))
    return False


def _path(origin: Block) -> Iterator[Problem]:
    path = origin.value("origin_path")
    if isinstance(path, str) and path and (not path.startswith("/") or path.endswith("/")):
        yield Problem(
            origin,
            "origin_path",
            f"origin_path is {path!r}, and has to begin with a slash and not to end with one: CloudFront refuses the "
            "distribution.",
            fix=f'origin_path = "/{path.strip("/")}"' if path.strip("/") else "Remove origin_path.",
            aws_error="InvalidArgument: The parameter Origin Path is not valid.",
        )
