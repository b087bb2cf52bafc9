"""A ``for_each`` of something that Terraform cannot repeat by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.terraform._refused import place, refused

RULE = Rule(
    id="for-each-type",
    title="for_each of a list, of objects or of something sensitive, or together with count",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Instances are known by their keys, so that for_each takes a map or a set of strings: a list has positions and "
        "no keys, objects are no strings, and what is sensitive may not become part of an address. A block has "
        "for_each or count, and never both."
    ),
    aws_error=(
        'Error: Invalid for_each argument: The given "for_each" argument value is unsuitable: the "for_each" argument '
        "must be a map, or set of strings, and you have provided a value of type list of string."
    ),
    confirmed=True,
    sources=("https://developer.hashicorp.com/terraform/language/meta-arguments/for_each",),
    failing="""
variable "queues" {
  type    = list(string)
  default = ["payments-dev", "refunds-dev"]
}

resource "aws_sqs_queue" "work" {
  for_each = var.queues
  name     = each.value
}
""",
    passing="""
variable "queues" {
  type    = list(string)
  default = ["payments-dev", "refunds-dev"]
}

resource "aws_sqs_queue" "work" {
  for_each = toset(var.queues)
  name     = each.value
}
""",
)

_SAID: Final = {
    "for-each-list": (
        "The for_each of {address} is a {written}, and has to be a map or a set of strings: the plan stops.",
        "Convert it with toset(), or make a map of it: { for one in … : one.name => one }.",
        None,
    ),
    "for-each-sensitive": (
        "The for_each of {address} comes from a sensitive variable, whose values may not become part of an address: "
        "the plan stops.",
        "Go through names that are not sensitive, nonsensitive(toset(keys(…))), and look the values up.",
        "Error: Invalid for_each argument: Sensitive values, or values derived from sensitive values, cannot be used "
        "as for_each arguments. If used, the sensitive value could be exposed as a resource instance key.",
    ),
    "count-and-for-each": (
        "{address} has both count and for_each: Terraform stops before it plans.",
        "Remove one of them.",
        'Error: Invalid combination of "count" and "for_each": The "count" and "for_each" meta-arguments are '
        "mutually-exclusive, only one should be used to be explicit about the number of resources to be created.",
    ),
}


@RULE.check
def check(graph: Graph, _: Context) -> Iterator[Problem]:
    """Tell what the evaluation has seen of each for_each."""
    for one in refused(graph, *_SAID):
        message, fix, error = _SAID[one.kind]
        yield Problem(
            place(graph, one.address, one.source),
            "",
            message.format(address=one.address, written=one.written),
            fix=fix,
            aws_error=error,
            also={"for_each": one.written},
        )
