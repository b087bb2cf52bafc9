"""Near misses of the rule of a key's usage and spec."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

UNKNOWN = 'variable "unknown" {}\n'


def key(usage: str, spec: str = "null") -> str:
    return block("aws_kms_key", "k", f"key_usage = {usage}\ncustomer_master_key_spec = {spec}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (key("null"), SILENT),
        (key('"ENCRYPT_DECRYPT"', '"SYMMETRIC_DEFAULT"'), SILENT),
        (key('"SIGN_VERIFY"'), FOUND),
        (key('"SIGN_VERIFY"', '"RSA_2048"'), SILENT),
        (key("null", '"RSA_4096"'), SILENT),
        (key("null", '"ECC_NIST_P256"'), FOUND),
        (key('"KEY_AGREEMENT"', '"ECC_NIST_P256"'), SILENT),
        (key('"KEY_AGREEMENT"', '"ECC_SECG_P256K1"'), FOUND),
        (key("null", '"HMAC_256"'), FOUND),
        (key('"SIGN_VERIFY"', '"ML_DSA_65"'), SILENT),
        (key("var.unknown", '"RSA_2048"') + UNKNOWN, UNDECIDED),
    ],
)
def test_usage(text: str, expected: str) -> None:
    assert verdict("kms-usage-spec", text) == expected
