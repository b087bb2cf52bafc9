"""A file system whose arguments do not go together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._checks import ask_each, is_given

_EXAMPLE = """
resource "aws_efs_file_system" "files" {
  encrypted = true

  lifecycle_policy {
    transition_to_ia = "AFTER_30_DAYS"BETWEEN
    transition_to_primary_storage_class = "AFTER_1_ACCESS"
  }
}
"""

RULE = Rule(
    id="efs-arguments",
    title="File system whose arguments do not go together",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Each `lifecycle_policy` says one transition. A key is for a file system that is encrypted, elastic throughput "
        "for the general purpose mode, and provisioned throughput says how much."
    ),
    aws_error="BadRequest: One or more LifecyclePolicy objects specified are malformed.",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/efs/latest/ug/API_PutLifecycleConfiguration.html",
        "https://docs.aws.amazon.com/efs/latest/ug/API_CreateFileSystem.html",
        "https://docs.aws.amazon.com/efs/latest/ug/performance.html",
    ),
    resources=("aws_efs_file_system",),
    failing=_EXAMPLE.replace("BETWEEN", ""),
    passing=_EXAMPLE.replace("BETWEEN", "\n  }\n\n  lifecycle_policy {"),
)

_TRANSITIONS: Final = ("transition_to_archive", "transition_to_ia", "transition_to_primary_storage_class")


@RULE.check
def check(files: Resource, _: Context) -> Iterator[Problem]:
    """Look at each pair."""
    yield from ask_each(files, (_lifecycle, _key, _elastic, _provisioned))


def _lifecycle(files: Resource) -> Iterator[Problem]:
    for policy in files.blocks("lifecycle_policy"):
        said = [name for name in _TRANSITIONS if policy.text(name, "")]
        if len(said) > 1:
            yield Problem(
                policy,
                said[1],
                f"{' and '.join(said)} stand in one lifecycle_policy: each says one transition.",
                fix=f"Write a lifecycle_policy of its own for {said[1]}.",
            )


def _key(files: Resource) -> Iterator[Problem]:
    if files.value("encrypted") is None and "encrypted" in files.values:
        return
    if is_given(files, "kms_key_id") and not files.flag("encrypted", False):
        yield Problem(
            files,
            "encrypted",
            f"kms_key_id is given, and encrypted is {'false' if files.has('encrypted') else 'not set'}.",
            fix="Set encrypted to true.",
            aws_error="Error: encrypted must be set to true when kms_key_id is specified",
        )


def _elastic(files: Resource) -> Iterator[Problem]:
    if files.text("throughput_mode", "") == "elastic" and files.text("performance_mode", "") == "maxIO":
        yield Problem(
            files,
            "performance_mode",
            "performance_mode is maxIO, and throughput_mode is elastic, which goes with generalPurpose only.",
            fix="Remove performance_mode.",
            aws_error="BadRequest",
        )


def _provisioned(files: Resource) -> Iterator[Problem]:
    if files.text("throughput_mode", "") == "provisioned" and "provisioned_throughput_in_mibps" not in files.values:
        yield Problem(
            files,
            "provisioned_throughput_in_mibps",
            "throughput_mode is provisioned, and nothing says how much.",
            fix="Set provisioned_throughput_in_mibps.",
            aws_error="BadRequest",
        )
