"""Keys of a ``for_each``, or a ``count``, that are known only after apply."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.declarations import Refused
from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.knowledge.schema import schema_of
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.terraform._refused import place, refused
from tercet.preflight.values import Reference

RULE = Rule(
    id="for-each-unknown",
    title="for_each or count that depends on what is known only after apply",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Terraform has to know before it plans which instances there will be. Keys of a map, items of a set and "
        "numbers that come from an identifier of something that does not exist yet are not known, and the plan stops: "
        "in a new environment, while it goes on where everything stands already. The values of a map may be unknown."
    ),
    aws_error=(
        'Error: Invalid for_each argument: The "for_each" map includes keys derived from resource attributes that '
        "cannot be determined until apply, and so Terraform cannot determine the full set of keys that will identify "
        "the instances of this resource."
    ),
    confirmed=True,
    sources=(
        "https://developer.hashicorp.com/terraform/language/meta-arguments/for_each",
        "https://github.com/hashicorp/terraform/issues/29924",
        "https://github.com/hashicorp/terraform/issues/23529",
    ),
    failing="""
resource "aws_security_group" "function" {
  name = "payments-function-dev"
}

resource "aws_security_group" "database" {
  name = "payments-database-dev"
}

resource "aws_vpc_security_group_ingress_rule" "database" {
  for_each                     = toset([aws_security_group.function.id])
  security_group_id            = aws_security_group.database.id
  referenced_security_group_id = each.value
  from_port                    = 3306
  to_port                      = 3306
  ip_protocol                  = "tcp"
}
""",
    passing="""
resource "aws_security_group" "function" {
  name = "payments-function-dev"
}

resource "aws_security_group" "database" {
  name = "payments-database-dev"
}

resource "aws_vpc_security_group_ingress_rule" "database" {
  for_each                     = { function = aws_security_group.function.id }
  security_group_id            = aws_security_group.database.id
  referenced_security_group_id = each.value
  from_port                    = 3306
  to_port                      = 3306
  ip_protocol                  = "tcp"
}
""",
)

_IDENTIFIER: Final = re.compile(
    r"(?:.*_)?(?:id|arn)s?|(?:.*_)?dns_name|unique_id|name_servers|(?:private|public)_ip|endpoint"
)
"""Attributes that are made when the resource is. Others may be computed by the provider while it plans."""
_MADE_ON_APPLY: Final = {
    "random_id": ("id", "hex", "dec", "b64_url", "b64_std"),
    "random_integer": ("id", "result"),
    "random_password": ("result",),
    "random_pet": ("id",),
    "random_string": ("id", "result"),
    "random_uuid": ("id", "result"),
    "terraform_data": ("id",),
    "null_resource": ("id",),
}
_MAX_STEPS: Final = 10
_COUNT_ERROR: Final = (
    'Error: Invalid count argument: The "count" value depends on resource attributes that cannot be determined until '
    "apply, so Terraform cannot predict how many instances will be created."
)


@RULE.check
def check(graph: Graph, _: Context) -> Iterator[Problem]:
    """Look what each unknown key or number comes from."""
    for one in refused(graph, "for-each-unknown", "count-unknown"):
        reason = next((found for found in one.references if _is_made_on_apply(graph, found)), None)
        if reason is not None:
            yield _problem(graph, one, reason)


def _problem(graph: Graph, one: Refused, reason: Reference) -> Problem:
    counted = one.kind == "count-unknown"
    return Problem(
        place(graph, one.address, one.source),
        "",
        f"{'How many instances' if counted else 'Which instances'} {one.address} has depends on {reason}, which is "
        "known only once that exists: the plan of a new environment stops.",
        fix=(
            "Let a variable of its own, or a comparison with null, decide the number."
            if counted
            else f'Write a map whose keys are your own names, and {reason} as a value: {{ "name" = {reason} }}.'
        ),
        aws_error=_COUNT_ERROR if counted else None,
        also={one.written: str(reason)},
    )


def _is_made_on_apply(graph: Graph, reference: Reference, steps: int = _MAX_STEPS) -> bool:
    """Tell whether nobody can know an attribute before the resource is made."""
    found = graph.find(reference.address)
    if not found or not reference.path or not steps or found[0].mode != "managed":
        return False
    resource, name = found[0], str(reference.path[0])
    if resource.block_address in graph.imported:
        return False
    given = resource.values.get(name)
    if given is not None:
        return isinstance(given, Reference) and _is_made_on_apply(graph, given, steps - 1)
    if name == "domain_validation_options":  # the names of the domains are known, and the records are not
        return str(reference.path[-1]).startswith("resource_record")
    if resource.type in _MADE_ON_APPLY:
        return name in _MADE_ON_APPLY[resource.type]
    return _IDENTIFIER.fullmatch(name) is not None and _is_computed(resource.type, name)


def _is_computed(type: str, name: str) -> bool:
    """Tell whether the provider alone says it."""
    schema = schema_of(type)
    argument = schema.arguments.get(name) if schema else None
    if argument is None:
        return False
    return name == "id" or not any(argument.settable(generation) for generation in argument.flags)
