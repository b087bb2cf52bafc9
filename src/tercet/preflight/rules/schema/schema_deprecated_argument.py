"""An argument that works, and that the provider is going to remove."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Graph
from tercet.preflight.knowledge.schema import GENERATIONS, BlockSchema, NestedBlock
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.schema._names import HINTS
from tercet.preflight.rules.schema._reading import generations, names, where

RULE = Rule(
    id="schema-deprecated-argument",
    title="Argument or block that the provider has deprecated",
    severity=Severity.ADVICE,
    rationale=(
        "Terraform warns, and goes on. The argument goes with a later major version of the provider: some of these are "
        "gone in 6.x already, and work only as long as the lock file holds 5.x. Inline blocks of aws_s3_bucket also "
        "fight with the resources that replace them. What 6.x alone has deprecated is not known to this rule."
    ),
    aws_error="Argument is deprecated",
    confirmed=True,
    sources=(
        "https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/guides/version-6-upgrade.html.markdown",
    ),
    failing="""
resource "aws_eip" "nat" {
  vpc = true
}
""",
    passing="""
resource "aws_eip" "nat" {
  domain = "vpc"
}
""",
)


@RULE.check
def check(graph: Graph, context: Context) -> Iterator[Problem]:
    """Look for arguments that are marked, or that the newest admitted generation has no more."""
    admitted = generations(context.versions)
    for block, name, schema, _ in names(graph, context):
        if isinstance(schema, NestedBlock) and schema.deprecated:
            continue  # the block around it is told
        if why := _why(schema, name, admitted):
            yield _problem(block, name, why)


def _why(schema: BlockSchema, name: str, admitted: tuple[int, ...]) -> str | None:
    knowing = schema.settable_in(name)
    if not knowing & set(admitted):
        return None  # an error, which other rules tell
    if max(knowing) < max(admitted) and max(admitted) in schema.generations:
        return f"is gone in {max(admitted)}.x of the AWS provider, which may run this configuration"
    argument, nested = schema.arguments.get(name), schema.blocks.get(name)
    if (argument and argument.deprecated(min(GENERATIONS))) or (nested and nested.deprecated):
        return "is deprecated"
    return None


def _problem(block: Block, name: str, why: str) -> Problem:
    fix = HINTS.get((block.owner.type, name)) or f"Remove {name}."
    return Problem(block, name, f"{block.named(name)} of {where(block.owner)} {why}.", fix=fix)
