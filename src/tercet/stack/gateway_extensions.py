"""What API Gateway reads beside the payment API's document: authorizer, validation, integrations, its own answers.

"OpenAPI extensions for API Gateway" and "Gateway response types", its Developer Guide.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from tercet.stack.gateway_document import for_api_gateway, operations

_REPEAT: Final = "Repeat the request with the same Idempotency-Key, with growing pauses."

_GATEWAY_RESPONSES: Final[Mapping[str, tuple[str | None, str, str, str | None]]] = MappingProxyType(
    {
        "ACCESS_DENIED": ("403", "permission_error", "access_denied", "The token does not allow this operation."),
        "API_CONFIGURATION_ERROR": ("500", "api_error", "internal_error", f"The API is misconfigured. {_REPEAT}"),
        "AUTHORIZER_CONFIGURATION_ERROR": (
            "500",
            "api_error",
            "internal_error",
            f"The API is misconfigured. {_REPEAT}",
        ),
        "AUTHORIZER_FAILURE": ("500", "api_error", "internal_error", f"The token could not be checked. {_REPEAT}"),
        "BAD_REQUEST_BODY": (
            "400",
            "invalid_request_error",
            "invalid_body",
            "The body is not JSON, or a field is missing, unknown or not allowed. Compare it with the API's document.",
        ),
        "BAD_REQUEST_PARAMETERS": ("400", "invalid_request_error", "invalid_parameters", None),
        "EXPIRED_TOKEN": ("401", "authentication_error", "token_expired", "The token has expired. Get a new one."),
        "INTEGRATION_FAILURE": ("504", "api_error", "no_answer", f"The processor could not be reached. {_REPEAT}"),
        "INTEGRATION_TIMEOUT": ("504", "api_error", "no_answer", f"The processor did not answer in time. {_REPEAT}"),
        # What API Gateway calls a path or method that it does not know.
        "MISSING_AUTHENTICATION_TOKEN": (
            "404",
            "invalid_request_error",
            "no_such_operation",
            "There is no such path or method. Compare it with the API's document.",
        ),
        "REQUEST_TOO_LARGE": (
            "413",
            "invalid_request_error",
            "body_too_large",
            "The body may have 8,192 bytes at most.",
        ),
        "RESOURCE_NOT_FOUND": ("404", "invalid_request_error", "no_such_operation", "There is no such path."),
        "THROTTLED": ("429", "rate_limit_error", "too_many_requests", f"Too many requests. {_REPEAT}"),
        "UNAUTHORIZED": (
            "401",
            "authentication_error",
            "unauthorized",
            "The access token is missing, expired, not of this platform, or lacks the scope. Get a new one.",
        ),
        "UNSUPPORTED_MEDIA_TYPE": (
            "415",
            "invalid_request_error",
            "unsupported_media_type",
            "The body must be sent as application/json.",
        ),
        "WAF_FILTERED": ("403", "permission_error", "request_refused", "The firewall refused the request."),
        # These two keep the status that API Gateway chose.
        "DEFAULT_4XX": (None, "invalid_request_error", "invalid_request", None),
        "DEFAULT_5XX": (None, "api_error", "internal_error", f"The API could not answer. {_REPEAT}"),
    }
)
"""What API Gateway answers itself: type → status, the envelope's type, code and message; without, API Gateway's own
message ("Gateway response types", its Developer Guide)."""

_ALWAYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "gatewayresponse.header.Cache-Control": "'no-store'",
        "gatewayresponse.header.Request-Id": "context.requestId",
    }
)
"""Headers that whatever the function answers has, too. A text in quotes is meant as it is; one without names a variable
("Parameter mapping source reference for REST APIs", its Developer Guide)."""

_RESPONSE_HEADERS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "EXPIRED_TOKEN": {"gatewayresponse.header.WWW-Authenticate": "'Bearer'"},
        "THROTTLED": {"gatewayresponse.header.Retry-After": "'1'"},
        "UNAUTHORIZED": {"gatewayresponse.header.WWW-Authenticate": "'Bearer'"},
    }
)


def imported_document(openapi: Mapping[str, Any], *, name: str, user_pool_arn: str, invoke_arn: str) -> dict[str, Any]:
    """Give the document that API Gateway imports.

    Parameters
    ----------
    openapi
        The payment API's document; it is not changed.
    name
        Of the REST API.
    user_pool_arn
        Whose access tokens are admitted.
    invoke_arn
        What answers every operation, as an integration's URI.

    Raises
    ------
    SynthError
        The document says something that API Gateway cannot check.
    """
    document = for_api_gateway(openapi)
    # API Gateway names an imported API after the title; another name beside it would be a change on every plan.
    document["info"]["title"] = name
    document["info"]["description"] = openapi["info"]["title"]
    document["x-amazon-apigateway-request-validators"] = {
        "all": {"validateRequestBody": True, "validateRequestParameters": True}
    }
    document["x-amazon-apigateway-request-validator"] = "all"
    document["x-amazon-apigateway-gateway-responses"] = {kind: _gateway_response(kind) for kind in _GATEWAY_RESPONSES}
    # An authorizer can only be imported as an apiKey scheme, though it is OAuth 2.0 that it checks.
    document["components"]["securitySchemes"] = {
        scheme: {
            "type": "apiKey",
            "name": "Authorization",
            "in": "header",
            "x-amazon-apigateway-authtype": "cognito_user_pools",
            "x-amazon-apigateway-authorizer": {"type": "cognito_user_pools", "providerARNs": [user_pool_arn]},
        }
        for scheme in openapi["components"]["securitySchemes"]
    }
    for path, method, _ in operations(openapi):
        document["paths"][path][method]["x-amazon-apigateway-integration"] = {
            "type": "aws_proxy",
            "httpMethod": "POST",
            "uri": invoke_arn,
            "passthroughBehavior": "never",
        }
    return document


def _gateway_response(kind: str) -> dict[str, Any]:
    status, error_type, code, message = _GATEWAY_RESPONSES[kind]
    # `messageString` is JSON already, quotes included, and so it is put in as it is. The template is no VTL.
    text = "$context.error.messageString" if message is None else json.dumps(message)
    template = (
        f'{{"error": {{"type": "{error_type}", "code": "{code}", "message": {text}, '
        '"param": null, "request_id": "$context.requestId"}}'
    )
    response: dict[str, Any] = {"responseTemplates": {"application/json": template}}
    if status:
        response["statusCode"] = status
    response["responseParameters"] = {**_ALWAYS, **_RESPONSE_HEADERS.get(kind, {})}
    return response
