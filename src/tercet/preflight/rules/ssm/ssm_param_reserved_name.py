"""Names that Parameter Store keeps for AWS."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.values import Template, Value

_PARAMETER = """
resource "aws_ssm_parameter" "endpoint" {
  name  = "NAME"
  type  = "String"
  value = "payments.cluster-abc.us-east-1.rds.amazonaws.com"
}
"""

RULE = Rule(
    id="ssm-param-reserved-name",
    title="A parameter's name begins with aws or ssm",
    severity=Severity.APPLY_FAILS,
    rationale="Names that begin with aws or ssm, in any case and also behind a slash, are kept for AWS.",
    aws_error=(
        'ValidationException: Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive). If formed as '
        "a path, it can consist of sub-paths divided by slash symbol"
    ),
    sources=("https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html",),
    resources=("aws_ssm_parameter",),
    failing=_PARAMETER.replace("NAME", "/aws/payments/dev/endpoint"),
    passing=_PARAMETER.replace("NAME", "/payments/dev/endpoint"),
)


@RULE.check
def check(parameter: Resource, _context: Context) -> Iterator[Problem]:
    """Look at the beginning of the name, as far as it is known."""
    if is_reserved(parameter.value("name")):
        yield Problem(
            parameter,
            "name",
            f"name is {parameter.shown('name')}: names that begin with aws or ssm are kept for AWS.",
            fix="Begin the name with something else, such as /payments.",
        )


def is_reserved(name: Value) -> bool:
    """Tell whether a name, known or known to begin so, is kept for AWS."""
    beginning = name.prefix if isinstance(name, Template) else str(name) if isinstance(name, str) else ""
    return beginning.lower().lstrip("/").startswith(("aws", "ssm"))
