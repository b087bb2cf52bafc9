"""Near misses of the rules of layers, images, filters, mappings and mount targets."""

from __future__ import annotations

import pytest

from tercet.preflight.check import Options
from tercet.preflight.rules.lambda_._examples import function
from tests.preflight.checking import check_hcl
from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

UNKNOWN = 'variable "unknown" {}\n'
HERE = 'provider "aws" {\n  region = "us-east-1"\n}\n'
LAYER = "arn:aws:lambda:{}:123456789012:layer:deps:1"


def image(uri: str) -> str:
    body = f'function_name = "f"\nrole = "arn:aws:iam::123456789012:role/f"\npackage_type = "Image"\nimage_uri = {uri}'
    return block("aws_lambda_function", "f", body)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HERE + function(f'layers = ["{LAYER.format("us-east-1")}"]'), SILENT),
        (HERE + function(f'layers = ["{LAYER.format("us-west-2")}"]'), FOUND),
        (function(f'layers = ["{LAYER.format("us-west-2")}"]'), UNDECIDED),
        (HERE + function("layers = [var.unknown]") + UNKNOWN, SILENT),
        (HERE + function("layers = var.unknown") + UNKNOWN, SILENT),
        (HERE + image('"123456789012.dkr.ecr.us-east-1.amazonaws.com/a:1"'), SILENT),
        (HERE + image('"123456789012.dkr.ecr.us-west-2.amazonaws.com/a:1"'), FOUND),
        (image('"public.ecr.aws/lambda/python:3.13"'), FOUND),
        (HERE + image("var.unknown") + UNKNOWN, SILENT),
        (HERE + image('"123456789012.dkr.ecr.us-east-1.amazonaws.com/a"'), FOUND),
        (HERE + image('"123456789012.dkr.ecr.us-east-1.amazonaws.com/a@sha256:0123"'), SILENT),
        (HERE + image("aws_ecr_repository.r.repository_url") + block("aws_ecr_repository", "r", 'name = "r"'), FOUND),
        (
            HERE + image('"${aws_ecr_repository.r.repository_url}:1"') + block("aws_ecr_repository", "r", 'name = "r"'),
            SILENT,
        ),
    ],
)
def test_layers_and_images(text: str, expected: str) -> None:
    assert verdict("lambda-code-region", text) == expected


def mapping(more: str, source: str = '"arn:aws:sqs:us-east-1:123456789012:q"') -> str:
    return block("aws_lambda_event_source_mapping", "m", f'event_source_arn = {source}\nfunction_name = "f"\n{more}')


def filtered(pattern: str) -> str:
    return mapping(f"filter_criteria {{\n  filter {{\n    pattern = {pattern}\n  }}\n}}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (filtered('jsonencode({ body = { a = ["b"] } })'), SILENT),
        (filtered('jsonencode({ body = { a = [{ prefix = "b" }] } })'), SILENT),
        (filtered('jsonencode({ "$or" = [{ body = { a = ["b"] } }] })'), SILENT),
        (filtered('jsonencode({ body = { a = "b" } })'), FOUND),
        (filtered('"no json"'), FOUND),
        (filtered("var.unknown") + UNKNOWN, UNDECIDED),
        (filtered("jsonencode({ body = { a = [var.unknown] } })") + UNKNOWN, SILENT),
        (filtered("jsonencode({ body = { a = var.unknown } })") + UNKNOWN, SILENT),
    ],
)
def test_filters(text: str, expected: str) -> None:
    assert verdict("lambda-filter-pattern", text) == expected


KINESIS = '"arn:aws:kinesis:us-east-1:123456789012:stream/s"'
TABLE = '"arn:aws:dynamodb:us-east-1:123456789012:table/t/stream/s"'
FAILED = 'destination_config {\n  on_failure {\n    destination_arn = "arn:aws:sqs:us-east-1:123456789012:d"\n  }\n}'
AT = 'starting_position = "AT_TIMESTAMP"\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (mapping(AT, KINESIS), FOUND),
        (mapping(AT + 'starting_position_timestamp = "2026-01-01T00:00:00Z"', KINESIS), SILENT),
        (mapping(AT + "starting_position_timestamp = var.unknown", KINESIS) + UNKNOWN, SILENT),
        (mapping(AT, TABLE), FOUND),
        (mapping(f'starting_position = "LATEST"\n{FAILED}', KINESIS), SILENT),
        (mapping(FAILED), FOUND),
        (mapping(""), SILENT),
    ],
)
def test_mappings(text: str, expected: str) -> None:
    assert verdict("lambda-mapping-arguments", text) == expected


SYSTEM = (
    block("aws_efs_file_system", "s", "")
    + block("aws_efs_access_point", "p", "file_system_id = aws_efs_file_system.s.id")
    + block(
        "aws_efs_mount_target",
        "m",
        'for_each = toset(["a", "b"])\nfile_system_id = aws_efs_file_system.s.id\nsubnet_id = each.key',
    )
)
MOUNTED = 'file_system_config {\n  arn = aws_efs_access_point.p.arn\n  local_mount_path = "/mnt/a"\n}'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SYSTEM + function(MOUNTED), FOUND),
        (SYSTEM + function(MOUNTED, "depends_on = [aws_efs_mount_target.m]"), SILENT),
        (
            SYSTEM
            + function(
                MOUNTED,
                'environment {\n  variables = { M = aws_efs_mount_target.m["a"].id, '
                'N = aws_efs_mount_target.m["b"].id }\n}',
            ),
            SILENT,
        ),
        (function(MOUNTED.replace("aws_efs_access_point.p.arn", "var.unknown")) + UNKNOWN, SILENT),
        (SYSTEM.replace("for_each", "count = 0\n#"), SILENT),
        (function(), SILENT),
    ],
)
def test_mount_targets(text: str, expected: str) -> None:
    assert verdict("lambda-efs-mount-target", text) == expected


def test_a_module_that_waits_is_a_function_that_waits() -> None:
    call = 'module "f" {\n  source = "./modules/f"\n  point = aws_efs_access_point.p.arn\n  WAIT\n}\n'
    inside = function(MOUNTED.replace("aws_efs_access_point.p.arn", "var.point")) + 'variable "point" {}\n'
    for waits, expected in (("depends_on = [aws_efs_mount_target.m]", 0), ("", 1)):
        report = check_hcl(
            SYSTEM + call.replace("WAIT", waits),
            options=Options(select=("lambda-efs-mount-target",)),
            modules__f__main=inside,
        )
        assert len(report.findings) == expected
