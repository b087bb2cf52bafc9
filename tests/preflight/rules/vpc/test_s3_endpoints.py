"""Interface endpoints of S3: when they need a gateway endpoint beside them."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, block, verdict

VPC = block("aws_vpc", "payments", 'cidr_block = "10.0.0.0/16"')
GATEWAY = block(
    "aws_vpc_endpoint", "gateway", 'vpc_id = aws_vpc.payments.id\nservice_name = "com.amazonaws.us-east-1.s3"'
)


def interface(body: str, service: str = "s3") -> str:
    lines = f'vpc_id = aws_vpc.payments.id\nservice_name = "com.amazonaws.us-east-1.{service}"'
    return block("aws_vpc_endpoint", "interface", f'{lines}\nvpc_endpoint_type = "Interface"\n{body}')


def only_inbound(flag: str) -> str:
    return f"private_dns_enabled = true\ndns_options {{\nprivate_dns_only_for_inbound_resolver_endpoint = {flag}\n}}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (interface("private_dns_enabled = true"), FOUND),
        (interface(only_inbound("true")), FOUND),
        (interface(only_inbound("false")), SILENT),
        (interface("private_dns_enabled = false"), SILENT),
        (interface("private_dns_enabled = true") + GATEWAY, SILENT),
        (interface("private_dns_enabled = true", "sqs"), SILENT),
    ],
)
def test_private_dns_of_s3(text: str, expected: str) -> None:
    assert verdict("vpce-gateway-private-dns", VPC + text) == expected
