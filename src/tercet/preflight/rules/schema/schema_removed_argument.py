"""An argument that the provider had, and the admitted version no longer has."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Graph
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.schema._names import HINTS
from tercet.preflight.rules.schema._reading import generations, names, where

RULE = Rule(
    id="schema-removed-argument",
    title="Argument or block that the required provider version no longer has",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A new major version of the provider removes what the last one had deprecated. Where required_providers admits "
        "only 6.x, an argument that ended with 5.x stops Terraform. Where 5.x is still admitted, it works with a lock "
        "file that holds 5.x; then schema-deprecated-argument tells it, as advice."
    ),
    aws_error='Unsupported argument: An argument named "<name>" is not expected here.',
    confirmed=True,
    sources=(
        "https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/guides/version-6-upgrade.html.markdown",
        "https://github.com/cloudposse/terraform-aws-transfer-sftp/issues/78",
    ),
    failing="""
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

resource "aws_eip" "nat" {
  vpc = true
}
""",
    passing="""
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

resource "aws_eip" "nat" {
  domain = "vpc"
}
""",
)


@RULE.check
def check(graph: Graph, context: Context) -> Iterator[Problem]:
    """Look for arguments that only an older generation than the admitted ones knows."""
    admitted = generations(context.versions)
    for block, name, schema, _ in names(graph, context):
        knowing = schema.settable_in(name)
        if knowing and max(knowing) < min(admitted):
            yield _problem(block, name, max(knowing))


def _problem(block: Block, name: str, last: int) -> Problem:
    message = (
        f"{block.named(name)} ended with {last}.x of the AWS provider, and required_providers admits only newer "
        f"versions, in which {where(block)} has no {name}: Terraform stops before it plans."
    )
    error = f'Unsupported argument: An argument named "{name}" is not expected here.'
    return Problem(block, name, message, fix=HINTS.get((block.owner.type, name)) or f"Remove {name}.", aws_error=error)
