"""When a function is sent its own events, and when that cannot be known."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tercet.preflight.check import Options
from tercet.preflight.rules.wiring import _examples as example
from tests.preflight.checking import check_hcl

FOUND, SILENT, UNDECIDED = "found", "silent", "undecided"


def verdict(text: str) -> str:
    report = check_hcl(text, options=Options(select=("event-loop",)))
    if report.findings:
        return FOUND
    return UNDECIDED if report.undecided else SILENT


def rule(
    pattern: dict[str, Any], target: str = "aws_lambda_function.processor.arn", bus: str = "", more: str = ""
) -> str:
    return f"""
resource "aws_cloudwatch_event_rule" "r" {{
  name          = "payments-dev"
  event_pattern = {json.dumps(json.dumps(pattern))}
  {bus}
  {more}
}}
resource "aws_cloudwatch_event_target" "t" {{
  rule = aws_cloudwatch_event_rule.r.name
  arn  = {target}
  {bus}
}}
"""


def environment(**variables: str) -> str:
    inside = "\n".join(f'{name} = "{value}"' for name, value in variables.items())
    return f"environment {{\n    variables = {{\n      {inside}\n    }}\n  }}"


PUT = example.allow('["events:PutEvents"]', '"*"')
ON_DEFAULT = example.allow('["events:PutEvents"]', '"arn:aws:events:us-east-1:111122223333:event-bus/default"')
ON_OTHER = example.allow('["events:PutEvents"]', '"arn:aws:events:us-east-1:111122223333:event-bus/other"')
CONDITION = """{
        Effect    = "Allow"
        Action    = ["events:PutEvents"]
        Resource  = "*"
        Condition = { StringEquals = { "events:source" = "%s" } }
      },"""
OWN = {"source": ["payment.processing"]}
TYPED = {"source": ["payment.processing"], "detail-type": ["Payment Processed"]}
SOURCE = environment(EVENT_SOURCE="payment.processing")
ANOTHER = example.role(PUT, name="other", service="ecs-tasks.amazonaws.com")
CODE = """
data "archive_file" "code" {
  type        = "zip"
  output_path = "processor.zip"
  source {
    filename = "app.py"
    content  = "client.put_events(Entries=[{'Source': 'ledger.x', 'DetailType': 'Payment Processed'}])"
  }
}
"""

CASES = {
    "the environment names the source": (rule(OWN) + example.role(PUT) + example.function(SOURCE), FOUND),
    "on the default bus, by its ARN": (rule(OWN) + example.role(ON_DEFAULT) + example.function(SOURCE), FOUND),
    "it may put events on another bus only": (rule(OWN) + example.role(ON_OTHER) + example.function(SOURCE), SILENT),
    "it may not put events": (rule(OWN) + example.role(example.LOGS) + example.function(SOURCE), SILENT),
    "the environment names another source": (
        rule(OWN) + example.role(PUT) + example.function(environment(EVENT_SOURCE="payment.results")),
        SILENT,
    ),
    "a value of another name": (
        rule({"source": ["billing.core"]}) + example.role(PUT) + example.function(environment(APP="billing.core")),
        FOUND,
    ),
    "a condition names the source": (
        rule(OWN) + example.role(CONDITION % "payment.processing") + example.function(),
        FOUND,
    ),
    "a condition names another source": (
        rule(OWN) + example.role(CONDITION % "payment.results") + example.function(SOURCE),
        SILENT,
    ),
    "a prefix takes the source": (
        rule({"source": [{"prefix": "payment."}]}) + example.role(PUT) + example.function(SOURCE),
        FOUND,
    ),
    "anything but the source": (
        rule({"source": [{"anything-but": ["payment.processing"]}]}) + example.role(PUT) + example.function(SOURCE),
        SILENT,
    ),
    "called after what it does, nobody else puts events": (
        rule(OWN) + example.role(PUT) + example.function(),
        FOUND,
    ),
    "called after what it does, and somebody else puts events": (
        rule(OWN) + example.role(PUT) + ANOTHER + example.function(),
        UNDECIDED,
    ),
    "called after what it is about": (
        rule({"source": ["acme.orders"]})
        + example.role(PUT)
        + example.function().replace("payments-processor", "acme-orders"),
        UNDECIDED,
    ),
    "the same program twice": (
        rule(OWN) + example.role(PUT) + example.function() + example.function(name="standby"),
        FOUND,
    ),
    "another program has the same role": (
        rule(OWN) + example.role(PUT) + example.function() + example.function(name="other").replace("app.h", "other.h"),
        UNDECIDED,
    ),
    "a detail-type, nobody else puts events": (rule(TYPED) + example.role(PUT) + example.function(SOURCE), FOUND),
    "a detail-type, and somebody else puts events": (
        rule(TYPED) + example.role(PUT) + ANOTHER + example.function(SOURCE),
        UNDECIDED,
    ),
    "a detail-type that the environment names": (
        rule(TYPED)
        + example.role(PUT)
        + ANOTHER
        + example.function(environment(EVENT_SOURCE="payment.processing", EVENT_TYPE="Payment Processed")),
        FOUND,
    ),
    "code in the configuration names the source": (
        rule({"source": ["ledger.x"]})
        + CODE
        + example.role(PUT)
        + example.function("filename = data.archive_file.code.output_path").replace("s3_", "#s3_"),
        FOUND,
    ),
    "events of AWS": (rule({"source": ["aws.s3"]}) + example.role(PUT) + example.function(SOURCE), SILENT),
    "a schedule": (
        rule(OWN).replace("event_pattern", 'schedule_expression = "rate(5 minutes)"\n  #')
        + example.role(PUT)
        + example.function(SOURCE),
        SILENT,
    ),
    "the rule is off": (rule(OWN, more='state = "DISABLED"') + example.role(PUT) + example.function(SOURCE), SILENT),
    "by way of a queue": (
        rule(OWN, target="aws_sqs_queue.orders.arn")
        + example.QUEUE
        + 'resource "aws_lambda_event_source_mapping" "m" {\n  event_source_arn = aws_sqs_queue.orders.arn\n'
        + "  function_name = aws_lambda_function.processor.arn\n}\n"
        + example.role(PUT)
        + example.function(SOURCE),
        FOUND,
    ),
    "another function is the target": (
        rule(OWN, target="aws_lambda_function.mailer.arn")
        + example.role(PUT)
        + example.function(SOURCE)
        + example.role(example.LOGS, name="mailer")
        + example.function(name="mailer", role="aws_iam_role.mailer.arn"),
        SILENT,
    ),
    "the pattern is not known": (
        'variable "pattern" {}\n'
        + rule(OWN).replace(json.dumps(json.dumps(OWN)), "var.pattern")
        + example.role(PUT)
        + example.function(SOURCE),
        UNDECIDED,
    ),
    "everything of a bus of its own": (
        'resource "aws_cloudwatch_event_bus" "b" {\n  name = "payments-dev"\n}\n'
        + rule({"account": ["111122223333"]}, bus="event_bus_name = aws_cloudwatch_event_bus.b.name")
        + example.role(example.allow('["events:PutEvents"]', "aws_cloudwatch_event_bus.b.arn"))
        + example.function(),
        FOUND,
    ),
    "a role elsewhere, and the environment says it all": (
        rule(OWN)
        + example.function(environment(EVENT_SOURCE="payment.processing", EVENT_BUS="default"), role=example.ELSEWHERE),
        FOUND,
    ),
    "a role elsewhere": (rule(OWN) + example.function(role=example.ELSEWHERE), SILENT),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_a_function_and_its_own_events(text: str, expected: str):
    assert verdict(text) == expected


def possible(text: str) -> bool:
    return bool(check_hcl(text, options=Options(select=("event-loop-possible",))).findings)


def test_a_loop_that_only_the_code_could_rule_out_is_asked_about():
    service = rule({"source": ["payment.service"], "detail-type": ["Payment Processed"]})
    assert verdict(service + example.role(PUT) + example.function()) == UNDECIDED
    assert possible(service + example.role(PUT) + example.function())
    assert not possible(service + example.role() + example.function())
    assert not possible(service + example.role(ON_OTHER) + example.function())
    assert not possible(service + example.role(PUT) + ANOTHER + example.function())
    assert not possible(rule({"source": ["aws.rds"]}) + example.role(PUT) + example.function())
    assert not possible(rule(OWN) + example.role(PUT) + example.function(SOURCE))
