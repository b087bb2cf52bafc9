"""Addresses that an IP set does not take."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="waf-ip-set-addresses",
    title="IP set with an address that WAF does not take",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "WAF takes ranges in CIDR notation, of the set's own version, that begin at their first address, and each but "
        "/0: everything is two halves, 0.0.0.0/1 and 128.0.0.0/1. A single address is a range of /32 or /128."
    ),
    aws_error=(
        "WAFInvalidParameterException: Error reason: The parameter contains formatting that is not valid., field: "
        "IP_ADDRESS, parameter: <address>"
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/waf/latest/APIReference/API_IPSet.html",
        "https://github.com/aws-samples/dcv-web-portal/issues/10",
        "https://github.com/aws/aws-cdk/issues/20003",
    ),
    resources=("aws_wafv2_ip_set",),
    failing="""
resource "aws_wafv2_ip_set" "offices" {
  name               = "offices-dev"
  scope              = "REGIONAL"
  ip_address_version = "IPV4"
  addresses          = ["203.0.113.7"]
}
""",
    passing="""
resource "aws_wafv2_ip_set" "offices" {
  name               = "offices-dev"
  scope              = "REGIONAL"
  ip_address_version = "IPV4"
  addresses          = ["203.0.113.7/32"]
}
""",
)


@RULE.check
def check(addresses: Resource, _: Context) -> Iterator[Problem]:
    """Look at each address that is known."""
    version = {"IPV4": 4, "IPV6": 6}.get(addresses.text("ip_address_version", "") or "")
    unknown = False
    for one in addresses.items("addresses"):
        if not isinstance(one, str):
            unknown = True
        elif version is not None and (reason := _wrong(one, version)) is not None:
            yield Problem(
                addresses,
                "addresses",
                f"The address {one!r} {reason}: WAF refuses the set.",
                fix="Write a range such as 203.0.113.7/32, 203.0.113.0/24 or 2001:db8::/48.",
                aws_error=(
                    "WAFInvalidParameterException: Error reason: The parameter contains formatting that is not "
                    f"valid., field: IP_ADDRESS, parameter: {one}"
                ),
                also={"address": str(one)},
            )
    if unknown:
        raise Undecidable("addresses", "one of them is not known")


def _wrong(address: str, version: int) -> str | None:
    text, slash, _ = address.partition("/")
    try:
        network = ipaddress.ip_network(address, strict=False)
    except ValueError:
        return "is no range of addresses"
    if not slash:
        return "has no prefix length, such as /32"
    if network.version != version:
        return f"is of IPv{network.version}, and the set is of IPv{version}"
    if network.prefixlen == 0:
        return "means every address, which no set can hold"
    if ipaddress.ip_address(text) != network.network_address:
        return f"does not begin at the first address of its range, {network}"
    return None
