"""A record that leads to a function URL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._records import function_url_in, values_of
from tercet.preflight.values import Template, Value

_HOST: Final = re.compile(r"(?:https://)?[a-z0-9]{1,64}\.lambda-url\.[a-z0-9-]{1,32}\.on\.aws[./]?")

RULE = Rule(
    id="route53-cname-function-url",
    title="A CNAME to a function URL",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A function URL answers only under its own name: its certificate holds no other, and there is no custom domain "
        "for it. A CNAME to it resolves, and every client that calls the name fails at TLS. A custom domain of API "
        "Gateway or CloudFront before the function can be called by a name of yours."
    ),
    sources=(
        "https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html",
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-custom-domains.html",
    ),
    resources=("aws_route53_record",),
    failing="""
resource "aws_lambda_function_url" "processor" {
  function_name      = aws_lambda_function.processor.function_name
  authorization_type = "AWS_IAM"
}

resource "aws_route53_record" "api" {
  zone_id = "Z0123456789ABCDEFGHIJ"
  name    = "pay.merchant-payments.net"
  type    = "CNAME"
  ttl     = 60
  records = ["${aws_lambda_function_url.processor.url_id}.lambda-url.us-east-1.on.aws"]
}
"""
    + example.function(role=example.ELSEWHERE),
    passing="""
resource "aws_api_gateway_domain_name" "api" {
  domain_name              = "pay.merchant-payments.net"
  regional_certificate_arn = "arn:aws:acm:us-east-1:111122223333:certificate/0a1b2c3d-1111-2222-3333-444455556666"
  security_policy          = "TLS_1_2"
  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_route53_record" "api" {
  zone_id = "Z0123456789ABCDEFGHIJ"
  name    = aws_api_gateway_domain_name.api.domain_name
  type    = "A"
  alias {
    name                   = aws_api_gateway_domain_name.api.regional_domain_name
    zone_id                = aws_api_gateway_domain_name.api.regional_zone_id
    evaluate_target_health = false
  }
}
""",
)


@RULE.check
def check(record: Resource, _: Context) -> Iterator[Problem]:
    """Look at each value of the record, and at an alias."""
    for value in values_of(record):
        if record.value("type") in ("CNAME", None) and (target := _function_url(record.graph, value)):
            yield _problem(record, record, "records", target)
    for block in record.blocks("alias"):
        if target := _function_url(record.graph, block.value("name")):
            yield Problem(
                block,
                "name",
                f"The alias leads to {target}, and Route 53 has no alias for a function URL; nor does TLS serve "
                "another "
                "name there.",
                fix="Put a custom domain of API Gateway before the function, and an alias to its regional_domain_name.",
            )


def _problem(record: Resource, at: Resource, argument: str, target: str) -> Problem:
    return Problem(
        at,
        argument,
        f"{record.shown('name')} is a CNAME to {target}: a function URL has a certificate for its own name only, so "
        "that "
        "every call of this name fails at TLS.",
        fix="Put a custom domain of API Gateway before the function, and an alias record to its regional_domain_name.",
    )


def _function_url(graph: Graph, value: Value) -> str | None:
    if (url := function_url_in(graph, value)) is not None:
        return url.address
    text = value.literal if isinstance(value, Template) else value
    if not isinstance(text, str):
        return None
    named = _HOST.fullmatch(text) or (".lambda-url." in text and text.rstrip("./").endswith(".on.aws"))
    return text if named else None
