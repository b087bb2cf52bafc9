"""Domains: subnets for zones, and options that need others."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

ZONES, OPTIONS = "opensearch-zones", "opensearch-options"
VARIABLE = 'variable "given" {}\n'
SUBNETS = block("aws_subnet", "this", 'count = 2\nvpc_id = "vpc-1"\ncidr_block = "10.0.${count.index}.0/24"')


def domain(body: str) -> str:
    return VARIABLE + SUBNETS + block("aws_opensearch_domain", "this", 'domain_name = "search"\n' + body)


@pytest.mark.parametrize(
    ("config", "subnets", "said"),
    [
        ("", "aws_subnet.this[*].id", FOUND),
        ("", "[aws_subnet.this[0].id]", SILENT),
        ("", "[aws_subnet.this[0].id, aws_subnet.this[0].id]", SILENT),
        ("", "var.given", UNDECIDED),
        ("zone_awareness_enabled = true\ninstance_count = 2", "aws_subnet.this[*].id", SILENT),
        ("zone_awareness_enabled = var.given", "aws_subnet.this[*].id", UNDECIDED),
        ("zone_awareness_enabled = true\ninstance_count = 2", '["subnet-1", "subnet-2", "subnet-3"]', FOUND),
        ("zone_awareness_enabled = true\ninstance_count = 1", "aws_subnet.this[*].id", FOUND),
        ("zone_awareness_enabled = true\ninstance_count = var.given", "aws_subnet.this[*].id", UNDECIDED),
    ],
)
def test_zones(config: str, subnets: str, said: str):
    text = domain(f"cluster_config {{\n{config}\n}}\nvpc_options {{\nsubnet_ids = {subnets}\n}}")
    assert verdict(ZONES, text) == said


SAFE = (
    "advanced_security_options {\nenabled = true\n}\nencrypt_at_rest {\nenabled = true\n}\n"
    "node_to_node_encryption {\nenabled = true\n}\n"
)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('cluster_config {\ninstance_type = "m6g.large.search"\n}', FOUND),
        ('cluster_config {\ninstance_type = "r6gd.large.search"\n}', SILENT),
        ("cluster_config {\ninstance_type = var.given\n}", UNDECIDED),
        (
            'cluster_config {\ninstance_type = "t3.small.search"\n}\nebs_options {\nebs_enabled = var.given\n}',
            UNDECIDED,
        ),
        (SAFE, SILENT),
        (SAFE.replace("encrypt_at_rest {\nenabled = true", "encrypt_at_rest {\nenabled = false"), FOUND),
        (SAFE + "domain_endpoint_options {\ntls_security_policy = var.given\n}", SILENT),
        (SAFE + "domain_endpoint_options {\nenforce_https = false\n}", FOUND),
        ("cluster_config {\nwarm_enabled = true\n}", FOUND),
        ('dynamic "ebs_options" {\nfor_each = var.given\ncontent {\nebs_enabled = true\n}\n}', SILENT),
    ],
)
def test_options(body: str, said: str):
    assert verdict(OPTIONS, domain(body)) == said
