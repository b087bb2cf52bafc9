"""Where a state machine logs to."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._targets import require_written
from tercet.preflight.values import Template, references_in

_MACHINE = """
resource "aws_cloudwatch_log_group" "payments" {
  name              = "/aws/vendedlogs/states/payments-dev"
  retention_in_days = 30
}

resource "aws_sfn_state_machine" "payments" {
  name       = "payments-dev"
  role_arn   = "arn:aws:iam::123456789012:role/payments-workflow-dev"
  definition = jsonencode({ StartAt = "Done", States = { Done = { Type = "Succeed" } } })

  logging_configuration {
    level           = "ERROR"
    log_destination = DESTINATION
  }
}
"""

RULE = Rule(
    id="sfn-logging-destination",
    title="A state machine's log destination without :*",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Step Functions wants the ARN of the log group with :* at its end. The ARN that the provider gives for a log "
        "group has none."
    ),
    aws_error=(
        "InvalidLoggingConfiguration: Invalid Logging Configuration: Log Group ARN must be provided with '*' qualifier."
    ),
    sources=(
        "https://docs.aws.amazon.com/step-functions/latest/apireference/API_CloudWatchLogsLogGroup.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/17682",
    ),
    resources=("aws_sfn_state_machine",),
    failing=_MACHINE.replace("DESTINATION", "aws_cloudwatch_log_group.payments.arn"),
    passing=_MACHINE.replace("DESTINATION", '"${aws_cloudwatch_log_group.payments.arn}:*"'),
)


@RULE.check
def check(machine: Resource, _context: Context) -> Iterator[Problem]:
    """Look at the end of the destination."""
    for logging in machine.blocks("logging_configuration"):
        if not logging.has("log_destination") or logging.text("level", "OFF") == "OFF":
            continue
        if _lacks_star(logging):
            shown = logging.shown("log_destination")
            yield Problem(
                logging,
                "log_destination",
                f"log_destination is {shown}, without :* at its end.",
                fix='Write "${<log group>.arn}:*".',
                also={"level": logging.text("level") or ""},
            )


def _lacks_star(logging: Block) -> bool:
    value = logging.value("log_destination")
    if isinstance(value, str):
        return value != "" and not value.endswith(":*")
    if isinstance(value, Template):
        return bool(value.suffix) and not value.suffix.endswith(":*")
    require_written(logging, "log_destination", "aws_cloudwatch_log_group")
    return any(
        reference.path == ("arn",) and group.type == "aws_cloudwatch_log_group"
        for reference in references_in(value)
        for group in machine_groups(logging, reference.address)
    )


def machine_groups(logging: Block, address: str) -> list[Resource]:
    """Return the resources that a destination refers to and that the configuration makes."""
    return [one for one in logging.owner.graph.find(address) if one.mode == "managed"]
