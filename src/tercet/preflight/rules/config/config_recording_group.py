"""A recorder that is to record everything, and not everything."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._checks import ask_each

_EXAMPLE = """
resource "aws_config_configuration_recorder" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::123456789012:role/config"

  recording_group {ALL
    resource_types = ["AWS::EC2::Instance"]
  }
}
"""

RULE = Rule(
    id="config-recording-group",
    title="Recorder of everything, and of something",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A recorder records all types of resources, which `all_supported` says unless it is false, or those that are "
        "listed. Global types are part of all, and are not added to a list."
    ),
    aws_error="InvalidRecordingGroupException: The recording group provided is not valid",
    sources=("https://docs.aws.amazon.com/config/latest/APIReference/API_RecordingGroup.html",),
    resources=("aws_config_configuration_recorder",),
    failing=_EXAMPLE.replace("ALL", ""),
    passing=_EXAMPLE.replace("ALL", "\n    all_supported  = false"),
)


@RULE.check
def check(recorder: Resource, _: Context) -> Iterator[Problem]:
    """Compare the flags with the list."""
    for group in recorder.blocks("recording_group"):
        yield from ask_each(group, (_list, _global))


def _list(group: Block) -> Iterator[Problem]:
    if group.items("resource_types") and group.flag("all_supported", True):
        yield Problem(
            group,
            "all_supported",
            "resource_types lists types, and all_supported is "
            f"{'' if group.has('all_supported') else 'not set, thus '}true.",
            fix="Set all_supported to false, or remove resource_types.",
        )


def _global(group: Block) -> Iterator[Problem]:
    if group.flag("include_global_resource_types", False) and not group.flag("all_supported", True):
        yield Problem(
            group,
            "include_global_resource_types",
            "include_global_resource_types is true and all_supported is false.",
            fix="Remove include_global_resource_types, and list the global types.",
        )
