"""Secrets in plain parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.values import Reference, Template, Value

_SECRET: Final = re.compile(r"(?:^|[-_./])(?:password|passwd|passphrase|secret|token|api[-_]?key|private[-_]?key)$")
_LONGEST: Final = 2048

_PARAMETER = """
variable "acquirer_api_key" {
  type      = string
  sensitive = true
}

resource "aws_ssm_parameter" "acquirer" {
  name  = "/payments/dev/acquirer/api-key"
  type  = "TYPE"
  value = var.acquirer_api_key
}
"""

RULE = Rule(
    id="ssm-secret-as-string",
    title="A secret in a parameter that is not encrypted",
    severity=Severity.SECURITY,
    rationale=(
        "A String is kept and shown in plain text to everybody who may read parameters; a SecureString is encrypted "
        "with a key, and who may use the key decides who can read it. Only parameters whose name ends with a word for "
        "a secret are reported, and none that hold the ARN of one."
    ),
    sources=(
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html",
    ),
    resources=("aws_ssm_parameter",),
    failing=_PARAMETER.replace("TYPE", "String"),
    passing=_PARAMETER.replace("TYPE", "SecureString"),
)


@RULE.check
def check(parameter: Resource, _context: Context) -> Iterator[Problem]:
    """Compare the name with the type."""
    name = parameter.value("name")
    end = name.suffix if isinstance(name, Template) else name if isinstance(name, str) else ""
    if len(end) > _LONGEST or not _SECRET.search(end.lower()) or parameter.text("type") == "SecureString":
        return
    if not _is_arn(parameter.value("value")) and not parameter.has("insecure_value"):
        yield Problem(
            parameter,
            "type",
            f"name is {parameter.shown('name')} and type is {parameter.shown('type')}: the secret is kept in plain "
            "text.",
            fix='Set type = "SecureString".',
            also={"name": parameter.shown("name")},
        )


def _is_arn(value: Value) -> bool:
    if isinstance(value, str):
        return value.startswith("arn:")
    return isinstance(value, Reference) and value.path[-1:] in (("arn",), ("id",), ("name",), ("secret_arn",))
