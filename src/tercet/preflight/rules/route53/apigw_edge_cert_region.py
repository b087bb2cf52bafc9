"""A certificate in another region than the endpoint that it is for."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.route53._certificates import region_of

RULE = Rule(
    id="apigw-edge-cert-region",
    title="API domain name with a certificate of another region",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "An edge-optimized domain name is served by CloudFront, which takes certificates from us-east-1 alone; a "
        "regional one takes certificates of its own region alone."
    ),
    aws_error="BadRequestException: Invalid certificate ARN: <arn>. Certificate must be in '<region>'.",
    sources=(
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-edge-optimized-custom-domain-name.html",
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-regional-api-custom-domain-create.html",
    ),
    resources=("aws_api_gateway_domain_name", "aws_apigatewayv2_domain_name"),
    failing="""
provider "aws" {
  region = "eu-west-1"
}

data "aws_acm_certificate" "api" {
  domain = "api.acme-pay.com"
}

resource "aws_api_gateway_domain_name" "api" {
  domain_name     = "api.acme-pay.com"
  certificate_arn = data.aws_acm_certificate.api.arn
  security_policy = "TLS_1_2"

  endpoint_configuration {
    types = ["EDGE"]
  }
}
""",
    passing="""
provider "aws" {
  region = "eu-west-1"
}

data "aws_acm_certificate" "api" {
  domain = "api.acme-pay.com"
}

resource "aws_api_gateway_domain_name" "api" {
  domain_name              = "api.acme-pay.com"
  regional_certificate_arn = data.aws_acm_certificate.api.arn
  security_policy          = "TLS_1_2"

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}
""",
)


@RULE.check
def check(domain: Resource, _: Context) -> Iterator[Problem]:
    """Compare the region of each certificate with the one that its endpoint needs."""
    if domain.type == "aws_apigatewayv2_domain_name":
        for place in domain.blocks("domain_name_configuration"):
            yield from _compared(place, "certificate_arn", domain.known_region(), "REGIONAL")
        return
    types = [kind for block in domain.blocks("endpoint_configuration") for kind in block.texts("types")] or ["EDGE"]
    if "PRIVATE" in types:
        return
    if domain.has("certificate_arn"):
        yield from _compared(domain, "certificate_arn", "us-east-1", types[0])
    if domain.has("regional_certificate_arn"):
        yield from _compared(domain, "regional_certificate_arn", domain.known_region(), types[0])


def _compared(place: Block, argument: str, wanted: str, kind: str) -> Iterator[Problem]:
    if not place.has(argument):
        return
    try:
        region = region_of(place, argument)
    except Undecidable:
        if not isinstance(place.value(argument), str):
            raise
        return  # an IAM server certificate, or no ARN at all
    if region != wanted:
        yield Problem(
            place,
            argument,
            f"the endpoint is {kind} and needs a certificate of {wanted}; {place.shown(argument)} is in {region}: the "
            "apply stops.",
            fix=f"Request the certificate through a provider for {wanted}.",
            also={"region": region},
        )
