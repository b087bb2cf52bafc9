"""Two blocks, in one module, of one name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.terraform._refused import place, refused

RULE = Rule(
    id="declared-twice",
    title="Resource, variable, output, module or provider that is declared twice",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "All files of a folder are one module, in which a name stands for one thing. A file that was copied, or two "
        "branches that were merged, declare it twice, and Terraform stops before it plans. Override files "
        "(`override.tf`, `*_override.tf`) change what is declared, and are no second declaration."
    ),
    aws_error=(
        'Error: Duplicate resource "<type>" configuration: A <type> resource named "<name>" was already declared at '
        "<place>. Resource names must be unique per type in each module."
    ),
    confirmed=True,
    sources=(
        "https://developer.hashicorp.com/terraform/language/files",
        "https://developer.hashicorp.com/terraform/language/files/override",
    ),
    failing="""
resource "aws_sqs_queue" "payments" {
  name = "payments-dev"
}

output "queue" {
  value = aws_sqs_queue.payments.id
}

output "queue" {
  value = aws_sqs_queue.payments.arn
}
""",
    passing="""
resource "aws_sqs_queue" "payments" {
  name = "payments-dev"
}

output "queue" {
  value = aws_sqs_queue.payments.id
}

output "queue_arn" {
  value = aws_sqs_queue.payments.arn
}
""",
)

_ERRORS: Final = {
    "var": "Error: Duplicate variable declaration: A variable named {name!r} was already declared{at}.",
    "output": "Error: Duplicate output definition: An output named {name!r} was already defined{at}.",
    "local": "Error: Duplicate local value definition: A local value named {name!r} was already defined{at}.",
    "module": "Error: Duplicate module call: A module call named {name!r} was already defined{at}.",
    "provider": "Error: Duplicate provider configuration: A provider configuration for {name!r} was already given{at}.",
    "terraform": "Error: Duplicate required providers configuration: A module may have only one required providers "
    "configuration. The required providers were previously configured{at}.",
}


@RULE.check
def check(graph: Graph, _: Context) -> Iterator[Problem]:
    """Tell which names the evaluation has seen twice."""
    for one in refused(graph, "declared-twice"):
        own = one.address.rpartition("module.")[2].partition(".")[2] if one.address.startswith("module.") else ""
        first, _dot, name = (own or one.address).partition(".")
        at = f" at {one.written}" if one.written else ""
        error = _ERRORS.get(
            first, 'Error: Duplicate resource "{first}" configuration: "{name}" was already declared{at}.'
        )
        yield Problem(
            place(graph, one.address, one.source),
            "",
            f"{one.address} is declared a second time{', after that' + at if at else ''}: Terraform stops before it "
            "plans.",
            fix="Rename one of the two, or remove it.",
            aws_error=error.format(first=first, name=name, at=at),
            also={"first": one.written} if one.written else {},
        )
