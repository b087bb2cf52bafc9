"""Capacity of jobs."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, block, verdict


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("max_capacity = 2\nnumber_of_workers = 2", FOUND),
        ("max_capacity = null\nnumber_of_workers = 2", SILENT),
        ("max_capacity = var.given\nnumber_of_workers = 2", SILENT),
        ("max_capacity = 0.0625", SILENT),
        ('count = 0\nmax_capacity = 2\nworker_type = "G.1X"', SILENT),
    ],
)
def test_capacity(body: str, said: str):
    text = 'variable "given" {}\n' + block("aws_glue_job", "this", 'name = "j"\n' + body)
    assert verdict("glue-job-capacity", text) == said


def test_a_warehouse_that_cannot_be_destroyed():
    body = 'cluster_identifier = "w"\nnode_type = "ra3.large"\n'
    assert verdict("aurora-final-snapshot-missing", block("aws_redshift_cluster", "this", body)) == FOUND
    skipped = block("aws_redshift_cluster", "this", body + "skip_final_snapshot = true")
    assert verdict("aurora-final-snapshot-missing", skipped) == SILENT
