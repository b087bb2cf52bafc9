"""Invoke of Lambda, and everything within moto that invokes a function, run the deployed code.

Plain moto runs functions in Docker containers, or without Docker echoes the event. The platform is to work without a
container engine, so its functions run in processes (``tercet.local.emulator.functions``). It also ignores the
qualifier of an ``Invoke``. This module is more than a correction: delete it only together with that package.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from tercet.local.emulator.extension import Extension, refuse
from tercet.local.emulator.functions import invocation
from tercet.local.emulator.functions.asynchronous import QueueFullError
from tercet.local.emulator.functions.pool import ThrottledError

EXTENSION = Extension()


@EXTENSION.around("moto.awslambda.models:LambdaBackend.invoke")
def invoke(
    _original: Callable[..., Any],
    self: Any,
    function_name: str,
    qualifier: str | None,
    body: str | bytes,
    headers: MutableMapping[str, str],
    response_headers: MutableMapping[str, str],
) -> bytes:
    """Run the function, or queue the event, or only look whether the function is there."""
    function = self.get_function(function_name, qualifier)
    event = (body.decode() if isinstance(body, bytes) else body) or "{}"
    arn = invocation.qualified_arn(function, function_name, qualifier)
    kind = {name.lower(): value for name, value in headers.items()}.get("x-amz-invocation-type", "RequestResponse")
    if kind == "DryRun":
        return b""
    try:
        if kind == "Event":
            invocation.run_later(function, event, arn)
            return b""
        result = invocation.run(function, event, arn)
    except (ThrottledError, QueueFullError) as error:
        raise refuse("TooManyRequestsException", "Rate Exceeded.") from error
    response_headers["x-amz-executed-version"] = result.version
    response_headers["x-amz-log-result"] = base64.b64encode(result.log[-4096:].encode()).decode()
    if result.error:
        response_headers["x-amz-function-error"] = result.error
    return result.payload.encode()


@EXTENSION.around("moto.awslambda.models:LambdaFunction.invoke")
def invoke_from_within(
    _original: Callable[..., Any], self: Any, body: str, _request_headers: object, _response_headers: object
) -> str:
    """Queue what SNS, streams and log subscriptions send: all of them invoke asynchronously."""
    invocation.run_later(self, body, self.function_arn)
    return ""


@EXTENSION.around("moto.awslambda.responses:LambdaResponse.invoke")
def invoke_over_http(original: Callable[[Any], Any], self: Any) -> Any:
    """Read the qualifier, which moto looks for under a name that no client sends."""
    self.querystring["qualifier"] = parse_qs(self.parsed_url.query).get("Qualifier", [None])
    return original(self)
