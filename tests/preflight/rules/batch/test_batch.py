"""Where batch jobs run."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

VARIABLE = 'variable "given" {}\n'


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('type = "FARGATE"', SILENT),
        ('type = "FARGATE"\ninstance_type = ["optimal"]', FOUND),
        ('type = "FARGATE"\ninstance_type = []', SILENT),
        ('type = "FARGATE"\ninstance_type = var.given', SILENT),
        ("type = var.given", UNDECIDED),
        ('type = "EC2"\ninstance_type = ["optimal"]', FOUND),
        ('type = "EC2"\ninstance_role = var.given\ninstance_type = var.given', SILENT),
        ('type = "EC2"\ninstance_type = ["optimal"]\ninstance_role = aws_iam_role.this.arn', FOUND),
    ],
)
def test_environments(body: str, said: str):
    text = (
        VARIABLE
        + block("aws_iam_role", "this", 'assume_role_policy = "{}"')
        + block("aws_batch_compute_environment", "this", f'type = "MANAGED"\ncompute_resources {{\n{body}\n}}')
    )
    assert verdict("batch-platform", text) == said


SIZE = 'resourceRequirements = [{ type = "VCPU", value = "1" }, { type = "MEMORY", value = "%s" }]'


@pytest.mark.parametrize(
    ("platform", "container", "said"),
    [
        ('["FARGATE"]', f"{{ executionRoleArn = var.given, {SIZE % 2048} }}", SILENT),
        ('["FARGATE"]', f"{{ executionRoleArn = var.given, {SIZE % 1000} }}", FOUND),
        ('["FARGATE"]', f"{{ {SIZE % 2048} }}", FOUND),
        ('["EC2"]', f"{{ {SIZE % 2048} }}", SILENT),
        ('["EC2"]', "{ vcpus = 1 }", FOUND),
        ('["EC2"]', "{ vcpus = 1, memory = var.given }", SILENT),
        ('["EC2"]', "{ vcpus = 1, resourceRequirements = var.given }", SILENT),
        ("var.given", "{ vcpus = 1 }", UNDECIDED),
    ],
)
def test_jobs(platform: str, container: str, said: str):
    body = (
        f'name = "j"\ntype = "container"\nplatform_capabilities = {platform}\n'
        f"container_properties = jsonencode({container})"
    )
    assert verdict("batch-platform", VARIABLE + block("aws_batch_job_definition", "this", body)) == said
