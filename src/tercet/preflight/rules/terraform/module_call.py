"""A call of a module that does not fit the module."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.terraform._refused import place, refused

RULE = Rule(
    id="module-call-mismatch",
    title="Module call that does not fit the module",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A variable without a default has to be given, an argument has to have a variable, and a local source has to "
        "be a folder. A module that configures a provider itself may not be called with `count`, `for_each` or "
        "`depends_on`, nor from within a module that is. Terraform looks before it plans. Only modules that are at "
        "hand are looked at."
    ),
    aws_error='Error: Missing required argument: The argument "<name>" is required, but no definition was found.',
    confirmed=True,
    sources=(
        "https://developer.hashicorp.com/terraform/language/modules/syntax",
        "https://developer.hashicorp.com/terraform/language/modules/develop/providers",
        "https://github.com/hashicorp/terraform/issues/31081",
    ),
    failing="""
module "queue" {
  source = "./modules/queue"
}

resource "aws_sqs_queue" "payments" {
  name = "payments-dev"
}
""",
    passing="""
resource "aws_sqs_queue" "payments" {
  name = "payments-dev"
}
""",
)

_SAID: Final = {
    "module-argument-missing": (
        "{address} is not given {written!r}, which has no default: Terraform stops before it plans.",
        "Give {address} a value for {written}.",
        'Error: Missing required argument: The argument "{written}" is required, but no definition was found.',
    ),
    "module-argument-unknown": (
        "{address} is given {written!r}, and the module has no variable of that name: Terraform stops before it plans.",
        "Remove {written}, or write the name of the variable that was meant.",
        'Error: Unsupported argument: An argument named "{written}" is not expected here.',
    ),
    "module-missing": (
        "The source of {address} is {written!r}, and there is no such folder: terraform init stops.",
        "Write the path of the module's folder, counted from the file of the call.",
        "Error: Unreadable module directory: Unable to evaluate directory symlink: lstat {written}: no such file or "
        "directory",
    ),
    "module-provider": (
        "{address} configures the provider {written} itself, and its call, or one around it, has count, for_each or "
        "depends_on: terraform init stops.",
        "Move the provider block to the root module; the module inherits it, or is given it by providers.",
        "Error: Module is incompatible with count, for_each, and depends_on: The module at {address} is a legacy "
        "module which contains its own local provider configurations, and so calls to it may not use the count, "
        "for_each, or depends_on arguments.",
    ),
}
_EVIDENCE: Final = {"module-missing": "source", "module-provider": "provider"}


@RULE.check
def check(graph: Graph, _: Context) -> Iterator[Problem]:
    """Tell where the evaluation has seen a call that does not fit."""
    missing = [one.written for one in refused(graph, "module-argument-missing")]
    for one in refused(graph, *_SAID):
        message, fix, error = (text.format(address=one.address, written=one.written) for text in _SAID[one.kind])
        if one.kind == "module-argument-unknown" and (near := difflib.get_close_matches(one.written, missing, n=1)):
            fix += f" ({near[0]}?)"
        yield Problem(
            place(graph, one.address, one.source),
            "",
            message,
            fix=fix,
            aws_error=error,
            also={_EVIDENCE.get(one.kind, "argument"): one.written},
        )
