"""Logs of a web ACL that go to a place with the wrong name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.values import Template, Value

_LOGS = """
variable "web_acl_arn" {
  type = string
}

resource "aws_cloudwatch_log_group" "waf" {
  name              = "%s"
  retention_in_days = 30
}

resource "aws_wafv2_web_acl_logging_configuration" "payments" {
  resource_arn            = var.web_acl_arn
  log_destination_configs = [aws_cloudwatch_log_group.waf.arn]
}
"""

RULE = Rule(
    id="waf-log-destination-name",
    title="WAF logs to a destination not named aws-waf-logs-…",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "WAF writes to a log group, bucket or delivery stream only if its name begins with `aws-waf-logs-`; otherwise "
        "it says that the ARN is not valid."
    ),
    aws_error=(
        "WAFInvalidParameterException: Error reason: The ARN isn't valid. A valid ARN begins with arn: and includes "
        "other information separated by colons or slashes., field: LOG_DESTINATION, parameter: <arn>"
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html",
        "https://github.com/aws/aws-cdk/issues/35311",
    ),
    resources=("aws_wafv2_web_acl_logging_configuration",),
    failing=_LOGS % "/aws/waf/payments-dev",
    passing=_LOGS % "aws-waf-logs-payments-dev",
)

PREFIX: Final = "aws-waf-logs-"
_NAMED_BY: Final = {
    "aws_cloudwatch_log_group": ("name", "name_prefix"),
    "aws_s3_bucket": ("bucket", "bucket_prefix"),
    "aws_kinesis_firehose_delivery_stream": ("name", ""),
}


@RULE.check
def check(logging: Resource, _: Context) -> Iterator[Problem]:
    """Look at the name of each destination made here, and of each that is given by its ARN."""
    for destination in logging.targets("log_destination_configs", *_NAMED_BY):
        argument = next((one for one in _NAMED_BY[destination.type] if one and destination.has(one)), None)
        if destination.mode != "managed" or argument is None:
            continue
        if _begins_otherwise(destination.value(argument)):
            yield Problem(
                destination,
                argument,
                f"{argument} is {destination.shown(argument)} and {logging.address} sends a web ACL's logs there: WAF "
                f"takes only names that begin with {PREFIX}.",
                fix=f"Let the name begin with {PREFIX}.",
                also={"logging": logging.address},
            )
    for item in logging.items("log_destination_configs"):
        if isinstance(item, str) and item.startswith("arn:") and _begins_otherwise(_name_in(item)):
            yield Problem(
                logging,
                "log_destination_configs",
                f"the destination {item} is not named {PREFIX}…: WAF refuses it.",
                fix=f"Send the logs to a destination whose name begins with {PREFIX}.",
            )


def _begins_otherwise(name: Value) -> bool:
    if isinstance(name, str):
        return not name.startswith(PREFIX)
    if isinstance(name, Template) and name.prefix:
        known = name.prefix[: len(PREFIX)]
        return not PREFIX.startswith(known)
    raise Undecidable("log_destination_configs", "the destination's name is known only after apply")


def _name_in(arn: str) -> str:
    parts = arn.split(":")
    if parts[2:3] == ["logs"] and len(parts) > 6:
        return parts[6]
    return parts[-1].rsplit("/", 1)[-1]
