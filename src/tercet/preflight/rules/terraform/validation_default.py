"""A default that its own variable's validation refuses."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.terraform._refused import place
from tercet.preflight.values import shown

RULE = Rule(
    id="validation-default",
    title="Default that the variable's own validation refuses",
    severity=Severity.ADVICE,
    rationale=(
        "Whoever gives the variable no other value cannot plan. Where that is meant, so that somebody has to give one, "
        "it is said more clearly by no default at all."
    ),
    aws_error="Error: Invalid value for variable: <error_message>",
    confirmed=True,
    sources=("https://developer.hashicorp.com/terraform/language/values/variables",),
    failing="""
variable "stage" {
  type    = string
  default = "development"

  validation {
    condition     = contains(["dev", "prod"], var.stage)
    error_message = "The stage is dev or prod."
  }
}

resource "aws_sqs_queue" "payments" {
  name = "payments-${var.stage}"
}
""",
    passing="""
variable "stage" {
  type    = string
  default = "dev"

  validation {
    condition     = contains(["dev", "prod"], var.stage)
    error_message = "The stage is dev or prod."
  }
}

resource "aws_sqs_queue" "payments" {
  name = "payments-${var.stage}"
}
""",
)


@RULE.check
def check(graph: Graph, _: Context) -> Iterator[Problem]:
    """Evaluate the validations of the root module's defaults."""
    for one in graph.conditions:
        if one.kind == "default" and one.value() is False:
            said = shown(one.message(), 300)
            yield Problem(
                place(graph, one.address, one.source),
                "",
                f"The default of {one.address} is refused by its own validation, unless another value is given: "
                f"{said!r}.",
                fix="Write a default that satisfies it, or none.",
                also={"validation": said},
            )
