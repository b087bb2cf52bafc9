"""A reference to something that is declared nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.declarations import Undeclared
from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph, Undecidable
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.terraform._beside import declares
from tercet.preflight.rules.terraform._users import KEYS, evaluate_all, user_of

RULE = Rule(
    id="undeclared-reference",
    title="Reference to a resource, variable, local, module, output or function that does not exist",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A name that was renamed in one place and not in the other, or never written: Terraform stops before it "
        "plans. If a single file of a folder is checked and another file there declares the name, nothing is said."
    ),
    aws_error=(
        "Error: Reference to undeclared resource: A managed resource <type> <name> has not been declared in the root "
        "module."
    ),
    confirmed=True,
    sources=("https://developer.hashicorp.com/terraform/language/expressions/references",),
    failing="""
resource "aws_sqs_queue" "payments" {
  name = "payments-dev"
}

resource "aws_sqs_queue_redrive_allow_policy" "payments" {
  queue_url            = aws_sqs_queue.payment.id
  redrive_allow_policy = jsonencode({ redrivePermission = "denyAll" })
}
""",
    passing="""
resource "aws_sqs_queue" "payments" {
  name = "payments-dev"
}

resource "aws_sqs_queue_redrive_allow_policy" "payments" {
  queue_url            = aws_sqs_queue.payments.id
  redrive_allow_policy = jsonencode({ redrivePermission = "denyAll" })
}
""",
)

_KINDS = {"var": "input variable", "local": "local value", "module": "module"}


@RULE.check
def check(graph: Graph, _: Context) -> Iterator[Problem]:
    """Evaluate everything, and say what was found to be undeclared."""
    evaluate_all(graph)
    elsewhere: str | None = None
    for one in dict.fromkeys(graph.undeclared):
        if one.why in KEYS:
            continue  # another rule's
        if not one.why and declares(graph, one.name):
            elsewhere = one.name
            continue
        place = user_of(graph, one)
        yield Problem(
            place,
            "",
            f"{place.address} refers to {one.name}, which is not declared{' in ' + one.module if one.module else ''}: "
            "Terraform stops before it plans.",
            fix=_fix(graph, one),
            aws_error=_error(one),
            also={"reference": one.name},
        )
    if elsewhere is not None:
        raise Undecidable(elsewhere, "it is declared in a file that was not given")


def _fix(graph: Graph, one: Undeclared) -> str:
    first = one.name.partition(".")[0]
    if first in ("each", "count"):
        return f"Give the block {'for_each' if first == 'each' else 'count'}, or write a value without {first}."
    if one.why == "no-function":
        modern = {"list()": "tolist([…])", "map()": "tomap({…})"}.get(one.name, "a function that Terraform has")
        return f"Write {modern}."
    return f"Declare {one.name}, or write the name that was meant{_like(graph, one)}."


def _like(graph: Graph, one: Undeclared) -> str:
    """Name what is declared under nearly that name."""
    import difflib

    prefix = f"{one.module}." if one.module else ""
    known = {address.removeprefix(prefix).split("[")[0] for address in graph.resources if address.startswith(prefix)}
    if not one.module:
        known |= {f"var.{variable.name}" for variable in graph.variables}
    kind = one.name.rpartition(".")[0]
    near = difflib.get_close_matches(one.name, sorted(name for name in known if name.startswith(kind + "."))[:500], n=1)
    return f" ({near[0]}?)" if near else ""


def _error(one: Undeclared) -> str:
    first, _, name = one.name.partition(".")
    if one.why == "no-output":
        return (
            "Error: Unsupported attribute: This object does not have an attribute named "
            f'"{one.name.rpartition(".")[2]}".'
        )
    if first in ("each", "count"):
        argument = "for_each" if first == "each" else "count"
        return f'Error: Reference to "{first}" in context without {argument}'
    if one.why == "no-function":
        return f'Error: Call to unknown function: There is no function named "{one.name.removesuffix("()")}".'
    where = "the root module" if not one.module else one.module
    if (kind := _KINDS.get(first)) is not None:
        return f'Error: Reference to undeclared {kind}: "{name}" has not been declared.'
    mode = "data" if first == "data" else "managed"
    kind, _, label = one.name.removeprefix("data.").partition(".")
    return (
        f'Error: Reference to undeclared resource: A {mode} resource "{kind}" "{label}" has not been declared in '
        f"{where}."
    )
