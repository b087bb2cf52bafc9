"""Times and sizes out of a function's ranges."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Change, Context, Problem, Rule
from tercet.preflight.rules.lambda_._examples import function
from tercet.preflight.rules.values._comparing import number_of

TIMEOUT: Final = (1, 900)
MEMORY: Final = (128, 10_240)
STORAGE: Final = (512, 10_240)

RULE = Rule(
    id="lambda-value-range",
    title="A time or size out of the range of functions",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A function runs for 15 minutes at most, has 128 to 10,240 MB of memory, and 512 to 10,240 MB of temporary "
        "storage. The provider refuses other values before anything is created. A function on a capacity provider may "
        "have more memory and storage, so nothing is said of much there."
    ),
    aws_error="Error: expected <argument> to be in the range (<least> - <most>), got <value>",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
        "https://github.com/hashicorp/terraform-provider-aws/pull/29721",
        "https://github.com/hashicorp/terraform-provider-aws/issues/46052",
    ),
    resources=("aws_lambda_function",),
    failing=function("timeout     = 1200", "memory_size = 1024"),
    passing=function("timeout     = 900", "memory_size = 1024"),
)


@RULE.check
def check(function: Resource, _context: Context) -> Iterator[Problem]:
    """Compare each value that is known."""
    may_be_large = function.has("capacity_provider_config")
    yield from _compared(function, "timeout", *TIMEOUT)
    yield from _compared(function, "memory_size", *MEMORY, may_be_large=may_be_large)
    for storage in function.blocks("ephemeral_storage"):
        yield from _compared(storage, "size", *STORAGE, may_be_large=may_be_large)


def _compared(block: Block, name: str, least: int, most: int, *, may_be_large: bool = False) -> Iterator[Problem]:
    value = number_of(block.value(name))
    if value is None or least <= value <= most or (may_be_large and value > most):
        return
    whole, shown = block.named(name), block.shown(name)
    yield Problem(
        block,
        name,
        f"{whole} is {shown}; a function takes {least:,} to {most:,}.",
        fix=f"Set {whole} to {most if value > most else least}.",
        change=Change(block, name, most if value > most else least),
        aws_error=f"Error: expected {whole} to be in the range ({least} - {most}), got {shown}",
    )
