"""A key that Route 53 cannot sign a zone with, and signing without a key."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph, Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule

_EXAMPLE = """
provider "aws" {
  region = "us-east-1"
}

data "aws_route53_zone" "acme" {
  name = "acme-pay.com"
}

resource "aws_kms_key" "signing" {
  description              = "DNSSEC"
  customer_master_key_spec = "%s"
  key_usage                = "SIGN_VERIFY"
  deletion_window_in_days  = 7

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "kms:*"
        Resource  = "*"
        Principal = { AWS = "arn:aws:iam::123456789012:root" }
      },
      {
        Effect    = "Allow"
        Action    = ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign", "kms:CreateGrant"]
        Resource  = "*"
        Principal = { Service = "dnssec-route53.amazonaws.com" }
        Condition = { StringEquals = { "aws:SourceAccount" = "123456789012" } }
      },
    ]
  })
}

resource "aws_route53_key_signing_key" "acme" {
  hosted_zone_id             = data.aws_route53_zone.acme.zone_id
  key_management_service_arn = aws_kms_key.signing.arn
  name                       = "acme"
}
"""

RULE = Rule(
    id="route53-dnssec-key",
    title="DNSSEC with a key of the wrong kind or region, or without one",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Route 53 signs with an asymmetric KMS key of us-east-1 with the specification ECC_NIST_P256 and the usage "
        "SIGN_VERIFY, wherever the rest stands. Signing can be switched on once the zone has such a key, so that the "
        "resource that switches it on has to wait for it."
    ),
    aws_error="InvalidKMSArn: The KMS key cannot be used for DNSSEC signing",
    sources=(
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-configuring-dnssec-cmk-requirements.html",
        "https://github.com/hashicorp/terraform-provider-aws/pull/19746",
    ),
    failing=_EXAMPLE % "RSA_2048",
    passing=_EXAMPLE % "ECC_NIST_P256",
)


@RULE.check
def check(graph: Graph, _: Context) -> Iterator[Problem]:
    """Look at the key of each key-signing key, and at what switches signing on."""
    signing = graph.of_type("aws_route53_key_signing_key")
    for one in graph.of_type("aws_route53_hosted_zone_dnssec"):
        yield from _without_key(one, signing)
    unknown: Undecidable | None = None
    for one in signing:
        key = one.target("key_management_service_arn", "aws_kms_key")
        if key is None or key.mode != "managed":
            continue
        try:
            yield from _wrong_key(one, key)
        except Undecidable as error:
            unknown = error
    if unknown is not None:
        raise unknown


def _wrong_key(signing: Resource, key: Resource) -> Iterator[Problem]:
    for argument, default, wanted in (
        ("customer_master_key_spec", "SYMMETRIC_DEFAULT", "ECC_NIST_P256"),
        ("key_usage", "ENCRYPT_DECRYPT", "SIGN_VERIFY"),
    ):
        if (value := key.text(argument, default)) != wanted:
            yield Problem(
                key,
                argument,
                f"{signing.address} is to sign with {key.address}, whose {argument} is {value}: Route 53 takes "
                f"{wanted} alone.",
                fix=f'{argument} = "{wanted}"',
            )
            return
    if (region := key.known_region()) != "us-east-1":
        yield Problem(
            signing,
            "key_management_service_arn",
            f"{key.address} is in {region}: Route 53 takes keys of us-east-1 alone.",
            fix="Create the key through a provider for us-east-1.",
            also={"region": region},
        )


def _without_key(dnssec: Resource, signing: list[Resource]) -> Iterator[Problem]:
    zone = dnssec.target("hosted_zone_id", "aws_route53_zone")
    if zone is None or zone.mode != "managed" or dnssec.text("signing_status", "SIGNING") != "SIGNING":
        return
    if dnssec.target("hosted_zone_id", "aws_route53_key_signing_key") is not None or zone.is_passed_out():
        return
    if any(one.target("hosted_zone_id", "aws_route53_zone") in (zone, None) for one in signing):
        return
    yield Problem(
        dnssec,
        "hosted_zone_id",
        f"Signing of {zone.address}, which is new, is switched on, and no aws_route53_key_signing_key gives it a key.",
        fix="Add an aws_route53_key_signing_key of the zone, and write its hosted_zone_id here.",
        aws_error=(
            "KeySigningKeyWithActiveStatusNotFound: Hosted zone does not have a Key Signing Key in ACTIVE status."
        ),
    )
