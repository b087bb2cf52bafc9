"""A flow log whose destination and role do not fit together."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule
from tercet.preflight.values import Reference, Text

_HEAD = """
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}
"""

_KINDS = {
    "aws_cloudwatch_log_group": "cloud-watch-logs",
    "aws_s3_bucket": "s3",
    "aws_kinesis_firehose_delivery_stream": "kinesis-data-firehose",
}
_SERVICES = {"logs": "cloud-watch-logs", "s3": "s3", "firehose": "kinesis-data-firehose"}

RULE = Rule(
    id="flow-log-destination",
    title="A flow log's destination, type and role do not fit",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A flow log to CloudWatch Logs (the default type) needs a role that may write there; one to S3 must have "
        "none, as the bucket's policy admits it; and the destination's ARN must be of the type that is named."
    ),
    aws_error="InvalidParameter: DeliverLogsPermissionArn is not applicable for s3 delivery",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html",
        "https://github.com/aws-samples/aws-secure-environment-accelerator/issues/1111",
    ),
    resources=("aws_flow_log",),
    failing=_HEAD
    + """
resource "aws_flow_log" "payments" {
  vpc_id               = aws_vpc.payments.id
  traffic_type         = "ALL"
  log_destination_type = "s3"
  log_destination      = "arn:aws:s3:::payments-flow-logs-dev"
  iam_role_arn         = "arn:aws:iam::123456789012:role/payments-flow-logs-dev"
}
""",
    passing=_HEAD
    + """
resource "aws_flow_log" "payments" {
  vpc_id               = aws_vpc.payments.id
  traffic_type         = "ALL"
  log_destination_type = "s3"
  log_destination      = "arn:aws:s3:::payments-flow-logs-dev"
}
""",
)


@RULE.check
def check(log: Resource, context: Context) -> Iterator[Problem]:
    """Compare type, destination and role."""
    del context
    kind = log.text("log_destination_type", "cloud-watch-logs")
    meant = _kind_of(log)
    if meant is not None and meant != kind:
        yield Problem(
            log,
            "log_destination_type",
            f"log_destination_type is {kind}{'' if log.has('log_destination_type') else ' (the default)'}, and "
            f"log_destination {log.shown('log_destination')} is of {meant}: AWS refuses the flow log.",
            fix=f'Set log_destination_type = "{meant}".',
            aws_error="InvalidParameter: LogDestination is not valid for the LogDestinationType",
            also={"log_destination": log.shown("log_destination")},
        )
    elif kind == "s3" and log.has("iam_role_arn"):
        yield Problem(
            log,
            "iam_role_arn",
            "iam_role_arn is given, and the flow log goes to S3, which the bucket's policy admits: AWS refuses "
            "the role.",
            fix="Remove iam_role_arn.",
            change=Change(log, "iam_role_arn", None),
            also={"log_destination_type": "s3"},
        )
    elif kind == "cloud-watch-logs" and not log.has("iam_role_arn"):
        yield Problem(
            log,
            "iam_role_arn",
            "The flow log goes to CloudWatch Logs and has no iam_role_arn: AWS refuses it.",
            fix="Set iam_role_arn to a role that vpc-flow-logs.amazonaws.com may assume.",
            aws_error=(
                "InvalidParameter: DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs"
            ),
            also={"log_destination_type": "cloud-watch-logs"},
        )


def _kind_of(log: Resource) -> str | None:
    """Return the type that the destination is of, where it shows."""
    value = log.value("log_destination")
    if isinstance(value, str) and not isinstance(value, Text):
        parts = value.split(":")
        return _SERVICES.get(parts[2]) if len(parts) > 5 and parts[0] == "arn" else None
    if isinstance(value, Reference | Text) and (target := log.target("log_destination")) is not None:
        return _KINDS.get(target.type)
    return None
