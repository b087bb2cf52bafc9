"""What API Gateway checks before it calls the function: who asks, and whether the request is complete."""

from __future__ import annotations

import itertools
import json
from typing import Any, Final

from jsonschema.exceptions import ValidationError
from werkzeug.wrappers import Request

from tercet.local.front.api import Operation
from tercet.local.front.failures import GatewayError
from tercet.local.front.tokens import KeysUnavailableError, TokenError, TokenExpiredError, Verifier

_MAX_PROBLEMS: Final = 10
_DEFAULT_MEDIA_TYPE: Final = "application/json"


def authorize(request: Request, operation: Operation, verifier: Verifier) -> dict[str, Any]:
    """Return the claims of the caller's access token; none if the operation is open to anyone.

    A token without any of the operation's scopes is answered by 401, not 403 ("Integrate a REST API with an Amazon
    Cognito user pool", Amazon API Gateway Developer Guide).

    Raises
    ------
    GatewayError
        The token is missing or bad, or its keys cannot be had.
    """
    if not operation.user_pool_ids:
        return {}
    given = request.headers.getlist("Authorization")
    if len(given) != 1:
        raise _unauthorized()
    scheme, _, rest = given[0].strip().partition(" ")
    token = rest.strip() if scheme.lower() == "bearer" else given[0].strip()
    try:
        claims = verifier.verify(token, operation.user_pool_ids)
    except TokenExpiredError as error:
        raise GatewayError("UNAUTHORIZED", "The incoming token has expired") from error
    except TokenError as error:
        raise _unauthorized() from error
    except KeysUnavailableError as error:
        raise GatewayError("AUTHORIZER_FAILURE", "Internal server error") from error
    if operation.scopes and operation.scopes.isdisjoint(str(claims.get("scope", "")).split()):
        raise _unauthorized()
    return claims


def validate(request: Request, body: bytes, operation: Operation) -> None:
    """Check required parameters, and the body against its schema where its media type has one.

    Raises
    ------
    GatewayError
        Something is missing or not as the document has it.
    """
    missing = [
        name
        for place, name in operation.required_parameters
        if not (request.headers if place == "header" else request.args).get(name, "").strip()
    ]
    if missing:
        raise GatewayError("BAD_REQUEST_PARAMETERS", f"Missing required request parameters: [{', '.join(missing)}]")
    media_type = request.mimetype or _DEFAULT_MEDIA_TYPE
    validator = operation.bodies.get(media_type)
    if validator is None:
        return
    if not body:
        if operation.body_required:
            raise _bad_body("no body")
        return
    try:
        instance = json.loads(body.decode())
        problems = [_describe(error) for error in itertools.islice(validator.iter_errors(instance), _MAX_PROBLEMS)]
    except (ValueError, RecursionError) as error:
        raise _bad_body("not JSON") from error
    if problems:
        raise _bad_body(", ".join(problems))


def _describe(error: ValidationError) -> str:
    """Say which rule of the schema is broken where, without what the caller sent: it may be a card number."""
    schema_path = [str(step) for step in error.relative_schema_path if step != "$ref"]
    return f"violates {'.'.join(schema_path)}"


def _bad_body(detail: str) -> GatewayError:
    return GatewayError("BAD_REQUEST_BODY", "Invalid request body", detail=f"[{detail}]")


def _unauthorized() -> GatewayError:
    return GatewayError("UNAUTHORIZED", "Unauthorized")
