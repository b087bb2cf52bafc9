"""A version constraint that nothing satisfies, or that cannot be read."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from tercet.preflight.declarations import Backend, Provider, Requirement
from tercet.preflight.findings import Severity, Source
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.versions import TOP, lower_bound, upper_bound

RULE = Rule(
    id="terraform-version-impossible",
    title="Version constraint that no version satisfies",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Every part of a constraint must hold at once. One whose lower bound lies above its upper one admits nothing, "
        "and one that is no constraint (`latest`, `1.x`) is refused; `terraform init` stops at both. The constraints "
        "of all modules hold together, too."
    ),
    aws_error="Error: Invalid version constraint: This string does not use correct version constraint syntax.",
    confirmed=True,
    sources=("https://developer.hashicorp.com/terraform/language/expressions/version-constraints",),
    failing="""
terraform {
  required_version = ">= 1.10, < 1.9"
}

resource "aws_sqs_queue" "payments" {
  name = "payments-dev"
}
""",
    passing="""
terraform {
  required_version = ">= 1.10, < 2.0"
}

resource "aws_sqs_queue" "payments" {
  name = "payments-dev"
}
""",
)

_PART: Final = re.compile(r"\s*(?:>=|<=|!=|~>|=|>|<)?\s*v?\d+(?:\.\d+){0,5}(?:[-+~][\w.+-]*)?\s*")


@RULE.check
def check(graph: Graph, _: Context) -> Iterator[Problem]:
    """Look at Terraform's constraint and at each provider's."""
    if graph.kind == "plan":
        return
    yield from _between_modules(graph)
    stated = {
        "Terraform": graph.required_version,
        **{f"the provider {k}": v for k, v in graph.required_providers.items()},
    }
    for what, constraint in stated.items():
        if constraint and (reason := _wrong(constraint)) is not None:
            yield Problem(
                _place(graph, what),
                "",
                f"the constraint on {what} is {constraint!r}, and {reason}: terraform init stops.",
                fix='Write a constraint such as ">= 1.10, < 2.0".',
                aws_error=_ERRORS.get(reason, RULE.aws_error),
                also={"constraint": constraint},
            )


_UNREADABLE: Final = "that is no version constraint"
_EMPTY: Final = "no version satisfies it"
_ERRORS: Final = {
    _EMPTY: "Error: Unsupported Terraform Core version, or: Failed to query available provider packages: no available "
    "releases match the given constraints"
}


def _wrong(constraint: str) -> str | None:
    if not all(_PART.fullmatch(part) for part in constraint.split(",")):
        return _UNREADABLE
    low, high = lower_bound(constraint), upper_bound(constraint)
    return _EMPTY if high != TOP and low >= high else None


def _place(graph: Graph, what: str) -> Provider | Backend:
    name = what.removeprefix("the provider ")
    found = next((one for one in graph.providers if one.name == name and one.alias is None), None)
    if found is not None:
        return found
    source = next((one.source for one in graph.resources.values()), Source())
    address = "terraform.required_version" if what == "Terraform" else f"terraform.required_providers.{name}"
    return Provider(address, name, None, {}, Source(source.file))


def _between_modules(graph: Graph) -> Iterator[Problem]:
    """All modules run with one Terraform and one version of a provider: their constraints hold together."""
    stated: dict[str, dict[str, Requirement]] = defaultdict(dict)
    for one in graph.requirements:
        if _wrong(one.constraint) is None:
            stated[one.what].setdefault(one.constraint, one)
    for what, by_constraint in stated.items():
        if len(by_constraint) > 1 and _wrong(",".join(by_constraint)) == _EMPTY:
            shown = "; ".join(f"{text!r} in {one.module or 'the root module'}" for text, one in by_constraint.items())
            last = list(by_constraint.values())[-1]
            name = what.rpartition("/")[2]
            address = "terraform.required_version" if what == "terraform" else f"terraform.required_providers.{name}"
            yield Problem(
                Provider(address, name, None, {}, last.source),
                "",
                f"No version of {what} satisfies the constraints of all modules ({shown}): terraform init stops.",
                fix="Widen one of them, or take a version of the module whose constraint agrees.",
                aws_error=_ERRORS[_EMPTY],
                also={"constraints": shown},
            )
