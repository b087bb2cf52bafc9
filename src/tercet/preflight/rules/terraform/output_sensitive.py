"""An output of the root module that shows what is declared sensitive."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.terraform._refused import place, refused

_EXAMPLE = """
provider "aws" {
  region = "us-east-1"
}

variable "endpoint" {
  type      = string
  sensitive = true
}

resource "aws_sqs_queue" "payments" {
  name = "payments-dev"
}

output "endpoint" {
  value%s = "https://${var.endpoint}"%s
}
"""

RULE = Rule(
    id="output-sensitive",
    title="Output of the root module that holds a sensitive variable and is not sensitive itself",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "What a variable declares sensitive stays so wherever it goes. An output of the root module, which is shown, "
        "has to say that it is meant: `sensitive = true`. Outputs of called modules need not, so that only "
        "configurations with a provider or backend of their own are looked at."
    ),
    aws_error=(
        "Error: Output refers to sensitive values: To reduce the risk of accidentally exporting sensitive data that "
        "was intended to be only internal, Terraform requires that any root module output containing sensitive data be "
        "explicitly marked as sensitive, to confirm your intent."
    ),
    confirmed=True,
    sources=("https://developer.hashicorp.com/terraform/language/values/outputs",),
    failing=_EXAMPLE % ("", ""),
    passing=_EXAMPLE % ("    ", "\n  sensitive = true"),
)


@RULE.check
def check(graph: Graph, _: Context) -> Iterator[Problem]:
    """Tell which outputs the evaluation has seen to be sensitive."""
    if not graph.providers and not graph.backends:
        return
    for one in refused(graph, "output-sensitive"):
        yield Problem(
            place(graph, one.address, one.source),
            "",
            f"{one.address} holds a sensitive variable and is not declared sensitive: the plan stops.",
            fix="sensitive = true",
            also={"output": one.address},
        )
