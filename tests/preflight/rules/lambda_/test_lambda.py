"""Near misses of the rules of Lambda."""

from __future__ import annotations

from pathlib import Path

import pytest

from tercet.preflight.check import Options, check_path
from tercet.preflight.rules.lambda_._examples import function
from tests.preflight.checking import found
from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

MAPPING = """
  event_source_arn = {source}
  function_name    = aws_lambda_function.payments.arn
"""


def queue(body: str = "", name: str = "payments") -> str:
    return block("aws_sqs_queue", name, f'name = "{name}-dev"\n{body}')


def mapping(source: str = "aws_sqs_queue.payments.arn", more: str = "") -> str:
    return block("aws_lambda_event_source_mapping", "payments", MAPPING.format(source=source) + more)


def environment(variables: str) -> str:
    return function(f"environment {{ variables = {{ {variables} }} }}")


EITHER = 'variable "first" {}\n'
UNKNOWN = 'variable "unknown" {}\n'
CAPACITY = """capacity_provider_config {
    lambda_managed_instances_capacity_provider_config {
      capacity_provider_arn = "arn:aws:lambda:us-east-1:123456789012:capacity-provider:payments"
    }
  }"""

CASES = [
    # Beyond the ranges of the provider; where a capacity provider runs the function, there may be more of everything.
    ("lambda-value-range", function('timeout = "1200"'), FOUND),
    ("lambda-value-range", function("timeout = 0"), FOUND),
    ("lambda-value-range", function("memory_size = 64"), FOUND),
    ("lambda-value-range", function("memory_size = 10241"), FOUND),
    ("lambda-value-range", function("ephemeral_storage { size = 20480 }"), FOUND),
    (
        "lambda-value-range",
        function("memory_size = 10240", "timeout = 900", "ephemeral_storage { size = 512 }"),
        SILENT,
    ),
    ("lambda-value-range", UNKNOWN + function("timeout = var.unknown"), SILENT),
    ("lambda-value-range", UNKNOWN + function("ephemeral_storage { size = var.unknown }"), SILENT),
    ("lambda-value-range", function("memory_size = 32768", CAPACITY), SILENT),
    ("lambda-value-range", function("memory_size = 64", CAPACITY), FOUND),
    # Lambda's own variables are a list, and not a prefix.
    ("lambda-reserved-env", environment('AWS_LAMBDA_EXEC_WRAPPER = "/opt/wrapper"'), SILENT),
    ("lambda-reserved-env", environment('AWS_XRAY_CONTEXT_MISSING = "LOG_ERROR"'), SILENT),
    ("lambda-reserved-env", UNKNOWN + environment("_HANDLER = var.unknown"), FOUND),
    ("lambda-reserved-env", UNKNOWN + function("environment { variables = var.unknown }"), UNDECIDED),
    ("lambda-env-name", environment('A1 = "x"'), SILENT),
    ("lambda-env-name", environment('A = "x"'), FOUND),
    ("lambda-env-name", environment('"1ST" = "x"'), FOUND),
    ("lambda-env-4kb", environment(f'A1 = "{"x" * 4090}"'), SILENT),
    ("lambda-env-4kb", environment(f'A1 = "{"x" * 4095}"'), FOUND),
    ("lambda-env-4kb", UNKNOWN + environment(f'A1 = "{"x" * 4095}${{var.unknown}}"'), FOUND),
    # Timeouts: equal is enough; the defaults count; what stands elsewhere is not known.
    ("lambda-sqs-visibility", queue() + function("timeout = 30") + mapping(), SILENT),
    ("lambda-sqs-visibility", queue() + function("timeout = 31") + mapping(), FOUND),
    ("lambda-sqs-visibility", queue("visibility_timeout_seconds = 2") + function() + mapping(), FOUND),
    ("lambda-sqs-visibility", function("timeout = 60") + mapping('"arn:aws:sqs:us-east-1:123456789012:p"'), SILENT),
    (
        "lambda-sqs-visibility",
        block("aws_sqs_queue", "found", 'name = "p"', "data")
        + function("timeout = 60")
        + mapping("data.aws_sqs_queue.found.arn"),
        SILENT,
    ),
    (
        "lambda-sqs-visibility",
        EITHER
        + queue()
        + queue("visibility_timeout_seconds = 360", "other")
        + function("timeout = 60")
        + mapping("var.first ? aws_sqs_queue.payments.arn : aws_sqs_queue.other.arn"),
        UNDECIDED,
    ),
    ("lambda-sqs-visibility", UNKNOWN + queue() + function("timeout = var.unknown") + mapping(), UNDECIDED),
    (
        "lambda-sqs-visibility",
        queue()
        + function("timeout = 60", "publish = true")
        + block(
            "aws_lambda_alias",
            "live",
            'name = "live"\nfunction_name = aws_lambda_function.payments.function_name\nfunction_version = "1"',
        )
        + mapping().replace("aws_lambda_function.payments.arn", "aws_lambda_alias.live.arn"),
        FOUND,
    ),
    ("lambda-mapping-batch", queue() + function() + mapping(more="batch_size = 10"), SILENT),
    ("lambda-mapping-batch", queue() + function() + mapping(more="batch_size = 11"), FOUND),
    (
        "lambda-mapping-batch",
        function() + mapping('"arn:aws:sqs:us-east-1:123456789012:p.fifo"', "maximum_batching_window_in_seconds = 1"),
        FOUND,
    ),
    (
        "lambda-mapping-batch",
        function() + mapping('"arn:aws:kinesis:us-east-1:1:stream/p"', "batch_size = 500"),
        SILENT,
    ),
    ("lambda-mapping-arguments", queue() + function() + mapping(more='starting_position = "LATEST"'), FOUND),
    ("lambda-mapping-arguments", queue() + function() + mapping(more="maximum_retry_attempts = -1"), SILENT),
    ("lambda-mapping-arguments", queue() + function() + mapping(more="parallelization_factor = 2"), FOUND),
    ("lambda-mapping-arguments", UNKNOWN + function() + mapping("var.unknown"), UNDECIDED),
    # Images and zips.
    ("lambda-package-arguments", function(), SILENT),
    ("lambda-code-source", UNKNOWN + function("filename = var.unknown"), SILENT),
    ("lambda-code-source", function('filename = "a.zip"'), FOUND),
    # Handlers: by the runtime, and only where it has a form.
    ("lambda-handler-format", function(handler="bootstrap", runtime="provided.al2023"), SILENT),
    ("lambda-handler-format", function(handler="com.example.Payments", runtime="java21"), SILENT),
    ("lambda-handler-format", function(handler="src/app.handler"), SILENT),
    ("lambda-handler-format", function(handler="src.app/handler"), FOUND),
    ("lambda-handler-format", function(handler="index.js", runtime="nodejs22.x"), FOUND),
    ("lambda-handler-format", function(handler="payments.api.handler"), SILENT),
    (
        "lambda-handler-format",
        function('environment { variables = { AWS_LAMBDA_EXEC_WRAPPER = "/opt/bootstrap" } }', handler="run"),
        SILENT,
    ),
    # Versions.
    ("lambda-runtime-unknown", function(runtime="python3.99"), SILENT),
    ("lambda-runtime-unknown", function(runtime="python3.5"), FOUND),
    ("lambda-runtime-unknown", function(runtime="nodejs22.x"), SILENT),
    ("lambda-runtime-unknown", function(runtime="Python3.12"), FOUND),
    (
        "lambda-provisioned-on-latest",
        function()
        + block(
            "aws_lambda_provisioned_concurrency_config",
            "c",
            'function_name = "p"\nqualifier = "$LATEST"\nprovisioned_concurrent_executions = 1',
        ),
        FOUND,
    ),
    (
        "lambda-provisioned-on-latest",
        block(
            "aws_lambda_provisioned_concurrency_config",
            "c",
            'function_name = "p"\nqualifier = "live"\nprovisioned_concurrent_executions = 1',
        ),
        SILENT,
    ),
    ("lambda-snapstart-unsupported", function('snap_start { apply_on = "None" }', runtime="nodejs22.x"), SILENT),
    (
        "lambda-snapstart-unsupported",
        function('snap_start { apply_on = "PublishedVersions" }', runtime="java17"),
        SILENT,
    ),
    (
        "lambda-snapstart-unsupported",
        function('snap_start { apply_on = "PublishedVersions" }', runtime="python3.11"),
        FOUND,
    ),
]


