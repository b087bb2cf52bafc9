"""Names that Parameter Store does not take."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.values import Template

LEVELS_MOST: Final = 15
_WRONG: Final = re.compile(r"[^a-zA-Z0-9_.\-/]")

_PARAMETER = """
resource "aws_ssm_parameter" "endpoint" {
  name  = "NAME"
  type  = "String"
  value = "payments.cluster-abc.us-east-1.rds.amazonaws.com"
}
"""

RULE = Rule(
    id="ssm-param-name",
    title="A parameter's name is no path, or holds what names do not hold",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A name with slashes is a path and begins with one. Names hold letters, digits and _ . - /, and a path has 15 "
        "levels at most."
    ),
    aws_error="ValidationException: Parameter name must be a fully qualified name.",
    sources=("https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html",),
    resources=("aws_ssm_parameter",),
    failing=_PARAMETER.replace("NAME", "payments/dev/endpoint"),
    passing=_PARAMETER.replace("NAME", "/payments/dev/endpoint"),
)


@RULE.check
def check(parameter: Resource, _context: Context) -> Iterator[Problem]:
    """Look at the name, as far as it is known."""
    name = parameter.value("name")
    known = name.literal if isinstance(name, Template) else name if isinstance(name, str) else ""
    beginning = name.prefix if isinstance(name, Template) else known
    if known.startswith("arn:"):
        return
    if "/" in known and beginning and not beginning.startswith("/"):
        yield _problem(parameter, "has slashes and does not begin with one", "Begin the name with a slash.")
    if (wrong := _WRONG.search(known)) is not None:
        yield _problem(parameter, f"holds {wrong[0]!r}", "Use letters, digits and _ . - / only.")
    if known.count("/") > LEVELS_MOST:
        yield _problem(parameter, f"has {known.count('/')} levels, over {LEVELS_MOST}", "Use fewer levels.")


def _problem(parameter: Resource, what: str, fix: str) -> Problem:
    return Problem(parameter, "name", f"name is {parameter.shown('name')}: it {what}.", fix=fix)
