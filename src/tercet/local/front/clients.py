"""App clients of the embedded user pool, one per merchant, and tokens for them."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from tercet.errors import LocalError
from tercet.local import environment
from tercet.local.front import oauth

_MAX_PAGES: Final = 100
_MAX_ANSWER_BYTES: Final = 100_000
_TIMEOUT_S: Final = 10


@dataclass(frozen=True)
class Client:
    """An app client: a merchant's credentials."""

    client_id: str
    client_secret: str = field(repr=False)


def ensure_client(endpoint_url: str, user_pool_id: str, name: str, scopes: Collection[str]) -> Client:
    """Find the app client of a name, or make it, with a secret and the given scopes for client credentials.

    Parameters
    ----------
    endpoint_url
        The embedded AWS.
    scopes
        Such as ``payments/write``; one that was found gets exactly these.

    Raises
    ------
    LocalError
        The embedded AWS refused, or the client that was found has no secret.
    """
    region = user_pool_id.partition("_")[0]
    cognito = environment.client("cognito-idp", endpoint=endpoint_url, region=region)
    grant = {
        "AllowedOAuthFlows": ["client_credentials"],
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthScopes": sorted(scopes),
    }
    try:
        client_id = _find(cognito, user_pool_id, name)
        if client_id is None:
            answer = cognito.create_user_pool_client(
                UserPoolId=user_pool_id, ClientName=name, GenerateSecret=True, **grant
            )
        else:
            answer = cognito.describe_user_pool_client(UserPoolId=user_pool_id, ClientId=client_id)
            if sorted(answer["UserPoolClient"].get("AllowedOAuthScopes", ())) != grant["AllowedOAuthScopes"]:
                cognito.update_user_pool_client(UserPoolId=user_pool_id, ClientId=client_id, ClientName=name, **grant)
    except (BotoCoreError, ClientError) as error:
        raise LocalError(
            f"The app client {name!r} could not be made in the user pool {user_pool_id} ({type(error).__name__}). "
            "See whether the platform runs with `tercet status`."
        ) from error
    client = answer["UserPoolClient"]
    if not client.get("ClientSecret"):
        raise LocalError(f"The app client {name!r} has no secret, which cannot be changed: delete it, or use another.")
    return Client(client["ClientId"], client["ClientSecret"])


def _find(cognito: Any, user_pool_id: str, name: str) -> str | None:
    pages = cognito.get_paginator("list_user_pool_clients").paginate(UserPoolId=user_pool_id)
    for page, _ in zip(pages, range(_MAX_PAGES), strict=False):
        for client in page["UserPoolClients"]:
            if client["ClientName"] == name:
                return str(client["ClientId"])
    return None


def token(front_url: str, client: Client, scopes: Collection[str] = ()) -> str:
    """Get an access token from the front's token endpoint, as a merchant would.

    Parameters
    ----------
    scopes
        What the token shall allow; none given means all that the client may have.

    Raises
    ------
    LocalError
        The front does not answer, or refuses.
    """
    fields = {"grant_type": "client_credentials"}
    if scopes:
        fields["scope"] = " ".join(scopes)
    basic = base64.b64encode(f"{client.client_id}:{client.client_secret}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"}
    address = urlsplit(front_url)
    connection = HTTPConnection(str(address.hostname), address.port, timeout=_TIMEOUT_S)
    try:
        connection.request("POST", oauth.PATH, urlencode(fields), headers)
        answer = json.loads(connection.getresponse().read(_MAX_ANSWER_BYTES))
    except (OSError, HTTPException, ValueError) as error:
        raise LocalError(f"The API's front at {front_url} does not answer. Run `tercet up`.") from error
    finally:
        connection.close()
    if "access_token" not in answer:
        raise LocalError(
            f"The token endpoint refused the app client {client.client_id}: {answer.get('error', 'no reason given')}. "
            "Run `tercet up` again, which makes the client anew."
        )
    return str(answer["access_token"])
