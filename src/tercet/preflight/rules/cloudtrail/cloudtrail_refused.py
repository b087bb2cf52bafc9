"""A trail whose arguments do not go together."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._checks import ask_each, is_given
from tercet.preflight.rules._targets import require_written
from tercet.preflight.values import Reference, Template

_EXAMPLE = """
resource "aws_cloudwatch_log_group" "trail" {
  name              = "trail-dev"
  retention_in_days = 30
}

resource "aws_cloudtrail" "main" {
  name                       = "trail-dev"
  s3_bucket_name             = "trail-dev-123456789012"
  enable_log_file_validation = true
  is_multi_region_trail      = true
  cloud_watch_logs_group_arn = "GROUP"
  cloud_watch_logs_role_arn  = "arn:aws:iam::123456789012:role/trail"
}
"""

RULE = Rule(
    id="cloudtrail-refused",
    title="Trail whose arguments do not go together",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "CloudTrail wants the ARN of a log group with `:*` at its end, which the attribute `arn` has not had since "
        "version 3 of the provider, and a role to write there. A trail of all regions records global services."
    ),
    aws_error="InvalidCloudWatchLogsLogGroupArnException: CloudTrail cannot validate the specified log group ARN.",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/send-cloudtrail-events-to-cloudwatch-logs.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/14557",
    ),
    resources=("aws_cloudtrail",),
    failing=_EXAMPLE.replace('"GROUP"', "aws_cloudwatch_log_group.trail.arn"),
    passing=_EXAMPLE.replace("GROUP", "${aws_cloudwatch_log_group.trail.arn}:*"),
)


@RULE.check
def check(trail: Resource, context: Context) -> Iterator[Problem]:
    """Look at the log group, the role, and the regions."""
    questions = (_role, _regions, _selectors)
    # Version 2 of the provider wrote the :* itself; where nothing says the version, it is a newer one.
    old = context.versions.aws is not None and not context.versions.aws_may_be((3, 0, 0))
    yield from ask_each(trail, questions if old else (_group, *questions))


def _group(trail: Resource) -> Iterator[Problem]:
    value = trail.value("cloud_watch_logs_group_arn")
    require_written(trail, "cloud_watch_logs_group_arn", "aws_cloudwatch_log_group")
    bare = isinstance(value, Reference) and _is_of_group(trail, value)
    if isinstance(value, str) and value.startswith("arn:"):
        bare = not value.endswith(":*") and ":log-stream:" not in value
    elif isinstance(value, Template):
        last = value.parts[-1]
        bare = isinstance(last, Reference) and len(value.parts) == 1 and _is_of_group(trail, last)
    if bare:
        yield Problem(
            trail,
            "cloud_watch_logs_group_arn",
            f"cloud_watch_logs_group_arn is {trail.shown('cloud_watch_logs_group_arn')}, which does not end in :*.",
            fix='Append it: "${…arn}:*".',
        )


def _is_of_group(trail: Resource, reference: Reference) -> bool:
    found = trail.graph.find(reference.address)
    return reference.path == ("arn",) and bool(found) and all(one.type == "aws_cloudwatch_log_group" for one in found)


def _role(trail: Resource) -> Iterator[Problem]:
    if "cloud_watch_logs_role_arn" not in trail.values and is_given(trail, "cloud_watch_logs_group_arn"):
        yield Problem(
            trail,
            "cloud_watch_logs_role_arn",
            "cloud_watch_logs_group_arn is given, and no role to write there.",
            fix="Set cloud_watch_logs_role_arn.",
            aws_error="InvalidCloudWatchLogsRoleArnException: You must specify a role ARN as well as a log group.",
        )


def _regions(trail: Resource) -> Iterator[Problem]:
    if trail.flag("is_multi_region_trail", False) and not trail.flag("include_global_service_events", True):
        yield Problem(
            trail,
            "include_global_service_events",
            "is_multi_region_trail is true and include_global_service_events is false.",
            fix="Remove include_global_service_events.",
            aws_error="InvalidParameterCombinationException: Multi-Region trail must include global service events.",
        )


def _selectors(trail: Resource) -> Iterator[Problem]:
    if trail.graph.kind == "plan":
        return
    if trail.blocks("event_selector") and trail.blocks("advanced_event_selector"):
        yield Problem(
            trail,
            "event_selector",
            "event_selector and advanced_event_selector are both given.",
            fix="Keep one of the two.",
            aws_error=(
                'Error: Conflicting configuration arguments: "event_selector": conflicts with advanced_event_selector'
            ),
        )
