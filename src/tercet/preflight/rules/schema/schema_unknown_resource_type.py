"""A resource type that the provider does not have."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph, Resource
from tercet.preflight.knowledge.dated import is_old
from tercet.preflight.knowledge.schema import FILE, schema_of, types
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.schema._names import Guesses
from tercet.preflight.rules.schema._reading import generations, of_aws

RULE = Rule(
    id="schema-unknown-resource-type",
    title="Resource type or data source that the AWS provider does not have",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Terraform stops at a type that the provider does not have: a spelling mistake, a data source written as a "
        "resource, or a type that came with 6.x or went with it, under a constraint that excludes that version. Once "
        "the data is over 90 days old, a type that is near to none that is known is taken for a new one."
    ),
    aws_error='Invalid resource type: The provider hashicorp/aws does not support resource type "<type>".',
    confirmed=True,
    sources=("https://github.com/hashicorp/terraform-provider-aws/tree/main/website/docs/r",),
    failing="""
resource "aws_backup_vaults" "payments" {
  name = "payments-dev"
}
""",
    passing="""
resource "aws_backup_vault" "payments" {
  name = "payments-dev"
}
""",
)


@RULE.check
def check(graph: Graph, context: Context) -> Iterator[Problem]:
    """Look each type up."""
    admitted = generations(context.versions)
    if not admitted:
        return
    old = is_old(FILE, context.as_of)
    guesses = Guesses()
    for resource in of_aws(graph):
        if resource.mode not in ("managed", "data"):
            continue
        schema = schema_of(resource.type, resource.mode)
        if schema is None:
            problem = _unknown(resource, guesses)
            if problem.fix or not old:
                yield problem
        elif not set(schema.generations) & set(admitted):
            yield _other_generation(resource, schema.generations[0], admitted)


def _unknown(resource: Resource, guesses: Guesses) -> Problem:
    what, other = ("resource type", "data") if resource.mode == "managed" else ("data source", "managed")
    message = f"The AWS provider has no {what} {resource.type}: Terraform stops before it plans."
    near = guesses.nearest(resource.type, types(resource.mode))
    fix = f"Write {near}." if near else ""
    if schema_of(resource.type, other):
        block = f"as a {'data' if other == 'data' else 'resource'} block"
        fix = f"Write {near}, or write it {block}." if near else f"Write it {block}."
    return Problem(resource, "", message, fix=fix, aws_error=_error(resource))


def _other_generation(resource: Resource, generation: int, admitted: tuple[int, ...]) -> Problem:
    newer = generation > max(admitted)
    change = f"came with {generation}.x" if newer else f"went with {generation + 1}.0"
    message = (
        f"{resource.type} {change} of the AWS provider, and required_providers excludes the versions that have it: "
        "Terraform stops before it plans."
    )
    fix = f'Require version ">= {generation}.0" of the provider.' if newer else f"Remove {resource.type}."
    return Problem(resource, "", message, fix=fix, aws_error=_error(resource))


def _error(resource: Resource) -> str:
    if resource.mode == "data":
        return f'Invalid data source: The provider hashicorp/aws does not support data source "{resource.type}".'
    return f'Invalid resource type: The provider hashicorp/aws does not support resource type "{resource.type}".'
