"""A listener with a certificate of another region."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.route53._certificates import region_of

RULE = Rule(
    id="acm-certificate-region",
    title="Load balancer listener with a certificate of another region",
    severity=Severity.APPLY_FAILS,
    rationale="A load balancer finds ACM certificates in its own region alone.",
    aws_error="CertificateNotFound: Certificate '<arn>' not found",
    confirmed=True,
    sources=("https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html",),
    resources=("aws_lb_listener", "aws_alb_listener", "aws_lb_listener_certificate", "aws_alb_listener_certificate"),
    failing="""
provider "aws" {
  region = "eu-west-1"
}

variable "listener_arn" {
  type = string
}

resource "aws_lb_listener_certificate" "api" {
  listener_arn    = var.listener_arn
  certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/1b2c3d4e-0000-4000-8000-5f6a7b8c9d0e"
}
""",
    passing="""
provider "aws" {
  region = "eu-west-1"
}

variable "listener_arn" {
  type = string
}

resource "aws_lb_listener_certificate" "api" {
  listener_arn    = var.listener_arn
  certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1b2c3d4e-0000-4000-8000-5f6a7b8c9d0e"
}
""",
)


@RULE.check
def check(listener: Resource, _: Context) -> Iterator[Problem]:
    """Compare the two regions."""
    if not listener.has("certificate_arn"):
        return
    try:
        region = region_of(listener, "certificate_arn")
    except Undecidable:
        if not isinstance(listener.value("certificate_arn"), str):
            raise
        return  # an IAM server certificate
    if region != (wanted := listener.known_region()):
        yield Problem(
            listener,
            "certificate_arn",
            f"the listener is in {wanted} and {listener.shown('certificate_arn')} is in {region}: the load balancer "
            "does not find it.",
            fix=f"Request the certificate in {wanted}.",
            also={"region": region},
        )
