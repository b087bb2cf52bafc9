"""A variable that is declared as none can be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.terraform._refused import place, refused

RULE = Rule(
    id="variable-declaration",
    title="Variable with a reserved name, or a default that is not of its type or no constant",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A variable's default is a constant of its type: it is converted, and a single value is not made a list of "
        "one. Names that mean something in a module's call (`count`, `source`, `version` …) cannot be variables."
    ),
    aws_error=(
        "Error: Invalid default value for variable: This default value is not compatible with the variable's type "
        "constraint."
    ),
    confirmed=True,
    sources=("https://developer.hashicorp.com/terraform/language/values/variables",),
    failing="""
variable "queues" {
  type    = set(string)
  default = "payments-dev"
}

resource "aws_sqs_queue" "work" {
  for_each = var.queues
  name     = each.value
}
""",
    passing="""
variable "queues" {
  type    = set(string)
  default = ["payments-dev"]
}

resource "aws_sqs_queue" "work" {
  for_each = var.queues
  name     = each.value
}
""",
)

_SAID: Final = {
    "default-type": (
        "The default of {address} is no {written}, which is its type: terraform init stops.",
        "Write a default of the type {written}, or correct the type.",
        "Error: Invalid default value for variable: This default value is not compatible with the variable's type "
        "constraint: {written} required.",
    ),
    "default-reference": (
        "The default of {address} refers to {written}, and has to be a constant: terraform init stops.",
        "Let a local value choose: coalesce({address}, …), with null as the default.",
        "Error: Variables not allowed: Variables may not be used here.",
    ),
    "variable-reserved": (
        "{address} has a name that means something in a module's call: terraform init stops.",
        "Rename the variable.",
        'Error: Invalid variable name: The variable name "{written}" is reserved due to its special meaning inside '
        "module blocks.",
    ),
}


@RULE.check
def check(graph: Graph, _: Context) -> Iterator[Problem]:
    """Tell which declarations the evaluation has seen."""
    for one in refused(graph, *_SAID):
        message, fix, error = (text.format(address=one.address, written=one.written) for text in _SAID[one.kind])
        yield Problem(
            place(graph, one.address, one.source), "", message, fix=fix, aws_error=error, also={"declared": one.written}
        )
