"""An alias of a key that does not begin with alias/, or holds what an alias may not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.kms._names import prefix_of

RULE = Rule(
    id="kms-alias-format",
    title="Alias without its prefix",
    severity=Severity.APPLY_FAILS,
    rationale="An alias begins with `alias/` and holds letters, digits, `/`, `_` and `-`: no dots, no spaces.",
    aws_error="\"name\" must begin with 'alias/' and be comprised of only [0-9A-Za-z_/-]",
    confirmed=True,
    sources=("https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html",),
    resources=("aws_kms_alias",),
    failing="""
resource "aws_kms_key" "payments" {
  enable_key_rotation = true
}

resource "aws_kms_alias" "payments" {
  name          = "payments-dev"
  target_key_id = aws_kms_key.payments.key_id
}
""",
    passing="""
resource "aws_kms_key" "payments" {
  enable_key_rotation = true
}

resource "aws_kms_alias" "payments" {
  name          = "alias/payments-dev"
  target_key_id = aws_kms_key.payments.key_id
}
""",
)


@RULE.check
def check(alias: Resource, _: Context) -> Iterator[Problem]:
    """Look at the characters."""
    for name in ("name", "name_prefix"):
        if alias.value(name) in (None, ""):
            continue
        text = prefix_of(alias, name)
        whole = isinstance(alias.value(name), str)
        if not text.startswith("alias/") and (whole or not "alias/".startswith(text)):
            said = "does not begin with alias/"
        elif found := _REFUSED.search(text):
            said = f"holds {found[0]!r}"
        else:
            alias.text(name)
            continue
        yield Problem(
            alias,
            name,
            f"{name} is {alias.shown(name)}: it {said}; the plan stops.",
            fix="Begin it with alias/, and use letters, digits, /, _ and - after that.",
        )


_REFUSED = re.compile(r"[^0-9A-Za-z/_-]")
