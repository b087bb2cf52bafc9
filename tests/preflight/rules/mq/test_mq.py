"""Brokers of Amazon MQ."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('subnet_ids = ["subnet-1"]', SILENT),
        ('subnet_ids = ["subnet-1", "subnet-2"]', FOUND),
        ("subnet_ids = var.given", UNDECIDED),
        ('deployment_mode = "ACTIVE_STANDBY_MULTI_AZ"\nsubnet_ids = ["subnet-1", "subnet-2"]', SILENT),
        ('deployment_mode = "CLUSTER_MULTI_AZ"', FOUND),
        ("deployment_mode = var.given", UNDECIDED),
        ('engine_version = "5.17.6"', SILENT),
        ('engine_version = "5.18"', FOUND),
        ('engine_version = "5.18"\nauto_minor_version_upgrade = true', SILENT),
        ('engine_version = "5.18"\nauto_minor_version_upgrade = null', SILENT),
        ('engine_version = "5.18"\nauto_minor_version_upgrade = var.given', UNDECIDED),
        ('user {\nusername = "u"\npassword = "short"\n}', FOUND),
        ('user {\nusername = "u"\npassword = var.given\n}', SILENT),
        ("logs {\naudit = true\n}", SILENT),
    ],
)
def test_brokers_of_activemq(body: str, said: str):
    text = 'variable "given" {}\n' + block(
        "aws_mq_broker",
        "this",
        'broker_name = "b"\nengine_type = "ActiveMQ"\nhost_instance_type = "mq.m5.large"\n' + body,
    )
    assert verdict("mq-broker-refused", text) == said
