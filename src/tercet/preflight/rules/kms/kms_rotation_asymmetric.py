"""Automatic rotation of an asymmetric or HMAC key, or of one in a custom key store."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule

RULE = Rule(
    id="kms-rotation-asymmetric",
    title="Rotation of a key that does not rotate",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Only symmetric encryption keys with material of KMS rotate by themselves. Terraform makes the key, then "
        "fails to turn rotation on."
    ),
    aws_error=(
        "UnsupportedOperationException: You cannot perform this operation on a non-symmetric key or a key with "
        "non-ENCRYPT_DECRYPT key usage."
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html",
        "https://github.com/terraform-aws-modules/terraform-aws-kms/issues/20",
    ),
    resources=("aws_kms_key",),
    failing="""
resource "aws_kms_key" "payments" {
  customer_master_key_spec = "RSA_4096"
  key_usage                = "SIGN_VERIFY"
  enable_key_rotation      = true
}
""",
    passing="""
resource "aws_kms_key" "payments" {
  customer_master_key_spec = "RSA_4096"
  key_usage                = "SIGN_VERIFY"
}
""",
)


@RULE.check
def check(key: Resource, _: Context) -> Iterator[Problem]:
    """Look at the kind of key."""
    if not key.has("enable_key_rotation") or not key.flag("enable_key_rotation", False):
        return
    spec = key.text("customer_master_key_spec", "SYMMETRIC_DEFAULT") or "SYMMETRIC_DEFAULT"
    if spec != "SYMMETRIC_DEFAULT":
        argument, said = "customer_master_key_spec", f"customer_master_key_spec is {spec}"
    elif key.value("custom_key_store_id") not in (None, ""):
        argument, said = "custom_key_store_id", "the key is in a custom key store"
    else:
        return
    yield Problem(
        key,
        "enable_key_rotation",
        f"enable_key_rotation is true and {said}: such keys do not rotate by themselves; the apply stops.",
        fix="Remove enable_key_rotation.",
        change=Change(key, "enable_key_rotation", None),
        also={argument: key.shown(argument)},
    )