@pytest.mark.parametrize(("rule", "text", "expected"), CASES, ids=[f"{case[0]}-{at}" for at, case in enumerate(CASES)])
def test_near_misses(rule: str, text: str, expected: str):
    assert verdict(rule, text) == expected


@pytest.mark.parametrize(
    ("filename", "expected"),
    [
        ("build/payments.zip", 1),
        ("there.zip", 0),
        ("../elsewhere.zip", 0),  # never outside of the folder
        ("${path.module}/build/payments.zip", 1),
        ("a" * 5000, 0),
    ],
)
def test_a_package_is_looked_for_below_the_folder_only(tmp_path: Path, filename: str, expected: int):
    (tmp_path / "there.zip").write_bytes(b"PK")
    lines = 's3_bucket     = "payments-artifacts-dev"\n  s3_key        = "payments.zip"'
    (tmp_path / "main.tf").write_text(function().replace(lines, f'filename = "{filename}"'))
    assert len(found(check_path(tmp_path, Options(select=("lambda-zip-missing",))), "lambda-zip-missing")) == expected


def test_a_package_that_the_configuration_makes_is_not_looked_for(tmp_path: Path):
    lines = 's3_bucket     = "payments-artifacts-dev"\n  s3_key        = "payments.zip"'
    text = function().replace(lines, 'filename = "build/payments.zip"')
    text += block("archive_file", "p", 'type = "zip"\nsource_dir = "src"\noutput_path = "build/payments.zip"', "data")
    (tmp_path / "main.tf").write_text(text)
    assert not found(check_path(tmp_path, Options(select=("lambda-zip-missing",))), "lambda-zip-missing")
