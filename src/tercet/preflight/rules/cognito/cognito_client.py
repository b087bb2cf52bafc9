"""Clients of user pools that Cognito does not make."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule
from tercet.preflight.values import is_known, shown

_USERS: Final = frozenset(("code", "implicit"))
_LOCAL: Final = re.compile(r"http://(localhost|127\.0\.0\.1|\[::1\])([:/?#].*)?", re.DOTALL)
_SECONDS: Final = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
_TOKENS: Final = {
    "access_token": ("hours", 300, 86_400, "5 minutes to 24 hours"),
    "id_token": ("hours", 300, 86_400, "5 minutes to 24 hours"),
    "refresh_token": ("days", 3600, 315_360_000, "60 minutes to 3650 days"),
}
"""Token → unit where none is given, least and most in seconds, and both in words."""

_CLIENT = """
resource "aws_cognito_user_pool_client" "machine" {
  name                                 = "payments-machine-dev"
  user_pool_id                         = "us-east-1_a1B2c3D4e"
  allowed_oauth_flows                  = ["client_credentials"]
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_scopes                 = ["payments/read"]SECRET
}
"""

RULE = Rule(
    id="cognito-client",
    title="A client of a user pool that Cognito does not make",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A client for machines has a secret, and no flow for users beside client_credentials. Users are sent back over "
        "https, or to the local machine. Flows of the older kind do not go with the newer ones, ALLOW_…. A token's "
        "validity has bounds, and its unit is hours, of the refresh token days, where token_validity_units does not "
        "say otherwise."
    ),
    aws_error=(
        "InvalidOAuthFlowException: client_credentials flow can not be selected if client does not have a client "
        "secret."
    ),
    sources=(
        "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html",
        "https://github.com/lgallard/terraform-aws-cognito-user-pool/issues/68",
        "https://github.com/hashicorp/terraform-provider-aws/pull/30496",
    ),
    resources=("aws_cognito_user_pool_client",),
    failing=_CLIENT.replace("SECRET", ""),
    passing=_CLIENT.replace("SECRET", "\n  generate_secret                      = true"),
)


@RULE.check
def check(client: Resource, _context: Context) -> Iterator[Problem]:
    """Look at flows, addresses and times."""
    yield from _oauth(client)
    yield from _addresses(client)
    yield from _explicit(client)
    yield from _validity(client)


def _oauth(client: Resource) -> Iterator[Problem]:
    value = client.value("allowed_oauth_flows")
    flows = {str(one) for one in value if isinstance(one, str)} if isinstance(value, list) else set()
    if "client_credentials" not in flows:
        return
    if users := sorted(flows & _USERS):
        yield Problem(
            client,
            "allowed_oauth_flows",
            f"allowed_oauth_flows has client_credentials and {users[0]}.",
            fix="Make one client for machines and another for users.",
            aws_error=(
                "InvalidOAuthFlowException: client_credentials flow can not be selected along with code flow or "
                "implicit flow."
            ),
        )
    elif not client.flag("generate_secret", False):
        yield Problem(
            client,
            "generate_secret",
            "allowed_oauth_flows has client_credentials, and the client has no secret.",
            fix="Set generate_secret = true.",
            change=Change(client, "generate_secret", True),
            also={"allowed_oauth_flows": client.shown("allowed_oauth_flows")},
        )


def _addresses(client: Resource) -> Iterator[Problem]:
    for name in ("callback_urls", "logout_urls"):
        value = client.value(name)
        for url in value if isinstance(value, list) else ():
            if isinstance(url, str) and url.startswith("http://") and not _LOCAL.fullmatch(url):
                yield Problem(
                    client,
                    name,
                    f"{name} has {shown(url)}, which is http.",
                    fix="Use https; http is for localhost only.",
                    aws_error=f"InvalidParameterException: {shown(url)} cannot use the HTTP protocol.",
                )


def _explicit(client: Resource) -> Iterator[Problem]:
    value = client.value("explicit_auth_flows")
    flows = [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
    old = [one for one in flows if not one.startswith("ALLOW_")]
    if old and len(old) < len(flows):
        yield Problem(
            client,
            "explicit_auth_flows",
            f"explicit_auth_flows has {shown(old[0])}, of the older kind, beside those that begin with ALLOW_.",
            fix="Write the ALLOW_ flows only.",
            aws_error="InvalidParameterException: Cannot mix legacy and ALLOW_ values in ExplicitAuthFlows",
        )


def _validity(client: Resource) -> Iterator[Problem]:
    units = client.block("token_validity_units")
    for token, (usual, least, most, said) in _TOKENS.items():
        name = f"{token}_validity"
        if not client.has(name) or not is_known(client.value(name)):
            continue
        unit = (units.text(token) if units is not None else None) or usual
        number = client.number(name) or 0
        seconds = number * _SECONDS.get(unit, 0)
        if seconds and not least <= seconds <= most:
            yield Problem(
                client,
                name,
                f"{name} is {number:g}, in {unit}; it is {said}.",
                fix=f'Give the unit: token_validity_units {{ {token} = "minutes" }}, or another number.',
                aws_error=f"Error: Attribute {name} must have a duration between {said}",
                also={f"token_validity_units.{token}": unit},
            )
