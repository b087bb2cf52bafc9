"""The Lambda proxy integration: an HTTP request as an event, a run of the function, its answer as an HTTP response.

After "Set up Lambda proxy integrations in API Gateway" (Amazon API Gateway Developer Guide), payload format 1.0.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError
from werkzeug.datastructures import Headers
from werkzeug.wrappers import Request, Response

from tercet.local import environment
from tercet.local.front.api import Operation
from tercet.local.front.deployed import DeployedApi
from tercet.local.front.failures import GatewayError
from tercet.local.front.tokens import as_strings

MAX_RESPONSE_BYTES: Final = 10 * 1024 * 1024
INTEGRATION_TIMEOUT_S: Final = 29.0
"""After this API Gateway answers in the function's place ("Quotas", Amazon API Gateway Developer Guide)."""

_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_FIELDS: Final = ("headers", "multiValueHeaders")
_HOP_BY_HOP: Final = frozenset(
    {
        "connection",
        "content-length",
        "keep-alive",
        "proxy-authenticate",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


@dataclass(frozen=True)
class Call:
    """A request that was admitted to an operation.

    Parameters
    ----------
    path
        Without the stage.
    """

    request: Request
    request_id: str
    path: str
    path_parameters: Mapping[str, str]
    claims: Mapping[str, Any]
    body: bytes
    operation: Operation
    deployed: DeployedApi


def event(call: Call) -> dict[str, Any]:
    """Make the event that the function is invoked with."""
    request = call.request
    headers = {name: request.headers.getlist(name) for name, _ in request.headers.items()}
    query = {name: request.args.getlist(name) for name in request.args}
    return {
        "resource": call.operation.path,
        "path": call.path,
        "httpMethod": request.method,
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": headers,
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": dict(call.path_parameters) or None,
        "stageVariables": dict(call.deployed.stage_variables) or None,
        "requestContext": _context(call),
        # An API without binary media types takes every body for text, and loses what is none.
        "body": call.body.decode(errors="replace") or None,
        "isBase64Encoded": False,
    }


def _context(call: Call) -> dict[str, Any]:
    now = time.time()
    deployed, request = call.deployed, call.request
    context: dict[str, Any] = {
        "accountId": call.operation.function_arn.split(":")[4],
        "apiId": deployed.rest_api_id,
        "domainName": f"{deployed.rest_api_id}.execute-api.{deployed.region}.amazonaws.com",
        "domainPrefix": deployed.rest_api_id,
        "extendedRequestId": call.request_id,
        "httpMethod": request.method,
        "identity": {
            "accessKey": None,
            "accountId": None,
            "caller": None,
            "cognitoAuthenticationProvider": None,
            "cognitoAuthenticationType": None,
            "cognitoIdentityId": None,
            "cognitoIdentityPoolId": None,
            "principalOrgId": None,
            "sourceIp": request.remote_addr or "127.0.0.1",
            "user": None,
            "userAgent": request.headers.get("User-Agent"),
            "userArn": None,
        },
        "path": f"/{deployed.stage}{call.path}",
        "protocol": request.environ.get("SERVER_PROTOCOL", "HTTP/1.1"),
        "requestId": call.request_id,
        "requestTime": datetime.fromtimestamp(now, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "requestTimeEpoch": int(now * 1000),
        "resourceId": call.operation.resource_id,
        "resourcePath": call.operation.path,
        "stage": deployed.stage,
    }
    if call.claims:
        context["authorizer"] = {"claims": as_strings(call.claims)}
    return context


class InvocationFailedError(Exception):
    """The function raised, could not be run, or answered something that is not JSON."""


class InvocationTimeoutError(Exception):
    """The function did not answer within API Gateway's time."""


class InvocationThrottledError(Exception):
    """As many of the function run as may, and none has ended in time."""


class Invoke(Protocol):
    """Runs a function and waits for its answer."""

    def __call__(self, function_arn: str, event: Mapping[str, Any], /) -> Any:
        """Return what the handler returned.

        Parameters
        ----------
        function_arn
            With the qualifier of the integration, such as ``…:function:tercet-api-dev:live``.

        Raises
        ------
        InvocationFailedError, InvocationThrottledError, InvocationTimeoutError
            There is no answer.
        """


def through_lambda(endpoint_url: str, region: str) -> Invoke:
    """Run functions through the embedded Lambda's Invoke operation."""
    client = environment.client("lambda", endpoint=endpoint_url, region=region, read_timeout_s=INTEGRATION_TIMEOUT_S)

    def invoke(function_arn: str, event: Mapping[str, Any], /) -> Any:
        try:
            answer = client.invoke(FunctionName=function_arn, Payload=json.dumps(event).encode())
            payload = answer["Payload"].read()
        except ReadTimeoutError as error:
            raise InvocationTimeoutError(function_arn) from error
        except client.exceptions.TooManyRequestsException as error:
            raise InvocationThrottledError(function_arn) from error
        except (BotoCoreError, ClientError) as error:
            raise InvocationFailedError(f"{function_arn}: {type(error).__name__}") from error
        if answer.get("FunctionError"):
            raise InvocationFailedError(f"{function_arn}: {answer['FunctionError']}")
        try:
            return json.loads(payload)
        except ValueError as error:
            raise InvocationFailedError(f"{function_arn}: no JSON") from error

    return invoke


def response(answer: Any) -> Response:
    """Turn what a handler returned into a response.

    Raises
    ------
    GatewayError
        It is no proxy response: API Gateway answers 502.
    """
    if not isinstance(answer, dict):
        raise _malformed()
    status = answer.get("statusCode")
    if isinstance(status, str) and status.isascii() and status.isdigit():
        status = int(status)
    if type(status) is not int or not 200 <= status <= 599:
        raise _malformed()
    body = answer.get("body")
    if body is not None and not isinstance(body, str):
        raise _malformed()
    content = _content(body or "", answer.get("isBase64Encoded", False))
    headers = _headers(answer)
    return Response(content, status=status, headers=headers)


def _content(body: str, is_base64: Any) -> bytes:
    try:
        content = base64.b64decode(body, validate=True) if is_base64 is True else body.encode()
    except (binascii.Error, ValueError) as error:  # ValueError: not ASCII, or half a character
        raise _malformed() from error
    if len(content) > MAX_RESPONSE_BYTES:
        raise _malformed()
    return content


def _headers(answer: Mapping[str, Any]) -> Headers:
    single, multiple = ({} if (given := answer.get(name)) is None else given for name in _HEADER_FIELDS)
    if not isinstance(single, dict) or not isinstance(multiple, dict):
        raise _malformed()
    headers = Headers({"Content-Type": "application/json"})
    merged = {name: [value] for name, value in single.items()} | multiple
    for name, values in merged.items():
        if not _HEADER_NAME.fullmatch(name) or not isinstance(values, list):
            raise _malformed()
        if name.lower() in _HOP_BY_HOP:
            continue
        headers.remove(name)
        for value in values:
            if not isinstance(value, str | int | float) or any(ord(c) < 32 or ord(c) > 255 for c in str(value)):
                raise _malformed()
            headers.add(name, str(value).lower() if isinstance(value, bool) else str(value))
    return headers


def _malformed() -> GatewayError:
    # API Gateway has no response type for it: it is the default one, with status 502.
    return GatewayError("DEFAULT_5XX", "Internal server error", status=502)
