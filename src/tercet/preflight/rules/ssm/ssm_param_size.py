"""Values that are too long for their tier."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.values import Template

STANDARD_BYTES: Final = 4096
ADVANCED_BYTES: Final = 8192

_PARAMETER = """
resource "aws_ssm_parameter" "routing" {
  name  = "/payments/dev/routing"
  type  = "String"TIER
  value = join(",", [for bank in range(500) : format("bank-%05d", bank)])
}
"""

RULE = Rule(
    id="ssm-param-size",
    title="A parameter's value is too long for its tier",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A parameter of the standard tier has 4,096 bytes, one of the advanced tier 8,192. Parameter Store refuses "
        "longer values. Intelligent-Tiering chooses the tier by the length."
    ),
    aws_error=(
        "ValidationException: Standard tier parameters support a maximum parameter value of 4096 characters. To create "
        "a larger parameter value, upgrade the parameter to use the advanced-parameter tier."
    ),
    sources=("https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html",),
    resources=("aws_ssm_parameter",),
    failing=_PARAMETER.replace("TIER", ""),
    passing=_PARAMETER.replace("TIER", '\n  tier  = "Advanced"'),
)


@RULE.check
def check(parameter: Resource, _context: Context) -> Iterator[Problem]:
    """Count the bytes that are known."""
    for argument in ("value", "insecure_value"):
        value = parameter.value(argument)
        known = value.literal if isinstance(value, Template) else value if isinstance(value, str) else ""
        size = len(known.encode("utf-8", "surrogatepass"))
        if size <= STANDARD_BYTES:
            continue
        tier = parameter.text("tier", "Standard") or "Standard"
        limit = STANDARD_BYTES if tier == "Standard" else ADVANCED_BYTES
        if size > limit:
            yield Problem(
                parameter,
                "tier",
                f"{argument} has {size:,} bytes and tier is {tier}, which has {limit:,}.",
                fix='Set tier = "Advanced".' if size <= ADVANCED_BYTES else "Keep the value in a bucket.",
                also={"bytes": str(size)},
            )
