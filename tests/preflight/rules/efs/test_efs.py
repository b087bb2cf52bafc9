"""File systems and their mount targets."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

VARIABLE = 'variable "given" {}\n'


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("kms_key_id = aws_kms_key.this.arn", FOUND),
        ("kms_key_id = var.given", UNDECIDED),
        ("encrypted = true\nkms_key_id = var.given", UNDECIDED),
        ("encrypted = var.given\nkms_key_id = aws_kms_key.this.arn", UNDECIDED),
        ("encrypted = true\nkms_key_id = aws_kms_key.this.arn", SILENT),
        ('throughput_mode = "provisioned"', FOUND),
        ('throughput_mode = "provisioned"\nprovisioned_throughput_in_mibps = var.given', SILENT),
        ('throughput_mode = "elastic"\nperformance_mode = "maxIO"', FOUND),
        ('lifecycle_policy {\ntransition_to_ia = "AFTER_7_DAYS"\ntransition_to_archive = null\n}', SILENT),
    ],
)
def test_file_systems(body: str, said: str):
    text = VARIABLE + block("aws_kms_key", "this", "") + block("aws_efs_file_system", "this", body)
    assert verdict("efs-arguments", text) == said


@pytest.mark.parametrize(
    ("zones", "said"),
    [
        (("us-east-1a", "us-east-1a"), FOUND),
        (("us-east-1a", "us-east-1b"), SILENT),
        (("${var.given}a", "${var.given}b"), SILENT),
    ],
)
def test_mount_targets(zones: tuple[str, str], said: str):
    text = VARIABLE + block("aws_efs_file_system", "this", "")
    for place, zone in enumerate(zones):
        text += block(
            "aws_subnet",
            f"s{place}",
            f'vpc_id = "vpc-1"\ncidr_block = "10.0.{place}.0/24"\navailability_zone = "{zone}"',
        )
        text += block(
            "aws_efs_mount_target",
            f"t{place}",
            f"file_system_id = aws_efs_file_system.this.id\nsubnet_id = aws_subnet.s{place}.id",
        )
    assert verdict("efs-mount-target-zone", text) == said


def test_mount_targets_of_two_file_systems_share_a_zone():
    text = block("aws_subnet", "this", 'vpc_id = "vpc-1"\ncidr_block = "10.0.0.0/24"\navailability_zone = "us-east-1a"')
    for name in ("a", "b"):
        text += block("aws_efs_file_system", name, "")
        text += block(
            "aws_efs_mount_target",
            name,
            f"file_system_id = aws_efs_file_system.{name}.id\nsubnet_id = aws_subnet.this.id",
        )
    assert verdict("efs-mount-target-zone", text) == SILENT
