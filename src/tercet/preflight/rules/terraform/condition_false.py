"""A condition of the configuration's own that its values do not satisfy."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.terraform._refused import place
from tercet.preflight.values import shown

RULE = Rule(
    id="condition-false",
    title="Validation or precondition that the given values do not satisfy",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A variable's `validation` and a resource's `precondition` stop the plan where they are false. Both are "
        "evaluated here with the values that are given: by a module's call, by `terraform.tfvars`, or, in a "
        "precondition, by default."
    ),
    aws_error="Error: Resource precondition failed: <error_message>",
    confirmed=True,
    sources=("https://developer.hashicorp.com/terraform/language/expressions/custom-conditions",),
    failing="""
variable "timeout" {
  type    = number
  default = 10
}

resource "aws_sqs_queue" "payments" {
  name                       = "payments-dev"
  visibility_timeout_seconds = var.timeout

  lifecycle {
    precondition {
      condition     = var.timeout >= 30
      error_message = "A payment takes up to 30 seconds."
    }
  }
}
""",
    passing="""
variable "timeout" {
  type    = number
  default = 60
}

resource "aws_sqs_queue" "payments" {
  name                       = "payments-dev"
  visibility_timeout_seconds = var.timeout

  lifecycle {
    precondition {
      condition     = var.timeout >= 30
      error_message = "A payment takes up to 30 seconds."
    }
  }
}
""",
)


@RULE.check
def check(graph: Graph, _: Context) -> Iterator[Problem]:
    """Evaluate the conditions; that of a default alone is another rule's, since somebody may give another value."""
    for one in graph.conditions:
        if one.kind == "default" or one.value() is not False:
            continue
        said = shown(one.message(), 300)
        what = "precondition" if one.kind == "precondition" else "validation"
        error = "Resource precondition failed" if what == "precondition" else "Invalid value for variable"
        yield Problem(
            place(graph, one.address, one.source),
            "",
            f"A {what} of {one.address} does not hold for the values that are given, and the plan stops: {said!r}.",
            fix=f"Give values that satisfy it, or correct the {what}.",
            aws_error=f"Error: {error}: {said}",
            also={what: said},
        )
