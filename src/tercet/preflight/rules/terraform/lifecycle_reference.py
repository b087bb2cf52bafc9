"""A lifecycle block that names what it may not."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph, Resource
from tercet.preflight.knowledge.dated import is_old
from tercet.preflight.knowledge.schema import FILE, schema_of
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="lifecycle-reference",
    title="ignore_changes or replace_triggered_by that names what it may not",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "`ignore_changes` names arguments of the resource itself, and `replace_triggered_by` other resources or their "
        "attributes: a variable or a local value has no change that could trigger anything, until a `terraform_data` "
        "holds it."
    ),
    aws_error=(
        'Error: Unsupported attribute: This object has no argument, nested block, or exported attribute named "<name>".'
    ),
    confirmed=True,
    sources=("https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle",),
    failing="""
resource "aws_sqs_queue" "payments" {
  name = "payments-dev"

  lifecycle {
    ignore_changes = [visibility_timeout]
  }
}
""",
    passing="""
resource "aws_sqs_queue" "payments" {
  name = "payments-dev"

  lifecycle {
    ignore_changes = [visibility_timeout_seconds]
  }
}
""",
)

_FIRST: Final = re.compile(r"(?:\$\{)?\s*([A-Za-z_][\w-]*)")
_NO_RESOURCES: Final = frozenset(("var", "local", "module", "path", "terraform"))


@RULE.check
def check(graph: Graph, context: Context) -> Iterator[Problem]:
    """Look at the lifecycle of each block once."""
    if graph.kind == "plan":
        return
    old = is_old(FILE, context.as_of)
    seen: set[str] = set()
    for resource in graph.managed:
        if resource.lifecycle and resource.block_address not in seen:
            seen.add(resource.block_address)
            yield from _ignored(resource, old=old)
            yield from _triggers(resource)


def _ignored(resource: Resource, *, old: bool) -> Iterator[Problem]:
    schema = schema_of(resource.type) if resource.type.startswith("aws_") else None
    if schema is None:
        return
    known = sorted({*schema.arguments, *schema.blocks, "id"})
    for name in _names(resource, "ignore_changes"):
        near = difflib.get_close_matches(name, known, n=1)
        if name != "all" and name not in known and (near or not old):
            yield Problem(
                resource,
                "",
                f"{resource.address} is to ignore changes of {name!r}, which {resource.type} does not have: Terraform "
                "stops before it plans.",
                fix=f"Write {near[0]} instead of {name}." if near else f"Remove {name}.",
                aws_error=(
                    "Error: Unsupported attribute: This object has no argument, nested block, or exported attribute "
                    f'named "{name}".'
                ),
                also={"ignore_changes": name},
            )


def _triggers(resource: Resource) -> Iterator[Problem]:
    for name in _names(resource, "replace_triggered_by"):
        if name in _NO_RESOURCES:
            yield Problem(
                resource,
                "",
                f"{resource.address} is to be replaced when something of {name!r} changes, which is no resource: "
                "Terraform stops before it plans.",
                fix="Give a terraform_data the value as its input, and name that.",
                aws_error=(
                    "Error: Invalid reference in replace_triggered_by expression: Only resources, count.index, and "
                    "each.key may be used in replace_triggered_by."
                ),
                also={"replace_triggered_by": name},
            )


def _names(resource: Resource, argument: str) -> Iterator[str]:
    """Go through the first name of each item, be it written with a key after it or not."""
    stated = resource.lifecycle.get(argument)
    for one in stated if isinstance(stated, list) else ():
        if isinstance(one, str) and (match := _FIRST.match(one)) is not None:
            yield match[1]
