"""The WSGI application: one request through routing, authorization, validation, the function, and back."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

from werkzeug.wrappers import Request, Response

from tercet.local.front import checks, oauth, proxy
from tercet.local.front.api import Api
from tercet.local.front.deployed import Source
from tercet.local.front.failures import GatewayError, render
from tercet.local.front.oauth import TokenEndpoint
from tercet.local.front.proxy import InvocationFailedError, InvocationThrottledError, InvocationTimeoutError, Invoke
from tercet.local.front.tokens import Verifier

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MAX_BODY_BYTES: Final = 8_192
"""What the platform's web ACL admits (``SizeRestrictions_BODY``, "AWS Managed Rules rule groups list", WAF guide)."""

BODY_TIMEOUT_S: Final = 30.0
"""A body must have come by then, however slowly it is sent."""

_ROUTE: Final = "tercet.route"
"""Where the request's environment keeps which route it took."""


class Log(Protocol):
    """What access is written to: any text file."""

    def write(self, line: str, /) -> object:
        """Write one line."""


class Gateway:
    """The front as a WSGI application; shared by threads."""

    def __init__(
        self, source: Source, invoke: Invoke, *, verifier: Verifier, token_endpoint: TokenEndpoint, access_log: Log
    ) -> None:
        self._source = source
        self._invoke = invoke
        self._verifier = verifier
        self._token_endpoint = token_endpoint
        self._access_log = access_log
        self._lock = threading.Lock()
        self._api: Api | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        started = time.monotonic()
        request = Request(environ)
        request_id = str(uuid.uuid4())
        api = self._current()
        try:
            response = self._answer(request, request_id, api)
        except GatewayError as error:
            response = _failure(error, request, request_id, api)
        response.headers["x-amzn-RequestId"] = request_id
        self._log(request, response.status_code, request_id, time.monotonic() - started)
        return response(environ, start_response)

    def _current(self) -> Api | None:
        """Compile the document, again only when another was deployed."""
        deployed = self._source()
        with self._lock:
            if deployed is None:
                self._api = None
            elif self._api is None or self._api.deployed is not deployed:
                self._api = Api(deployed)
            return self._api

    def _answer(self, request: Request, request_id: str, api: Api | None) -> Response:
        path = _path(request)
        if path == oauth.PATH:
            request.environ[_ROUTE] = oauth.PATH
            pools = sorted(api.user_pool_ids) if api else []
            return self._token_endpoint.answer(request, _body(request), pools[0] if pools else None)
        stage, slash, rest = path.removeprefix("/").partition("/")
        if api is None or stage != api.deployed.stage:
            raise _ForbiddenError
        found = api.find(request.method, slash + rest)
        if found:
            request.environ[_ROUTE] = f"/{stage}{found[0].path}"
        body = _body(request)  # before anything else is refused, as the web ACL is asked first
        if found is None:
            raise GatewayError("MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token")
        operation, parameters = found
        claims = checks.authorize(request, operation, self._verifier)
        checks.validate(request, body, operation)
        call = proxy.Call(request, request_id, slash + rest, parameters, claims, body, operation, api.deployed)
        return proxy.response(self._run(call))

    def _run(self, call: proxy.Call) -> Any:
        if not call.operation.function_arn:
            raise GatewayError("API_CONFIGURATION_ERROR", "Internal server error")
        try:
            return self._invoke(call.operation.function_arn, proxy.event(call))
        except InvocationThrottledError as error:
            raise GatewayError("THROTTLED", "Too Many Requests") from error
        except InvocationTimeoutError as error:
            raise GatewayError("INTEGRATION_TIMEOUT", "Endpoint request timed out") from error
        except InvocationFailedError as error:
            raise GatewayError("DEFAULT_5XX", "Internal server error", status=502) from error

    def _log(self, request: Request, status: int, request_id: str, took_s: float) -> None:
        """Write what was asked for: the route's template, for a caller may put a card number or a token into a path."""
        route = request.environ.get(_ROUTE, "-")
        method = request.method[:16] if request.method.isascii() and request.method.isalpha() else "?"
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._access_log.write(f"{now} {method} {route} {status} {took_s * 1000:.0f}ms {request_id}\n")


class _ForbiddenError(GatewayError):
    """No API answers at this stage: API Gateway refuses before any API's gateway responses are known."""

    def __init__(self) -> None:
        super().__init__("FORBIDDEN", "Forbidden", status=403)


def _failure(error: GatewayError, request: Request, request_id: str, api: Api | None) -> Response:
    responses = api.gateway_responses if api and not isinstance(error, _ForbiddenError) else {}
    context = {
        "requestId": request_id,
        "extendedRequestId": request_id,
        "httpMethod": request.method,
        "stage": api.deployed.stage if api else "",
    }
    rendered = render(error, responses, context)
    return Response(rendered.body, status=rendered.status, headers=dict(rendered.headers))


def _path(request: Request) -> str:
    """Give the path as it was sent: undoing percent-encoding first would let ``%2F`` invent path segments."""
    path = str(request.environ.get("REQUEST_URI") or "/").partition("?")[0]
    if "://" in path[:8]:  # the absolute form, which proxies use
        path = "/" + path.split("://", 1)[1].partition("/")[2]
    return path


def _body(request: Request) -> bytes:
    """Read the body, within bounds of size and time.

    Raises
    ------
    GatewayError
        It is too large or too slow, or where it ends is ambiguous, which is how requests are smuggled.
    """
    length = request.environ.get("CONTENT_LENGTH", "")
    transfer = request.environ.get("HTTP_TRANSFER_ENCODING", "")
    if transfer and (length or transfer.strip().lower() != "chunked"):
        raise _ambiguous()
    if length and not (length.isascii() and length.isdigit()):
        raise _ambiguous()
    if len(length) > 15 or (length and int(length) > MAX_BODY_BYTES):
        raise _too_large()
    if not length and not transfer:
        return b""
    return _read(request, int(length) if length else None)


def _read(request: Request, length: int | None) -> bytes:
    stream = request.environ["wsgi.input"]
    deadline = time.monotonic() + BODY_TIMEOUT_S
    chunks: list[bytes] = []
    size = 0
    while length is None or size < length:
        wanted = MAX_BODY_BYTES + 1 - size if length is None else length - size
        try:
            # `read1` returns what has come, so that the deadline is looked at however slowly it comes.
            chunk = stream.read1(wanted) if hasattr(stream, "read1") else stream.read(wanted)
        except OSError as error:  # a chunk of no valid size, or a connection that ended or stood still
            raise _ambiguous() from error
        if not chunk:
            break
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise _too_large()
        if time.monotonic() > deadline:
            raise GatewayError("DEFAULT_4XX", "Request timed out", status=408)
    if length is not None and size < length:
        raise _ambiguous()
    return b"".join(chunks)


def _ambiguous() -> GatewayError:
    return GatewayError("DEFAULT_4XX", "Bad Request", status=400)


def _too_large() -> GatewayError:
    return GatewayError("WAF_FILTERED", "Forbidden")
