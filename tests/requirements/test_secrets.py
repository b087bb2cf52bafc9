"""No password, key or token stands in what is synthesized or shipped. The state is read in test_lifecycle.py."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.configuration import Configuration

NAMED_SO = re.compile(r"(password|passwd|secret|token|api_?key|private_?key|credential)", re.IGNORECASE)
NOT_A_SECRET = {
    # Whether AWS shall make and keep the password, with which key, and whether the proxy asks for a token.
    "manage_master_user_password",
    "master_user_secret_kms_key_id",
    "secret_arn",
    # The id of the secret, by which its version refers to it.
    "secret_id",
    "token_url",
    "temporary_password_validity_days",
}
LOOKS_LIKE_ONE = re.compile(
    r"A[KS]IA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY|eyJ[A-Za-z0-9_-]{10,}\.eyJ|xox[bp]-|ghp_[A-Za-z0-9]{36}"
)
"""Access keys, private keys, JSON Web Tokens and the tokens of well-known services."""

PLACEHOLDER = '{"username": "payments", "password": "set-by-the-migration"}'
"""What the application user's secret holds until the migration has made a password; nobody can log in by it."""

SOURCES = Path(__file__).parent.parent.parent / "src"


def attributes(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, child in value.items():
            yield from attributes(child, key)
    elif isinstance(value, list):
        for child in value:
            yield from attributes(child, name)
    else:
        yield name, value


@pytest.mark.parametrize("name", ["dev", "prod", "domain", "experiment"])
def test_the_configuration_holds_no_secret(configurations: dict[str, Configuration], name: str):
    configuration = configurations[name]
    assert not LOOKS_LIKE_ONE.search(configuration.text)
    for address, body in configuration.resources():
        for attribute, value in attributes(body):
            if NAMED_SO.search(attribute) and attribute not in NOT_A_SECRET:
                known = value == PLACEHOLDER if attribute == "secret_string" else value in (None, False, 0)
                assert known, f"{address}: {attribute} = {value!r}"


def test_no_variable_has_a_secret_as_default(configuration: Configuration):
    assert "variable" not in configuration.json


def test_no_output_is_a_secret(configuration: Configuration):
    outputs = json.dumps(configuration.json["output"])
    assert "password" not in outputs
    assert "client_secret" not in outputs


def test_the_sources_hold_no_secret():
    for source in SOURCES.rglob("*"):
        if source.is_file() and source.suffix in {".py", ".yaml", ".js", ".toml"}:
            assert not LOOKS_LIKE_ONE.search(source.read_text(encoding="utf-8")), source.name
