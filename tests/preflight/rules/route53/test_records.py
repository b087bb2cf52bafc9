"""Records: apex, duplicates, values, aliases."""

from __future__ import annotations

import pytest

from tests.preflight.checking import check_hcl, found

ZONE = """
resource "aws_route53_zone" "z" {
  name = "acme-pay.io"
}
"""


def record(name: str, label: str = "r", **arguments: str) -> str:
    given = {
        "zone_id": "aws_route53_zone.z.zone_id",
        "name": name,
        "type": '"CNAME"',
        "ttl": "300",
        "records": '["x.acme.net"]',
    }
    lines = "".join(f"  {key} = {value}\n" for key, value in {**given, **arguments}.items() if value)
    return f'resource "aws_route53_record" "{label}" {{\n{lines}}}\n'


@pytest.mark.parametrize("name", ['"acme-pay.io"', '""', '"ACME-PAY.io."', "aws_route53_zone.z.name"])
def test_a_cname_at_the_apex_is_found(name: str):
    assert found(check_hcl(ZONE + record(name)), "route53-cname-apex")


@pytest.mark.parametrize("name", ['"www"', '"www.acme-pay.io"', '"*"', '"www.${aws_route53_zone.z.name}"'])
def test_a_cname_below_the_apex_passes(name: str):
    assert not found(check_hcl(ZONE + record(name)), "route53-cname-apex")


def test_an_apex_is_known_even_where_the_name_is_not():
    zone = 'variable "domain" {\n  type = string\n}\nresource "aws_route53_zone" "z" {\n  name = var.domain\n}\n'
    assert found(check_hcl(zone + record("aws_route53_zone.z.name")), "route53-cname-apex")
    report = check_hcl(zone + record("var.domain"))
    assert not found(report, "route53-cname-apex")
    assert "route53-cname-apex" in {one.rule for one in report.undecided}


def test_the_same_record_twice_is_found_in_any_spelling():
    text = ZONE + record('"api"', "a") + record('"API.acme-pay.io."', "b")
    (finding,) = found(check_hcl(text), "route53-record-duplicate")
    assert finding.address == "aws_route53_record.b"


def test_records_told_apart_by_identifier_pass():
    weighted = {"set_identifier": '"%s"', "weighted_routing_policy": "[]"}
    text = ZONE
    for label in ("blue", "green"):
        body = record('"api"', label, set_identifier=weighted["set_identifier"] % label)
        text += body.rstrip("}\n") + "\n  weighted_routing_policy {\n    weight = 50\n  }\n}\n"
    assert not found(check_hcl(text), "route53-record-duplicate")


def test_a_record_that_may_overwrite_passes():
    text = ZONE + record('"api"', "a") + record('"api"', "b", allow_overwrite="true")
    assert not found(check_hcl(text), "route53-record-duplicate")


def test_the_same_name_in_the_public_and_the_private_zone_passes():
    private = ZONE.replace('"z"', '"p"').replace("}", '  vpc {\n    vpc_id = "vpc-0a1b2c3d"\n  }\n}')
    text = ZONE + private + record('"api"', "a") + record('"api"', "b", zone_id="aws_route53_zone.p.zone_id")
    assert not found(check_hcl(text), "route53-record-duplicate")


def test_records_of_for_each_are_compared_one_by_one():
    each = record("each.key", "many")
    text = ZONE + each.replace("{\n", '{\n  for_each = toset(["a", "b"])\n', 1) + record('"b"', "one")
    findings = found(check_hcl(text), "route53-record-duplicate")
    assert [one.address for one in findings] == ["aws_route53_record.one"]


def test_a_cname_beside_another_record_is_found():
    text = ZONE + record('"api"', "a") + record('"api"', "b", type='"TXT"', records='["owner=payments"]')
    assert found(check_hcl(text), "route53-record-duplicate")


@pytest.mark.parametrize(
    ("kind", "value", "wrong"),
    [
        ("A", "198.51.100.7", False),
        ("A", "gateway.acme.net", True),
        ("A", "198.51.100.700", True),
        ("AAAA", "2001:db8::1", False),
        ("AAAA", "198.51.100.7", True),
        ("MX", "10 mail.acme.net", False),
        ("MX", "mail.acme.net", True),
        ("SRV", "1 10 5269 xmpp.acme.net", False),
        ("SRV", "xmpp.acme.net", True),
        ("CAA", '0 issue \\"amazon.com\\"', False),
        ("CAA", "amazon.com", True),
        ("TXT", "a" * 255, False),
        ("TXT", "a" * 256, True),
        ("TXT", "a" * 250 + '\\"\\"' + "b" * 250, False),
    ],
)
def test_values_fit_the_type(kind: str, value: str, wrong: bool):
    report = check_hcl(ZONE + record('"n"', type=f'"{kind}"', records=f'["{value}"]'))
    assert bool(found(report, "route53-record-value")) is wrong


def test_an_alias_to_another_record_of_the_zone_passes():
    alias = """
resource "aws_route53_record" "alias" {
  zone_id = aws_route53_zone.z.zone_id
  name    = "www"
  type    = "A"
  alias {
    name                   = aws_route53_record.r.fqdn
    zone_id                = aws_route53_zone.z.zone_id
    evaluate_target_health = false
  }
}
"""
    report = check_hcl(ZONE + record('"api"', type='"A"', records='["198.51.100.7"]') + alias)
    assert not found(report, "route53-alias-zone-mismatch")


@pytest.mark.parametrize(
    ("zone", "wrong"),
    [
        ("aws_api_gateway_domain_name.d.regional_zone_id", False),
        ("aws_api_gateway_domain_name.d.cloudfront_zone_id", True),
        ("aws_route53_zone.z.zone_id", True),
        ('"Z2FDTNDATAQYW2"', True),
        ('"Z1UJRXOUMOOFQ8"', False),
        ("var.zone_id", False),
    ],
)
def test_an_alias_names_the_zone_of_its_target(zone: str, wrong: bool):
    text = f"""
variable "zone_id" {{
  type = string
}}
resource "aws_api_gateway_domain_name" "d" {{
  domain_name              = "api.acme-pay.io"
  regional_certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/1"
  endpoint_configuration {{
    types = ["REGIONAL"]
  }}
}}
resource "aws_route53_record" "alias" {{
  zone_id = aws_route53_zone.z.zone_id
  name    = "api"
  type    = "A"
  alias {{
    name                   = aws_api_gateway_domain_name.d.regional_domain_name
    zone_id                = {zone}
    evaluate_target_health = false
  }}
}}
"""
    assert bool(found(check_hcl(ZONE + text), "route53-alias-zone-mismatch")) is wrong
