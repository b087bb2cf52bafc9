"""A variable for a secret that has one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="variable-secret-default",
    title="Variable for a password or token with a default",
    severity=Severity.SECURITY,
    rationale=(
        "A default stands in the repository for everybody, and is what every environment gets in which nobody thinks "
        "of the variable. `sensitive` hides it from the output, not from the code. Names, paths and ARNs of secrets "
        "are not secrets, and are not reported."
    ),
    sources=("https://developer.hashicorp.com/terraform/language/values/variables#suppressing-values-in-cli-output",),
    failing="""
variable "db_password" {
  type      = string
  default   = "Payments2024!"
  sensitive = true
}
""",
    passing="""
variable "db_password" {
  type      = string
  sensitive = true
}
""",
)

_SECRET: Final = re.compile(
    r"(?:^|_)(?:password|passwd|pwd|passphrase|secret|secret_key|token|api_?key|private_?key|auth_key|credentials?)$"
)
_NO_SECRET: Final = re.compile(r"arn:|alias/|/|https?://|\$\{|\{\{|-----BEGIN (?:PUBLIC|CERTIFICATE)")


@RULE.check
def check(graph: Graph, _: Context) -> Iterator[Problem]:
    """Look at names and defaults."""
    for variable in graph.variables:
        default = variable.default
        if not isinstance(default, str) or not default.strip() or not _SECRET.search(variable.name.lower()):
            continue
        if not _NO_SECRET.match(default):
            yield Problem(
                variable,
                "",
                f"the variable {variable.name} has a default: a secret stands in the code, and every environment that "
                "sets nothing shares it.",
                fix=(
                    "Remove the default; let the service make the secret (manage_master_user_password, "
                    "random_password), or give it from outside."
                ),
                also={"default": "(not shown)"},
            )
