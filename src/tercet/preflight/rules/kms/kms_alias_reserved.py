"""An alias of a key that begins as those of AWS do."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.kms._names import prefix_of

RULE = Rule(
    id="kms-alias-reserved",
    title="Alias that is AWS's own",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "The aliases `alias/aws/…` are AWS's own, for the keys that its services manage. Terraform refuses to make one."
    ),
    aws_error="\"name\" cannot begin with reserved AWS CMK prefix 'alias/aws/'",
    confirmed=True,
    sources=("https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html",),
    resources=("aws_kms_alias",),
    failing="""
resource "aws_kms_key" "payments" {
  enable_key_rotation = true
}

resource "aws_kms_alias" "payments" {
  name          = "alias/aws/payments-dev"
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
    """Look how the name begins."""
    if prefix_of(alias, "name").startswith("alias/aws/"):
        yield Problem(
            alias,
            "name",
            f"name is {alias.shown('name')}: aliases that begin with alias/aws/ are AWS's own.",
            fix='Take a name such as "alias/payments-dev".',
        )
