"""Origins, error pages, countries and functions of a distribution, as CloudFront takes them and as it does not."""

from __future__ import annotations

import pytest

from tercet.preflight.rules.cloudfront._example import distribution
from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, verdict

BUCKET = 'resource "aws_s3_bucket" "site" {\n  bucket = "site-dev"\n}\n'
SITE = 'resource "aws_s3_bucket_website_configuration" "site" {\n  bucket = "site-dev"\n}\n'
API = 'resource "aws_apigatewayv2_api" "api" {\n  name          = "api"\n  protocol_type = "HTTP"\n}\n'
OWN = "custom_origin_config {"
FUNCTION = """
provider "aws" {
  region = "us-east-1"
}

resource "aws_lambda_function" "edge" {
  function_name = "edge"
  role          = "arn:aws:iam::123456789012:role/edge"
  handler       = "index.handler"
  runtime       = "nodejs22.x"
  filename      = "edge.zip"
  publish       = true
  ARGUMENT
}
"""


def origin(name: str, *, custom: bool = True, path: str | None = None) -> str:
    """Write a distribution with an origin of that name."""
    text = distribution().replace('"origin.acme-pay.com"', name + (f"\n    origin_path = {path}" if path else ""))
    if custom:
        return text
    start = text.index(OWN)
    return text[:start] + text[text.index("}", start) + 1 :]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (origin('"origin.acme-pay.com"'), SILENT),
        (origin('"https://origin.acme-pay.com"'), FOUND),
        (origin('"origin.acme-pay.com:8443"'), FOUND),
        (origin('"origin.acme-pay.com/live"'), FOUND),
        (API + origin("aws_apigatewayv2_api.api.api_endpoint"), FOUND),
        (API + origin('replace(aws_apigatewayv2_api.api.api_endpoint, "https://", "")'), SILENT),
        (API + origin('"${aws_apigatewayv2_api.api.id}.execute-api.eu-west-1.amazonaws.com"'), SILENT),
        (SITE + origin("aws_s3_bucket_website_configuration.site.website_endpoint", custom=False), FOUND),
        (SITE + origin("aws_s3_bucket_website_configuration.site.website_endpoint"), SILENT),
        (BUCKET + origin("aws_s3_bucket.site.bucket_regional_domain_name", custom=False), SILENT),
        (origin('"site-dev.s3-website-eu-west-1.amazonaws.com"', custom=False), FOUND),
        (origin('"site-dev.s3-website.eu-central-1.amazonaws.com"', custom=False), FOUND),
        (origin('"origin.acme-pay.com"', path='"/live"'), SILENT),
        (origin('"origin.acme-pay.com"', path='""'), SILENT),
        (origin('"origin.acme-pay.com"', path='"live"'), FOUND),
        (origin('"origin.acme-pay.com"', path='"/live/"'), FOUND),
        (origin('"origin.acme-pay.com"', path="var.path") + 'variable "path" {}\n', SILENT),
    ],
)
def test_origins(text: str, expected: str):
    assert verdict("cloudfront-origin-address", text) == expected


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("", SILENT),
        ("response_code = 200", FOUND),
        ('response_page_path = "/sorry.html"', FOUND),
        ('response_code = 200\n    response_page_path = "/sorry.html"', SILENT),
        ("response_code = null", SILENT),
    ],
)
def test_error_pages(arguments: str, expected: str):
    block = f"custom_error_response {{\n    error_code = 404\n    {arguments}\n  }}"
    assert verdict("cloudfront-error-response", distribution(top=block)) == expected


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ('restriction_type = "none"', SILENT),
        ('restriction_type = "none"\n      locations = []', SILENT),
        ('restriction_type = "none"\n      locations = ["CH"]', FOUND),
        ('restriction_type = "whitelist"', FOUND),
        ('restriction_type = "whitelist"\n      locations = ["CH"]', SILENT),
        ('restriction_type = "blacklist"\n      locations = var.countries', UNDECIDED),
    ],
)
def test_countries(arguments: str, expected: str):
    text = distribution().replace('restriction_type = "none"', arguments)
    assert verdict("cloudfront-geo-restriction", text + 'variable "countries" {}\n') == expected


@pytest.mark.parametrize(
    ("event", "argument", "expected"),
    [
        ("viewer-request", "timeout = 5", SILENT),
        ("viewer-request", "timeout = 6", FOUND),
        ("viewer-request", "memory_size = 256", FOUND),
        ("origin-request", "timeout = 30", SILENT),
        ("origin-request", "timeout = 31", FOUND),
        ("origin-request", "memory_size = 1024", SILENT),
    ],
)
def test_functions_at_the_edge(event: str, argument: str, expected: str):
    association = (
        f'lambda_function_association {{\n      event_type = "{event}"\n'
        "      lambda_arn = aws_lambda_function.edge.qualified_arn\n    }"
    )
    text = FUNCTION.replace("ARGUMENT", argument) + distribution(behavior=association)
    assert verdict("cloudfront-edge-function", text) == expected


@pytest.mark.parametrize(
    ("at_edge", "light", "expected"),
    [
        ("origin-request", "viewer-request", SILENT),
        ("viewer-response", "viewer-request", FOUND),
        ("origin-request", "origin-response", FOUND),
    ],
)
def test_two_kinds_of_functions(at_edge: str, light: str, expected: str):
    associations = (
        f'lambda_function_association {{\n      event_type = "{at_edge}"\n'
        '      lambda_arn = "arn:aws:lambda:us-east-1:123456789012:function:edge:1"\n    }\n'
        f'    function_association {{\n      event_type = "{light}"\n'
        '      function_arn = "arn:aws:cloudfront::123456789012:function/light"\n    }'
    )
    assert verdict("cloudfront-edge-function", distribution(behavior=associations)) == expected


def test_an_origin_group_is_not_written_to():
    group = (
        'origin_group {\n    origin_id = "both"\n    failover_criteria {\n      status_codes = [500]\n    }\n'
        '    member {\n      origin_id = "api"\n    }\n    member {\n      origin_id = "other"\n    }\n  }'
    )
    methods = '"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"'
    written = distribution(top=group).replace(
        'allowed_methods        = ["GET", "HEAD"]', f"allowed_methods = [{methods}]"
    )
    assert verdict("cloudfront-methods", written) == SILENT
    to_group = 'target_origin_id       = "both"'
    assert verdict("cloudfront-methods", written.replace('target_origin_id       = "api"', to_group)) == FOUND
