"""An argument or block that the provider requires, and that is not there."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Graph
from tercet.preflight.knowledge.schema import BlockSchema
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.schema._reading import blocks, generations, how_many, where, with_schema

RULE = Rule(
    id="schema-missing-argument",
    title="Required argument or block is missing",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Terraform stops where an argument that the provider requires is absent, or where there are fewer "
        "blocks of a kind than it requires. An argument is reported only if each major version of the provider that "
        "may run the configuration requires it. Blocks of a dynamic block whose number is not known are not counted."
    ),
    aws_error='Missing required argument: The argument "<name>" is required, but no definition was found.',
    confirmed=True,
    sources=(
        "https://developer.hashicorp.com/terraform/language/resources/syntax",
        "https://github.com/hashicorp/terraform-provider-aws/tree/main/website/docs/r",
    ),
    failing="""
resource "aws_kms_key" "data" {
  description         = "payments-dev"
  enable_key_rotation = true
}

resource "aws_kms_alias" "data" {
  name = "alias/payments-dev"
}
""",
    passing="""
resource "aws_kms_key" "data" {
  description         = "payments-dev"
  enable_key_rotation = true
}

resource "aws_kms_alias" "data" {
  name          = "alias/payments-dev"
  target_key_id = aws_kms_key.data.key_id
}
""",
)


@RULE.check
def check(graph: Graph, context: Context) -> Iterator[Problem]:
    """Look for what every admitted generation requires."""
    admitted = generations(context.versions)
    for resource, schema in with_schema(graph, context):
        for block, its_schema, _ in blocks(resource, schema):
            asked = tuple(one for one in admitted if one in its_schema.generations)
            yield from _arguments(block, its_schema, asked)
            yield from _blocks(block, its_schema, asked)


def _arguments(block: Block, schema: BlockSchema, admitted: tuple[int, ...]) -> Iterator[Problem]:
    for name in schema.required_in(admitted):
        if name not in block.values:
            message = f"{where(block)} has no {name}, which the provider requires: Terraform stops before it plans."
            error = f'Missing required argument: The argument "{name}" is required, but no definition was found.'
            yield Problem(block, name, message, fix=f"Write {name}.", aws_error=error)


def _blocks(block: Block, schema: BlockSchema, admitted: tuple[int, ...]) -> Iterator[Problem]:
    for name, nested in schema.blocks.items():
        if not nested.min_items or not set(admitted) <= set(nested.generations):
            continue
        number = how_many(block.values[name]) if name in block.values else 0
        if number is not None and number < nested.min_items:
            message = (
                f"{where(block)} has {number or 'no'} {name} block{'s' if number > 1 else ''}, and the provider "
                f"requires {nested.min_items} or more: Terraform stops before it plans."
            )
            error = f'Insufficient {name} blocks: At least {nested.min_items} "{name}" blocks are required.'
            yield Problem(block, name, message, fix=f"Write a {name} block.", aws_error=error)
