"""What API Gateway answers itself, rendered as the document's gateway responses say."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

_VARIABLE: Final = re.compile(r"\$context\.([A-Za-z]+(?:\.[A-Za-z]+)*)")
_HEADER: Final = re.compile(r"gatewayresponse\.header\.([A-Za-z0-9-]+)")
_DEFAULT_TEMPLATE: Final = '{"message":$context.error.messageString}'

_STATUS: Final[Mapping[str, int]] = {
    "API_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_FAILURE": 500,
    "BAD_REQUEST_BODY": 400,
    "BAD_REQUEST_PARAMETERS": 400,
    "DEFAULT_4XX": 400,
    "DEFAULT_5XX": 500,
    "INTEGRATION_TIMEOUT": 504,
    "MISSING_AUTHENTICATION_TOKEN": 403,
    "THROTTLED": 429,
    "UNAUTHORIZED": 401,
    "WAF_FILTERED": 403,
}
"""Default status codes of what the front answers ("Gateway response types", Amazon API Gateway Developer Guide)."""


class GatewayError(Exception):
    """API Gateway answers, and not the function.

    Parameters
    ----------
    kind
        Type of the gateway response.
    message
        API Gateway's own message; never anything that the caller sent.
    status
        Where the type leaves it open.
    detail
        What the validation found.
    """

    def __init__(self, kind: str, message: str, *, status: int | None = None, detail: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.status = status or _STATUS[kind]
        self.detail = detail


@dataclass(frozen=True)
class Rendered:
    """A gateway response, ready to be sent."""

    status: int
    headers: Mapping[str, str]
    body: str


def render(error: GatewayError, responses: Mapping[str, Mapping[str, Any]], context: Mapping[str, str]) -> Rendered:
    """Render an error.

    Parameters
    ----------
    responses
        The document's ``x-amazon-apigateway-gateway-responses``. A type that is not in it is rendered like its default,
        ``DEFAULT_4XX`` or ``DEFAULT_5XX``.
    context
        Values of ``$context`` variables beside those of the error. Templates know simple substitution only.
    """
    fallback = responses.get("DEFAULT_4XX" if error.status < 500 else "DEFAULT_5XX", {})
    response = responses.get(error.kind, fallback)
    values = {
        **context,
        "error.message": error.message,
        "error.messageString": json.dumps(error.message),
        "error.responseType": error.kind,
        "error.validationErrorString": error.detail,
    }
    template = (response.get("responseTemplates") or {}).get("application/json", _DEFAULT_TEMPLATE)
    headers = {"Content-Type": "application/json"}
    for parameter, expression in (response.get("responseParameters") or {}).items():
        if name := _HEADER.fullmatch(parameter):
            headers[name[1]] = _mapped(str(expression), values)
    status = response.get("statusCode")
    return Rendered(int(status) if status else error.status, headers, _substitute(template, values))


def _substitute(template: str, values: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda variable: values.get(variable[1], ""), template)


def _mapped(expression: str, values: Mapping[str, str]) -> str:
    """Evaluate a parameter mapping: a text in quotes, or the name of a context variable.

    After "Parameter mapping source reference for REST APIs" (Amazon API Gateway Developer Guide).
    """
    if expression.startswith("'"):
        return expression.removeprefix("'").removesuffix("'")
    return values.get(expression.removeprefix("context."), "")
