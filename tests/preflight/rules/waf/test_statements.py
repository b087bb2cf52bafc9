"""Statements and addresses that WAF takes, and those that it does not."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, verdict

GEO = 'geo_match_statement {\n  country_codes = ["KP"]\n}\n'
RATE = 'rate_based_statement {\n  limit = 1000\n  aggregate_key_type = "IP"\n}\n'


def acl(statement: str, scope: str = "REGIONAL") -> str:
    """Write a web ACL with one rule."""
    return (
        f'resource "aws_wafv2_web_acl" "acl" {{\n  name = "acl"\n  scope = "{scope}"\n'
        '  rule {\n    name = "one"\n    priority = 1\n'
        f"    statement {{\n{statement}\n    }}\n  }}\n}}\n"
    )


def joined(kind: str, *statements: str) -> str:
    """Write a statement that joins others."""
    return f"{kind} {{\n" + "".join(f"statement {{\n{one}\n}}\n" for one in statements) + "}\n"


def addresses(scope: str) -> str:
    """Write an IP set."""
    return f'resource "aws_wafv2_ip_set" "set" {{\n  scope = "{scope}"\n}}\n'


IN_SET = "ip_set_reference_statement {\n  arn = aws_wafv2_ip_set.set.arn\n}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (acl(GEO), SILENT),
        (acl(GEO + RATE), FOUND),
        (acl(joined("and_statement", GEO, IN_SET)), SILENT),
        (acl(joined("and_statement", GEO)), FOUND),
        (acl(joined("or_statement", GEO)), FOUND),
        (acl(joined("not_statement", GEO)), SILENT),
        (acl(joined("not_statement", joined("or_statement", GEO))), FOUND),
        (
            acl(
                'rate_based_statement {\n  limit = 1000\n  aggregate_key_type = "IP"\n'
                f"  scope_down_statement {{\n{joined('and_statement', GEO)}\n  }}\n}}"
            ),
            FOUND,
        ),
        (addresses("REGIONAL") + acl(IN_SET), SILENT),
        (addresses("CLOUDFRONT") + acl(IN_SET), FOUND),
        (addresses("CLOUDFRONT") + acl(IN_SET, "CLOUDFRONT"), SILENT),
        (
            acl(IN_SET.replace("aws_wafv2", "data.aws_wafv2"))
            + 'data "aws_wafv2_ip_set" "set" {\n  scope = "CLOUDFRONT"\n}\n',
            SILENT,
        ),
        (
            'variable "countries" {}\n'
            + acl(
                'dynamic "geo_match_statement" {\n  for_each = var.countries\n  content {\n'
                '    country_codes = ["KP"]\n  }\n}\n'
            ),
            UNDECIDED,
        ),
    ],
)
def test_statements(text: str, expected: str):
    assert verdict("waf-statement", text) == expected


@pytest.mark.parametrize(
    ("version", "address", "expected"),
    [
        ("IPV4", '"203.0.113.7/32"', SILENT),
        ("IPV4", '"203.0.113.0/24"', SILENT),
        ("IPV4", '"0.0.0.0/1"', SILENT),
        ("IPV4", '"203.0.113.7"', FOUND),
        ("IPV4", '"0.0.0.0/0"', FOUND),
        ("IPV4", '"203.0.113.7/29"', FOUND),
        ("IPV4", '"2001:db8::/48"', FOUND),
        ("IPV6", '"2001:db8::/48"', SILENT),
        ("IPV6", '"2001:0db8:0000:0000:0000:0000:0000:0000/48"', SILENT),
        ("IPV6", '"::/0"', FOUND),
        ("IPV4", '"office"', FOUND),
        ("IPV4", "var.office", UNDECIDED),
        ("IPV4", '"${aws_eip.office.public_ip}/32"', UNDECIDED),
    ],
)
def test_addresses(version: str, address: str, expected: str):
    text = (
        'variable "office" {}\nresource "aws_eip" "office" {}\n'
        f'resource "aws_wafv2_ip_set" "set" {{\n  scope = "REGIONAL"\n  ip_address_version = "{version}"\n'
        f"  addresses = [{address}]\n}}\n"
    )
    assert verdict("waf-ip-set-addresses", text) == expected


def test_no_addresses_are_no_mistake():
    text = (
        'resource "aws_wafv2_ip_set" "set" {\n  scope = "REGIONAL"\n  ip_address_version = "IPV4"\n'
        "  addresses = []\n}\n"
    )
    assert verdict("waf-ip-set-addresses", text) == SILENT
