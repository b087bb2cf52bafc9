"""Auto scaling of the capacity of a table that is billed by request."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.dynamodb import _tables as tables
from tercet.preflight.values import references_in

RULE = Rule(
    id="ddb-autoscaling-on-demand",
    title="Auto scaling of a table billed by request",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Application Auto Scaling sets the provisioned capacity of a table. A table that is billed by request has "
        "none, and scales by itself."
    ),
    aws_error=(
        "ValidationException: the table is in PAY_PER_REQUEST billing mode and has no provisioned capacity to scale"
    ),
    sources=("https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/AutoScaling.html",),
    resources=("aws_appautoscaling_target",),
    failing="""
resource "aws_appautoscaling_target" "write" {
  service_namespace  = "dynamodb"
  resource_id        = "table/${aws_dynamodb_table.sessions.name}"
  scalable_dimension = "dynamodb:table:WriteCapacityUnits"
  min_capacity       = 5
  max_capacity       = 50
}

resource "aws_dynamodb_table" "sessions" {
  name         = "payments-sessions-dev"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "session"

  attribute {
    name = "session"
    type = "S"
  }
}
""",
    passing="""
resource "aws_appautoscaling_target" "write" {
  service_namespace  = "dynamodb"
  resource_id        = "table/${aws_dynamodb_table.sessions.name}"
  scalable_dimension = "dynamodb:table:WriteCapacityUnits"
  min_capacity       = 5
  max_capacity       = 50
}

resource "aws_dynamodb_table" "sessions" {
  name           = "payments-sessions-dev"
  hash_key       = "session"
  billing_mode   = "PROVISIONED"
  read_capacity  = 5
  write_capacity = 5

  attribute {
    name = "session"
    type = "S"
  }
}
""",
)


@RULE.check
def check(target: Resource, _: Context) -> Iterator[Problem]:
    """Look for tables billed by request."""
    if target.text("service_namespace") != "dynamodb":
        return
    value = target.value("resource_id")
    if isinstance(value, str) and not references_in(value):
        value = value.removeprefix("table/").split("/")[0]  # table/NAME, or table/NAME/index/INDEX
    for table in target.graph.resolve(value, ("aws_dynamodb_table",)):
        if tables.is_on_demand(table):
            yield Problem(
                target,
                "resource_id",
                f"resource_id is {target.shown('resource_id')} and {table.address} is billed by request: it has no "
                "capacity to scale.",
                fix="Remove the target and its policies.",
                also={f"{table.address}.billing_mode": "PAY_PER_REQUEST"},
            )
