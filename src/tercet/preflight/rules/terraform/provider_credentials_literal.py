"""Credentials written into the configuration."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from tercet.preflight.declarations import Backend, Provider
from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.values import Text, Value

RULE = Rule(
    id="provider-credentials-literal",
    title="Credentials in a provider or backend",
    severity=Severity.SECURITY,
    rationale=(
        "What stands in the configuration stands in its repository, and what stands in a backend also in plan files: "
        "whoever reads them has the account. Roles, profiles and environment variables need none. Stand-ins for a "
        "local emulator (`test`, `mock`) are not reported."
    ),
    sources=(
        "https://registry.terraform.io/providers/hashicorp/aws/latest/docs#authentication-and-configuration",
        "https://developer.hashicorp.com/terraform/language/backend#credentials-and-sensitive-data",
    ),
    failing="""
provider "aws" {
  region     = "us-east-1"
  access_key = "AKIAPAYMENTSDEV"
  secret_key = "Zx9Cv8Bn7Mq6Wl5Er4Ty3Ui2Op1As0Df9Gh8Jk7L"
}
""",
    passing="""
provider "aws" {
  region  = "us-east-1"
  profile = "payments-dev"
}
""",
)

_SECRETS: Final = (
    "access_key",
    "secret_key",
    "token",
    "password",
    "api_key",
    "api_token",
    "client_secret",
    "private_key",
)
_STAND_IN: Final = re.compile(r"(?i)(test|mock|fake|dummy|local|example|change|your|foo|bar|x{3,}|\*{3,}|<)")
_AWS_KEY: Final = re.compile(r"A(?:KIA|SIA)[A-Z0-9]{16}")
_SHORTEST: Final = 16


@RULE.check
def check(graph: Graph, _: Context) -> Iterator[Problem]:
    """Look at each provider and backend."""
    places: list[Provider | Backend] = [*graph.providers, *graph.backends]
    for place in places:
        for name in _literal_secrets(place.values):
            yield _problem(place, name)
            break


def _literal_secrets(values: Mapping[str, Value]) -> list[str]:
    return [name for name in _SECRETS if _is_secret(name, values.get(name))]


def _is_secret(name: str, value: Value) -> bool:
    if not isinstance(value, str) or isinstance(value, Text):
        return False
    if name == "access_key":
        return bool(_AWS_KEY.fullmatch(value)) and not value.endswith("EXAMPLE")
    return len(value) >= _SHORTEST and not _STAND_IN.search(value[:200])


def _problem(place: Provider | Backend, name: str) -> Problem:
    return Problem(
        place,
        "",
        f"{name} is written into the configuration: whoever reads the repository can use it.",
        fix=f"Remove {name}, revoke it, and use a role, a profile or an environment variable.",
        also={name: "(not shown)"},
    )
