"""A reference to an attribute that a resource does not have."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Final

from tercet.preflight.declarations import NOWHERE
from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph, Resource
from tercet.preflight.knowledge.dated import is_old
from tercet.preflight.knowledge.schema import FILE, ResourceSchema, schema_of
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.terraform._refused import place
from tercet.preflight.values import Reference, references_in

RULE = Rule(
    id="attribute-unknown",
    title="Reference to an attribute that the resource does not have",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Terraform compares every reference with the provider's schema and stops where the resource has no such "
        "argument, block or exported attribute. Values of another configuration's state stand under `outputs`. The "
        "schema is that of AWS provider 5.100.0 and of one 6.x; once it is over 90 days old, only what resembles a "
        "known name is told."
    ),
    aws_error=(
        'Error: Unsupported attribute: This object has no argument, nested block, or exported attribute named "<name>".'
    ),
    confirmed=True,
    sources=(
        "https://developer.hashicorp.com/terraform/language/expressions/references",
        "https://developer.hashicorp.com/terraform/language/state/remote-state-data",
    ),
    failing="""
resource "aws_sqs_queue" "payments" {
  name = "payments-dev"
}

resource "aws_ssm_parameter" "queue" {
  name  = "/payments-dev/queue"
  type  = "String"
  value = aws_sqs_queue.payments.queue_arn
}
""",
    passing="""
resource "aws_sqs_queue" "payments" {
  name = "payments-dev"
}

resource "aws_ssm_parameter" "queue" {
  name  = "/payments-dev/queue"
  type  = "String"
  value = aws_sqs_queue.payments.arn
}
""",
)

_BUILT_IN: Final = {
    "data.terraform_remote_state": frozenset(("backend", "config", "defaults", "outputs", "workspace")),
    "terraform_data": frozenset(("id", "input", "output", "store", "triggers_replace")),
}


@RULE.check
def check(graph: Graph, context: Context) -> Iterator[Problem]:
    """Compare each reference's first step with the schema of what it leads to; a plan's were accepted already."""
    if graph.kind == "plan":
        return
    old = is_old(FILE, context.as_of)
    seen: set[tuple[str, str]] = set()
    outputs = [place(graph, f"output.{name}", NOWHERE) for name in graph.outputs]
    given = [(user, user.values.items()) for user in graph.resources.values()]
    given += [(user, {"": graph.outputs[user.name]}.items()) for user in outputs]
    for user, arguments in given:
        for argument, value in arguments:
            for reference in references_in(value):
                key = (reference.address, str(reference.path[0]) if reference.path else "")
                if key not in seen:
                    seen.add(key)
                    yield from _unknown(graph, user, argument, reference, old=old)


def _unknown(graph: Graph, user: Resource, argument: str, reference: Reference, *, old: bool) -> Iterator[Problem]:
    found = graph.find(reference.address)
    if not found or not reference.path or not isinstance(name := reference.path[0], str) or not name.isidentifier():
        return
    names = _names(found[0])
    if names is None or name in names:
        return
    fix = _fix(found[0], reference, name, names)
    if fix or not old:
        yield Problem(
            user,
            argument,
            f"{user.address} refers to {reference}, and {found[0].type} has no attribute {name!r}: Terraform stops "
            "before it plans.",
            fix=fix or f"Write an attribute that {found[0].type} has.",
            aws_error=(
                "Error: Unsupported attribute: This object has no argument, nested block, or exported attribute named "
                f'"{name}".'
            ),
            also={"reference": str(reference)},
        )


def _names(resource: Resource) -> set[str] | frozenset[str] | None:
    """Return what a resource's values have, in any version of the provider; None where that is not known."""
    if resource.mode == "data" and resource.type == "terraform_remote_state":
        return _BUILT_IN["data.terraform_remote_state"]
    if resource.type in _BUILT_IN:
        return _BUILT_IN[resource.type]
    schema: ResourceSchema | None = schema_of(resource.type, resource.mode) if resource.type[:4] == "aws_" else None
    return {"id", *schema.arguments, *schema.blocks} if schema else None


def _fix(resource: Resource, reference: Reference, name: str, names: set[str] | frozenset[str]) -> str:
    if resource.type == "terraform_remote_state":
        return f"Write {reference.address}.outputs.{name}."
    parts = [one for one in sorted(names) if one in name.split("_") and len(one) > 1]
    near = difflib.get_close_matches(name, sorted(names), n=1) or parts[-1:]
    return f"Write {near[0]} instead of {name}." if near else ""
