"""Records that exist already or exclude one another, signing keys, and query logs."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, verdict

ZONE = 'resource "aws_route53_zone" "acme" {\n  name = "acme-pay.com"\n}\n'
CERTIFICATE = """
resource "aws_acm_certificate" "acme" {
  domain_name               = "acme-pay.com"
  subject_alternative_names = ["NAME"]
  validation_method         = "DNS"
}
"""


def record(name: str, kind: str, body: str) -> str:
    """Write a record of the zone."""
    return (
        f'resource "aws_route53_record" "{name}" {{\n  zone_id = aws_route53_zone.acme.zone_id\n'
        '  name = "acme-pay.com"\n'
        f'  type = "{kind}"\n  ttl = 60\n  {body}\n}}\n'
    )


def told_apart(name: str, policy: str) -> str:
    """Write a record with a routing policy."""
    return record(name, "A", f'records = ["203.0.113.7"]\n  set_identifier = "{name}"\n  {policy}')


WEIGHTED = "weighted_routing_policy {\n    weight = 1\n  }"
NEAR = 'latency_routing_policy {\n    region = "eu-west-1"\n  }'
PRIMARY = 'failover_routing_policy {\n    type = "PRIMARY"\n  }'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ZONE + record("a", "NS", 'records = ["ns.acme-pay.net"]'), FOUND),
        (ZONE + record("a", "NS", 'records = ["ns.acme-pay.net"]\n  allow_overwrite = true'), SILENT),
        (
            ZONE
            + record("a", "NS", 'records = ["ns.acme-pay.net"]').replace('= "acme-pay.com"\n  type', '= "eu"\n  type'),
            SILENT,
        ),
        (ZONE.replace("resource", "data") + record("a", "NS", "records = []").replace("= aws_", "= data.aws_"), SILENT),
        (ZONE + told_apart("a", WEIGHTED) + told_apart("b", WEIGHTED), SILENT),
        (ZONE + told_apart("a", WEIGHTED) + told_apart("b", NEAR), FOUND),
        (ZONE + told_apart("a", PRIMARY) + told_apart("b", PRIMARY.replace("PRIMARY", "SECONDARY")), SILENT),
        (ZONE + told_apart("a", PRIMARY) + told_apart("b", PRIMARY), FOUND),
    ],
)
def test_records(text: str, expected: str):
    assert verdict("route53-record-duplicate", text) == expected


def validation(for_each: str, more: str = "") -> str:
    """Write the records that validate the certificate."""
    return (
        f'resource "aws_route53_record" "validation" {{\n  for_each = {for_each}\n  zone_id = "Z1"\n  {more}\n'
        "  name = each.value.resource_record_name\n  type = each.value.resource_record_type\n"
        "  records = [each.value.resource_record_value]\n  ttl = 60\n}\n"
    )


NAMES = "aws_acm_certificate.acme.domain_validation_options"
EACH = f"{{ for one in {NAMES} : one.domain_name => one }}"


@pytest.mark.parametrize(
    ("name", "records", "expected"),
    [
        ("*.acme-pay.com", validation(EACH), FOUND),
        ("*.acme-pay.com", validation(EACH, "allow_overwrite = true"), SILENT),
        ("www.acme-pay.com", validation(EACH), SILENT),
        ("*.eu.acme-pay.com", validation(EACH), SILENT),
        (
            "*.acme-pay.com",
            validation(EACH.replace("=> one }", '=> one if !startswith(one.domain_name, "*.") }')),
            SILENT,
        ),
        (
            "*.acme-pay.com",
            validation(f'{{ for one in {NAMES} : trimprefix(one.domain_name, "*.") => one... }}'),
            SILENT,
        ),
        ("*.acme-pay.com", f"locals {{\n  each = {EACH}\n}}\n" + validation("local.each"), FOUND),
    ],
)
def test_validation_records(name: str, records: str, expected: str):
    assert verdict("acm-validation-record-twice", CERTIFICATE.replace("NAME", name) + records) == expected


def signing(region: str, key: str, dnssec: str = "") -> str:
    """Write a zone that is signed."""
    return (
        f'provider "aws" {{\n  region = "{region}"\n}}\n{ZONE}resource "aws_kms_key" "key" {{\n  {key}\n}}\n'
        'resource "aws_route53_key_signing_key" "key" {\n  hosted_zone_id = aws_route53_zone.acme.id\n'
        f'  key_management_service_arn = aws_kms_key.key.arn\n  name = "key"\n}}\n{dnssec}'
    )


RIGHT = 'customer_master_key_spec = "ECC_NIST_P256"\n  key_usage = "SIGN_VERIFY"'
SWITCHED_ON = 'resource "aws_route53_hosted_zone_dnssec" "acme" {\n  hosted_zone_id = aws_route53_zone.acme.id\n}\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (signing("us-east-1", RIGHT), SILENT),
        (signing("us-east-1", RIGHT, SWITCHED_ON), SILENT),
        (signing("eu-west-1", RIGHT), FOUND),
        (signing("us-east-1", 'description = "symmetric"'), FOUND),
        (signing("us-east-1", 'customer_master_key_spec = "ECC_NIST_P256"'), FOUND),
        (ZONE + SWITCHED_ON, FOUND),
        (ZONE + SWITCHED_ON.replace("\n}", '\n  signing_status = "NOT_SIGNING"\n}'), SILENT),
        (SWITCHED_ON.replace("aws_route53_zone.acme.id", '"Z1"'), SILENT),
    ],
)
def test_signing(text: str, expected: str):
    assert verdict("route53-dnssec-key", text) == expected


@pytest.mark.parametrize(
    ("region", "zone", "expected"),
    [
        ("us-east-1", ZONE, SILENT),
        ("eu-west-1", ZONE, FOUND),
        ("us-east-1", ZONE.replace("\n}", '\n  vpc {\n    vpc_id = "vpc-1"\n  }\n}'), FOUND),
    ],
)
def test_query_logs(region: str, zone: str, expected: str):
    text = (
        f'provider "aws" {{\n  region = "{region}"\n}}\n{zone}'
        'resource "aws_cloudwatch_log_group" "queries" {\n  name = "queries"\n}\n'
        'resource "aws_route53_query_log" "acme" {\n  zone_id = aws_route53_zone.acme.zone_id\n'
        "  cloudwatch_log_group_arn = aws_cloudwatch_log_group.queries.arn\n}\n"
    )
    assert verdict("route53-query-log", text) == expected


@pytest.mark.parametrize(("names", "expected"), [("var.names", FOUND), ('"www.acme.test"', FOUND)])
def test_names_of_a_certificate_may_be_unknown(names: str, expected: str):
    text = (
        'variable "names" {}\n'
        + CERTIFICATE.replace('["NAME"]', names).replace("acme-pay.com", "acme.test")
        + 'resource "aws_acm_certificate_validation" "acme" {\n'
        "  certificate_arn = aws_acm_certificate.acme.arn\n}\n"
    )
    assert verdict("route53-undelegated-zone-acm", text) == expected
