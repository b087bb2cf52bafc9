"""Brokers in subnets, and secrets."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

VARIABLE = 'variable "given" {}\n'
THREE = '["subnet-1", "subnet-2", "subnet-3"]'


@pytest.mark.parametrize(
    ("brokers", "subnets", "said"),
    [
        ("3", THREE, SILENT),
        ("6", THREE, SILENT),
        ("4", THREE, FOUND),
        ('"4"', THREE, FOUND),
        ("var.given", THREE, UNDECIDED),
        ("3", "var.given", UNDECIDED),
        ("2", '["subnet-1"]', FOUND),
        ("3", "data.aws_subnets.all.ids", UNDECIDED),
    ],
)
def test_brokers(brokers: str, subnets: str, said: str):
    body = (
        f'cluster_name = "k"\nnumber_of_broker_nodes = {brokers}\n'
        f"broker_node_group_info {{\nclient_subnets = {subnets}\n}}"
    )
    text = VARIABLE + block("aws_subnets", "all", "", "data") + block("aws_msk_cluster", "this", body)
    assert verdict("msk-brokers", text) == said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ('name = "AmazonMSK_events"', SILENT),
        ('name = "AmazonMSK"', FOUND),
        ('name = "events"', FOUND),
        ("name = var.given", SILENT),
        ('name = "AmazonMSK_${var.given}"', SILENT),
        ('name = "events-${var.given}"', FOUND),
        ('name_prefix = "AmazonMSK_"', SILENT),
        ('name = "${var.given}_events"', SILENT),
    ],
)
def test_secret_names(name: str, said: str):
    text = (
        VARIABLE
        + block("aws_secretsmanager_secret", "this", f"{name}\nkms_key_id = var.given")
        + block(
            "aws_msk_scram_secret_association",
            "this",
            "cluster_arn = var.given\nsecret_arn_list = [aws_secretsmanager_secret.this.arn]",
        )
    )
    assert verdict("msk-secret", text) == said
