"""Master passwords: which random ones RDS takes."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict


def database(password: str, engine: str = "mysql") -> str:
    return block("aws_db_instance", "payments", f'engine = "{engine}"\nusername = "payments"\npassword = {password}')


def random(body: str) -> str:
    return block("random_password", "payments", body)


RESULT = "random_password.payments.result"


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ("rds-password-random", random("length = 32") + database(RESULT), FOUND),
        ("rds-password-random", random('length = 32\noverride_special = "_%@"') + database(RESULT), FOUND),
        ("rds-password-random", random('length = 32\noverride_special = "_%"') + database(RESULT), SILENT),
        ("rds-password-random", random("length = 32\nspecial = false") + database(RESULT), SILENT),
        (
            "rds-password-random",
            random("length = 32") + database('replace(random_password.payments.result, "@", "")'),
            SILENT,
        ),
        ("rds-password-random", random("length = 32"), SILENT),
        ("rds-password-chars", random("length = 6") + database(RESULT), FOUND),
        ("rds-password-chars", random("length = 64") + database(RESULT), FOUND),
        ("rds-password-chars", random("length = 64") + database(RESULT, "postgres"), SILENT),
        (
            "rds-password-chars",
            random("length = 6") + database('"payments-${random_password.payments.result}"'),
            SILENT,
        ),
    ],
)
def test_random_passwords(rule: str, text: str, expected: str) -> None:
    assert verdict(rule, text) == expected


def test_a_password_that_is_nothing_unless_it_is_given() -> None:
    nothing = 'variable "password" {\n  default = null\n}\n'
    assert verdict("rds-master-missing", nothing + database("var.password")) == UNDECIDED
    assert verdict("rds-master-missing", database("null")) == FOUND
