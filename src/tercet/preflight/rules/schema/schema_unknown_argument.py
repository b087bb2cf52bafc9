"""An argument or block that the provider does not have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Graph
from tercet.preflight.knowledge.dated import is_old
from tercet.preflight.knowledge.schema import FILE, BlockSchema, versions
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.schema._names import HINTS, Guesses, elsewhere
from tercet.preflight.rules.schema._reading import generations, names, where
from tercet.preflight.values import shown

RULE = Rule(
    id="schema-unknown-argument",
    title="Argument or block that the AWS provider does not have",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Terraform compares every argument with the provider's schema and stops where one is not in it, or is computed "
        "by the provider so that nobody may set it. The schema is that of AWS provider 5.100.0 and of one 6.x; where a "
        "version constraint admits one of them only, that one decides. An argument that is younger than this data is "
        "told from a mistake by its name: once the data is over 90 days old, only what resembles a known name is told."
    ),
    aws_error='Unsupported argument: An argument named "<name>" is not expected here.',
    confirmed=True,
    sources=(
        "https://developer.hashicorp.com/terraform/language/resources/syntax",
        "https://github.com/hashicorp/terraform-provider-aws/tree/main/website/docs/r",
    ),
    failing="""
resource "aws_backup_vault" "payments" {
  name = "payments-dev"
}

resource "aws_backup_plan" "payments" {
  name = "payments-dev"

  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.payments.name
    schedule          = "cron(0 3 * * ? *)"

    lifecycle {
      delete_after_days = 7
    }
  }
}
""",
    passing="""
resource "aws_backup_vault" "payments" {
  name = "payments-dev"
}

resource "aws_backup_plan" "payments" {
  name = "payments-dev"

  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.payments.name
    schedule          = "cron(0 3 * * ? *)"

    lifecycle {
      delete_after = 7
    }
  }
}
""",
)


@RULE.check
def check(graph: Graph, context: Context) -> Iterator[Problem]:
    """Compare every argument of every resource with the schema."""
    admitted = generations(context.versions)
    old = is_old(FILE, context.as_of)
    guesses = Guesses()
    for block, name, schema, around in names(graph, context):
        knowing = schema.settable_in(name)
        if knowing & set(admitted) or (knowing and max(knowing) < max(versions())):
            continue  # known; or to an older generation alone, which another rule tells
        if knowing:
            yield _too_new(block, name, min(knowing))
        elif name in schema.arguments:
            yield _computed(block, name)
        else:
            fix = _fix(block, name, schema, around, admitted, guesses)
            if fix or not old:
                message = f"{where(block)} has no argument or block {shown(name)}: Terraform stops before it plans."
                error = f'Unsupported argument: An argument named "{shown(name)}" is not expected here.'
                yield Problem(block, name, message, fix=fix, aws_error=error)


def _too_new(block: Block, name: str, generation: int) -> Problem:
    message = (
        f"{where(block)} has {name} only from AWS provider {generation}.x on, which required_providers excludes: "
        "Terraform stops before it plans."
    )
    return Problem(block, name, message, fix=f'Remove {name}, or require version ">= {generation}.0" of the provider.')


def _computed(block: Block, name: str) -> Problem:
    message = f"{block.named(name)} is set, but the provider computes it and nobody may set it: Terraform stops."
    error = (
        f'Value for unconfigurable attribute: Can\'t configure a value for "{name}": its value will be decided '
        "automatically based on the result of applying this configuration."
    )
    return Problem(block, name, message, fix=f"Remove {name}.", aws_error=error)


def _fix(
    block: Block,
    name: str,
    schema: BlockSchema,
    around: BlockSchema | None,
    admitted: Sequence[int],
    guesses: Guesses,
) -> str:
    if hint := HINTS.get((block.owner.type, name)):
        return hint
    if hint := elsewhere(name, schema, around, admitted):
        return hint
    near = guesses.nearest(name, schema.names(admitted))
    return f"Write {near} instead of {name}." if near else ""
