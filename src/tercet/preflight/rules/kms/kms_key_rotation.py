"""A customer-managed key that does not rotate."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.intent import Intent
from tercet.preflight.rule import Change, Context, Problem, Rule

RULE = Rule(
    id="kms-key-rotation",
    title="Key that does not rotate",
    severity=Severity.POLICY,
    rationale=(
        "The intent says that customer-managed keys rotate. `enable_key_rotation` is false unless it is set. Keys "
        "that cannot rotate by themselves (asymmetric, HMAC, imported material, custom key stores) are left "
        "alone; a replica rotates with its primary."
    ),
    sources=("https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html",),
    resources=("aws_kms_key",),
    intent=Intent(kms_rotation=True),
    failing="""
resource "aws_kms_key" "payments" {
  description = "payments-dev"
}
""",
    passing="""
resource "aws_kms_key" "payments" {
  description         = "payments-dev"
  enable_key_rotation = true
}
""",
)


@RULE.check
def check(key: Resource, context: Context) -> Iterator[Problem]:
    """Compare with the intent."""
    if not context.intent.kms_rotation or key.value("custom_key_store_id") not in (None, ""):
        return
    if key.flag("enable_key_rotation", False):
        return
    if key.text("customer_master_key_spec", "SYMMETRIC_DEFAULT") != "SYMMETRIC_DEFAULT":
        return
    said = "false" if key.has("enable_key_rotation") else "not set"
    yield Problem(
        key,
        "enable_key_rotation",
        f"enable_key_rotation is {said} and the intent says that keys rotate.",
        fix="Set enable_key_rotation to true.",
        change=Change(key, "enable_key_rotation", True),
    )
