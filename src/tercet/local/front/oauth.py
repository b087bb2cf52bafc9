"""Cognito's token endpoint for client credentials ("Token endpoint", Amazon Cognito Developer Guide)."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs, unquote_plus

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
from werkzeug.wrappers import Request, Response

from tercet.local import environment
from tercet.local.front import tokens

PATH: Final = "/oauth2/token"

_MAX_FIELDS: Final = 20
_UNIT_S: Final[Mapping[str, int]] = {"seconds": 1, "minutes": 60, "hours": 3_600, "days": 86_400}
_DEFAULT_LIFETIME_H: Final = 1


class _RefusedError(Exception):
    """The endpoint answers ``{"error": code}``."""

    def __init__(self, code: str, status: int = 400) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


class TokenEndpoint:
    """Issues access tokens to app clients of the embedded user pools."""

    def __init__(self, endpoint_url: str, region: str) -> None:
        self._client = environment.client("cognito-idp", endpoint=endpoint_url, region=region)

    def answer(self, request: Request, body: bytes, user_pool_id: str | None) -> Response:
        """Answer a request; whatever is wrong is answered in OAuth's form.

        Parameters
        ----------
        user_pool_id
            Whose clients are served; ``None`` if nothing is deployed.
        """
        try:
            answer, status = self._issue(request, body, user_pool_id), 200
        except _RefusedError as error:
            answer, status = {"error": error.code}, error.status
        headers = {"Content-Type": "application/json", "Cache-Control": "no-store", "Pragma": "no-cache"}
        if status == 405:
            headers["Allow"] = "POST"
        return Response(json.dumps(answer), status=status, headers=headers)

    def _issue(self, request: Request, body: bytes, user_pool_id: str | None) -> dict[str, Any]:
        if request.method != "POST":
            raise _RefusedError("invalid_request", 405)
        form = _form(request, body)
        if form.get("grant_type") != "client_credentials":
            raise _RefusedError("unsupported_grant_type" if "grant_type" in form else "invalid_request")
        client_id, secret = _credentials(request, form)
        client = self._app_client(user_pool_id, client_id)
        # `surrogatepass`: what a caller sends need not be text.
        given, known = secret.encode(errors="surrogatepass"), str(client.get("ClientSecret") or "").encode()
        if not known or not hmac.compare_digest(given, known):
            raise _RefusedError("invalid_client")
        if not client.get("AllowedOAuthFlowsUserPoolClient") or "client_credentials" not in client.get(
            "AllowedOAuthFlows", ()
        ):
            raise _RefusedError("unauthorized_client")
        allowed = set(client.get("AllowedOAuthScopes", ()))
        scopes = set(form.get("scope", "").split()) or allowed
        if not scopes or not scopes <= allowed:
            raise _RefusedError("invalid_scope")
        lifetime_s = _lifetime_s(client)
        token = tokens.issue(str(user_pool_id), client_id, scopes, lifetime_s=lifetime_s)
        return {"access_token": token, "expires_in": lifetime_s, "token_type": "Bearer"}

    def _app_client(self, user_pool_id: str | None, client_id: str) -> Mapping[str, Any]:
        if user_pool_id is None:
            raise _RefusedError("invalid_client")
        try:
            answer = self._client.describe_user_pool_client(UserPoolId=user_pool_id, ClientId=client_id)
        except (ClientError, ParamValidationError) as error:  # unknown, or not even of an id's form
            raise _RefusedError("invalid_client") from error
        except BotoCoreError as error:
            raise _RefusedError("temporarily_unavailable", 503) from error
        client: Mapping[str, Any] = answer["UserPoolClient"]
        return client


def _form(request: Request, body: bytes) -> dict[str, str]:
    if request.mimetype != "application/x-www-form-urlencoded":
        raise _RefusedError("invalid_request")
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=_MAX_FIELDS, errors="strict")
    except ValueError as error:
        raise _RefusedError("invalid_request") from error
    if any(len(values) > 1 for values in fields.values()):
        raise _RefusedError("invalid_request")
    return {name: values[0] for name, values in fields.items()}


def _credentials(request: Request, form: Mapping[str, str]) -> tuple[str, str]:
    header = request.headers.get("Authorization")
    if header is None:
        client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
    else:
        client_id, secret = _basic(header)
        if form.get("client_id", client_id) != client_id or "client_secret" in form:
            raise _RefusedError("invalid_request")
    if not client_id or not secret:
        raise _RefusedError("invalid_client")
    return client_id, secret


def _basic(header: str) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise _RefusedError("invalid_client")
    try:
        user, separator, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError) as error:
        raise _RefusedError("invalid_client") from error
    if not separator:
        raise _RefusedError("invalid_client")
    return unquote_plus(user), unquote_plus(password)  # RFC 6749, section 2.3.1


def _lifetime_s(client: Mapping[str, Any]) -> int:
    unit = (client.get("TokenValidityUnits") or {}).get("AccessToken") or "hours"
    return int(client.get("AccessTokenValidity") or _DEFAULT_LIFETIME_H * 3_600 // _UNIT_S[unit]) * _UNIT_S[unit]
