"""A key whose spec does not do what it is for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

_USAGES: Final = {
    "SYMMETRIC_DEFAULT": ("ENCRYPT_DECRYPT",),
    "RSA_": ("ENCRYPT_DECRYPT", "SIGN_VERIFY"),
    "HMAC_": ("GENERATE_VERIFY_MAC",),
    "ECC_SECG_": ("SIGN_VERIFY",),
    "ECC_NIST_P": ("SIGN_VERIFY", "KEY_AGREEMENT"),
    "SM2": ("ENCRYPT_DECRYPT", "SIGN_VERIFY", "KEY_AGREEMENT"),
}
"""How a spec begins → what keys of it are for; newer specs are not listed, and not judged."""

_KEY = """
resource "aws_kms_key" "signing" {
  description = "Signs payments"
  key_usage   = "SIGN_VERIFY"SPEC
}
"""

RULE = Rule(
    id="kms-usage-spec",
    title="A key whose spec does not go with its usage",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A key encrypts, signs, makes codes or agrees on secrets, and its spec says with what. Without a spec it is "
        "SYMMETRIC_DEFAULT, which only encrypts."
    ),
    aws_error="ValidationException: KeyUsage <usage> is not compatible with KeySpec <spec>",
    sources=("https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html",),
    resources=("aws_kms_key",),
    failing=_KEY.replace("SPEC", ""),
    passing=_KEY.replace("SPEC", '\n  customer_master_key_spec = "RSA_2048"'),
)


@RULE.check
def check(key: Resource, _context: Context) -> Iterator[Problem]:
    """Compare both."""
    usage = key.text("key_usage", "ENCRYPT_DECRYPT")
    spec = key.text("customer_master_key_spec", "SYMMETRIC_DEFAULT") or ""
    for begins, usages in _USAGES.items():
        if spec.startswith(begins) and usage not in usages:
            yield Problem(
                key,
                "key_usage",
                f"key_usage is {usage} and the spec is {spec}, which is for {' or '.join(usages)}.",
                fix="Set customer_master_key_spec to one of that usage, such as RSA_2048 for SIGN_VERIFY.",
                aws_error=f"ValidationException: KeyUsage {usage} is not compatible with KeySpec {spec}",
                also={"customer_master_key_spec": spec},
            )
