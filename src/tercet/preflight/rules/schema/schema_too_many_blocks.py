"""More blocks of one kind than the provider allows."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.schema._reading import blocks, how_many, where, with_schema

RULE = Rule(
    id="schema-too-many-blocks",
    title="More blocks of a kind than the provider allows",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Many blocks of the AWS provider may stand once only: two of them are refused, and are not merged. It happens "
        "when a second setting is added beside the first instead of inside it."
    ),
    aws_error='Too many <name> blocks: No more than <n> "<name>" blocks are allowed',
    sources=("https://developer.hashicorp.com/terraform/language/resources/syntax",),
    failing="""
resource "aws_sns_topic" "alerts" {
  name              = "payments-alerts-dev"
  kms_master_key_id = "alias/aws/sns"
}

resource "aws_lambda_function_event_invoke_config" "payments" {
  function_name = "payments-dev"

  destination_config {
    on_failure {
      destination = aws_sns_topic.alerts.arn
    }
  }

  destination_config {
    on_success {
      destination = aws_sns_topic.alerts.arn
    }
  }
}
""",
    passing="""
resource "aws_sns_topic" "alerts" {
  name              = "payments-alerts-dev"
  kms_master_key_id = "alias/aws/sns"
}

resource "aws_lambda_function_event_invoke_config" "payments" {
  function_name = "payments-dev"

  destination_config {
    on_failure {
      destination = aws_sns_topic.alerts.arn
    }

    on_success {
      destination = aws_sns_topic.alerts.arn
    }
  }
}
""",
)


@RULE.check
def check(graph: Graph, context: Context) -> Iterator[Problem]:
    """Count the blocks of each kind."""
    for resource, schema in with_schema(graph, context):
        for block, its_schema, _ in blocks(resource, schema):
            for name, nested in its_schema.blocks.items():
                if name in its_schema.arguments:
                    continue
                most = 1 if nested.nesting == "single" else nested.max_items
                number = how_many(block.values.get(name)) if most else None
                if number is not None and number > most:
                    message = (
                        f"{where(block)} has {number} {name} blocks, and the provider allows {most}: "
                        "Terraform stops before it plans."
                    )
                    error = f'Too many {name} blocks: No more than {most} "{name}" blocks are allowed'
                    fix = f"Make one {name} block of them." if most == 1 else f"Leave {most} {name} blocks."
                    yield Problem(block, name, message, fix=fix, aws_error=error)
