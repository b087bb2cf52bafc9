"""Access tokens of the embedded user pools: signed with moto's key, verified by the keys that it publishes."""

from __future__ import annotations

import functools
import json
import threading
import time
import uuid
from collections.abc import Collection, Mapping
from http.client import HTTPConnection, HTTPException
from typing import Any, Final
from urllib.parse import urlsplit

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import KeySet, RSAKey
from moto.utilities.utils import load_resource

ALGORITHM: Final = "RS256"
KEYS_LAST_S: Final = 300.0
MAX_TOKEN_LENGTH: Final = 8_192

_MAX_KEYS_BYTES: Final = 100_000
_TIMEOUT_S: Final = 10
_PRIVATE_KEY: Final = "cognitoidp/resources/jwks-private.json"
"""Where moto keeps the one key that all of its pools sign with."""

_KEY_ID: Final = "dummy"
"""The ``kid`` under which moto publishes it."""


class TokenError(Exception):
    """The token is not to be trusted; ``str`` says why, without a part of it."""


class TokenExpiredError(TokenError):
    """It was good once."""


class KeysUnavailableError(Exception):
    """The embedded AWS did not tell its public keys."""


def issuer(user_pool_id: str) -> str:
    """Name a pool as the ``iss`` claim does; the region is the first part of the pool's id."""
    return f"https://cognito-idp.{user_pool_id.partition('_')[0]}.amazonaws.com/{user_pool_id}"


def issue(user_pool_id: str, client_id: str, scopes: Collection[str], *, lifetime_s: int) -> str:
    """Make an access token as Cognito does for client credentials ("Understanding the access token", its guide)."""
    now = int(time.time())
    claims = {
        "sub": client_id,
        "token_use": "access",
        "scope": " ".join(sorted(scopes)),
        "auth_time": now,
        "iss": issuer(user_pool_id),
        "exp": now + lifetime_s,
        "iat": now,
        "version": 2,
        "jti": str(uuid.uuid4()),
        "client_id": client_id,
    }
    return jwt.encode({"kid": _KEY_ID, "alg": ALGORITHM}, claims, _signing_key())


@functools.cache
def _signing_key() -> RSAKey:
    return RSAKey.import_key(load_resource(_PRIVATE_KEY))


class Verifier:
    """Verifies access tokens by the keys that the embedded Cognito publishes."""

    def __init__(self, endpoint_url: str) -> None:
        self._endpoint = urlsplit(endpoint_url)
        self._lock = threading.Lock()
        self._keys: dict[str, tuple[float, KeySet]] = {}

    def verify(self, token: str, user_pool_ids: Collection[str]) -> dict[str, Any]:
        """Return a token's claims if one of the pools issued it as an access token and it has not expired.

        Raises
        ------
        TokenError
            Else.
        KeysUnavailableError
            It cannot be told.
        """
        if len(token) > MAX_TOKEN_LENGTH:
            raise TokenError("too long")
        rejected = TokenError("no user pool")
        for pool in sorted(user_pool_ids):
            try:
                return self._verify(token, pool)
            except TokenExpiredError:
                raise
            except TokenError as error:
                rejected = error
        raise rejected

    def _verify(self, token: str, pool: str) -> dict[str, Any]:
        demanded = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": issuer(pool)},
            exp={"essential": True},
            token_use={"essential": True, "value": "access"},
            client_id={"essential": True},
        )
        try:
            claims = jwt.decode(token, self._published(pool), algorithms=[ALGORITHM]).claims
            demanded.validate(claims)
        except ExpiredTokenError as error:
            raise TokenExpiredError("expired") from error
        except (JoseError, ValueError, TypeError) as error:  # the last two: parts that are no JSON, or of other types
            raise TokenError(type(error).__name__) from error
        return dict(claims)

    def _published(self, pool: str) -> KeySet:
        with self._lock:
            fetched_at, keys = self._keys.get(pool, (float("-inf"), None))
            if keys is None or time.monotonic() - fetched_at > KEYS_LAST_S:
                keys = KeySet.import_key_set(self._fetch(f"/{pool}/.well-known/jwks.json"))
                self._keys[pool] = (time.monotonic(), keys)
            return keys

    def _fetch(self, path: str) -> Any:
        region = path[1:].partition("_")[0]
        connection = HTTPConnection(str(self._endpoint.hostname), self._endpoint.port, timeout=_TIMEOUT_S)
        try:
            # moto tells by the signature's scope which service a path is meant for.
            scope = f"AWS4-HMAC-SHA256 Credential=embedded/20260101/{region}/cognito-idp/aws4_request"
            connection.request("GET", path, headers={"Authorization": scope})
            response = connection.getresponse()
            if response.status != 200:
                raise KeysUnavailableError(f"status {response.status}")
            return json.loads(response.read(_MAX_KEYS_BYTES))
        except (OSError, HTTPException, ValueError) as error:
            raise KeysUnavailableError(type(error).__name__) from error
        finally:
            connection.close()


def as_strings(claims: Mapping[str, Any]) -> dict[str, str]:
    """Give claims as API Gateway hands them on: every value is a string."""
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in claims.items()}
