"""Near misses of the rules of user pools, their clients and domains."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

UNKNOWN = 'variable "unknown" {}\n'


def client(more: str) -> str:
    return block("aws_cognito_user_pool_client", "c", f'name = "c"\nuser_pool_id = "us-east-1_a"\n{more}')


MACHINE = 'allowed_oauth_flows = ["client_credentials"]\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (client(MACHINE), FOUND),
        (client(MACHINE + "generate_secret = true"), SILENT),
        (client(MACHINE + "generate_secret = var.unknown") + UNKNOWN, UNDECIDED),
        (client('allowed_oauth_flows = ["code", "implicit"]'), SILENT),
        (client("allowed_oauth_flows = var.unknown") + UNKNOWN, SILENT),
        (client('callback_urls = ["http://localhost:3000/back", "payments://back"]'), SILENT),
        (client('callback_urls = ["http://localhost.example.com"]'), FOUND),
        (client('callback_urls = ["http://127.0.0.1"]'), SILENT),
        (client('logout_urls = ["http://shop.example.com"]'), FOUND),
        (client("callback_urls = [var.unknown]") + UNKNOWN, SILENT),
        (client("access_token_validity = 24"), SILENT),
        (client("access_token_validity = 25"), FOUND),
        (client('access_token_validity = 60\ntoken_validity_units {\n  access_token = "minutes"\n}'), SILENT),
        (client('access_token_validity = 60\ntoken_validity_units {\n  id_token = "minutes"\n}'), FOUND),
        (
            client("access_token_validity = 60\ntoken_validity_units {\n  access_token = var.unknown\n}") + UNKNOWN,
            UNDECIDED,
        ),
        (client("access_token_validity = 0"), SILENT),
        (client("refresh_token_validity = 3650"), SILENT),
        (client("refresh_token_validity = 3651"), FOUND),
        (client('refresh_token_validity = 30\ntoken_validity_units {\n  refresh_token = "minutes"\n}'), FOUND),
        (client('explicit_auth_flows = ["ADMIN_NO_SRP_AUTH"]'), SILENT),
        (client('explicit_auth_flows = ["USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"]'), FOUND),
    ],
)
def test_clients(text: str, expected: str) -> None:
    assert verdict("cognito-client", text) == expected


def pool(more: str) -> str:
    return block("aws_cognito_user_pool", "p", f'name = "p"\n{more}')


TOKEN = "software_token_mfa_configuration {\n  enabled = true\n}"
FACTORS = 'dynamic "sms_configuration" {\n  for_each = var.unknown\n  content {\n    external_id = "x"\n  }\n}'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (pool('mfa_configuration = "OPTIONAL"'), FOUND),
        (pool('mfa_configuration = "OFF"'), SILENT),
        (pool(f'mfa_configuration = "ON"\n{TOKEN}'), SILENT),
        (pool(f'mfa_configuration = "ON"\n{FACTORS}') + UNKNOWN, SILENT),
        (pool('email_configuration {\n  email_sending_account = "COGNITO_DEFAULT"\n}'), SILENT),
        (pool('username_attributes = ["email"]'), SILENT),
        (pool('verification_message_template {\n  email_message_by_link = "Click {##here##}"\n}'), SILENT),
        (pool('verification_message_template {\n  email_message_by_link = "Click here"\n}'), FOUND),
        (pool("verification_message_template {\n  sms_message = var.unknown\n}") + UNKNOWN, SILENT),
    ],
)
def test_pools(text: str, expected: str) -> None:
    assert verdict("cognito-pool-settings", text) == expected


def domain(name: str, more: str = "") -> str:
    return block("aws_cognito_user_pool_domain", "d", f'domain = {name}\nuser_pool_id = "us-east-1_a"\n{more}')


CERTIFICATE = 'certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/a"'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (domain('"payments-login"'), SILENT),
        (domain('"my-amazon-shop"'), FOUND),
        (domain('"laws-and-orders"'), FOUND),
        (domain('"cognito.example.com"', CERTIFICATE), SILENT),
        (domain("var.unknown") + UNKNOWN, SILENT),
    ],
)
def test_domains(text: str, expected: str) -> None:
    assert verdict("cognito-domain-reserved", text) == expected


def test_a_domain_of_ones_own_is_a_host_name() -> None:
    assert verdict("value-pattern", domain('"login.example.com"', CERTIFICATE)) == SILENT
    assert verdict("value-pattern", domain('"Login_1"')) == FOUND
