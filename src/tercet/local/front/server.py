"""Serves the front over HTTP on a loopback address."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

from werkzeug.serving import WSGIRequestHandler, make_server

from tercet.errors import LocalError
from tercet.local.front.deployed import Source, TerraformSource
from tercet.local.front.gateway import Gateway, Log
from tercet.local.front.oauth import TokenEndpoint
from tercet.local.front.proxy import Invoke, through_lambda
from tercet.local.front.tokens import Verifier

STATE: Final = Path("terraform.tfstate")
"""Where a session keeps Terraform's state, below its folder."""

SOCKET_TIMEOUT_S: Final = 10
"""How long a connection may stand still."""

_STOP_TIMEOUT_S: Final = 10
_POLL_S: Final = 0.05
_LOG_BYTES: Final = 5_000_000
_LOG_FILES: Final = 2
_LOGGER: Final = logging.getLogger("tercet.local.front")


class Front:
    """The front, running until :meth:`stop`; a context manager.

    Parameters
    ----------
    host, port
        Where to listen; port 0 takes a free one.
    source
        What is deployed.
    invoke
        Runs the functions behind it.
    aws_endpoint
        The embedded AWS, for its public keys and app clients.
    access_log
        Gets a line per request, without anything that the caller chose.

    Raises
    ------
    LocalError
        The port is taken.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        source: Source,
        invoke: Invoke,
        aws_endpoint: str,
        region: str,
        access_log: Log,
    ) -> None:
        gateway = Gateway(
            source,
            invoke,
            verifier=Verifier(aws_endpoint),
            token_endpoint=TokenEndpoint(aws_endpoint, region),
            access_log=access_log,
        )
        try:
            self._server = make_server(host, port, gateway, threaded=True, request_handler=_Handler)
        except (OSError, SystemExit) as error:  # werkzeug leaves by SystemExit when the port is taken
            raise LocalError(f"The front could not listen on {host}:{port}. Choose another port.") from error
        self._thread = threading.Thread(target=self._server.serve_forever, args=(_POLL_S,), name="front", daemon=True)
        self._stopped = False
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it answers, without a trailing slash and without the stage."""
        return f"http://{self._server.host}:{self._server.port}"

    def stop(self) -> None:
        """Stop serving. A second call does nothing."""
        if self._stopped:
            return
        self._stopped = True
        self._server.shutdown()
        self._thread.join(_STOP_TIMEOUT_S)
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


@contextmanager
def serve(host: str, port: int, *, aws_endpoint: str, region: str, folder: Path) -> Iterator[Front]:
    """Serve what a session deploys, from now on: before there is anything, and after it changes.

    Parameters
    ----------
    folder
        The session's folder: Terraform's state is looked for in it, and ``front.log`` is written to it.

    Raises
    ------
    LocalError
        The port is taken.
    """
    log = RotatingFileHandler(folder / "front.log", maxBytes=_LOG_BYTES, backupCount=_LOG_FILES, encoding="utf-8")
    _LOGGER.addHandler(log)
    try:
        with Front(
            host,
            port,
            source=TerraformSource(folder / STATE, endpoint_url=aws_endpoint, region=region),
            invoke=through_lambda(aws_endpoint, region),
            aws_endpoint=aws_endpoint,
            region=region,
            access_log=_Rotating(log),
        ) as front:
            yield front
    finally:
        _LOGGER.removeHandler(log)
        log.close()


class _Rotating:
    """A log file of bounded size, as something to write to."""

    def __init__(self, handler: RotatingFileHandler) -> None:
        self._handler = handler

    def write(self, line: str, /) -> None:
        self._handler.handle(logging.makeLogRecord({"msg": line.rstrip("\n")}))


class _Handler(WSGIRequestHandler):
    """Reads HTTP; every connection serves one request, so nothing left unread is taken for another."""

    timeout = SOCKET_TIMEOUT_S
    server_version = "tercet"
    sys_version = ""

    def run_wsgi(self) -> None:
        try:
            urlsplit(self.path)
        except ValueError:  # such as a bracket that is not closed
            self.send_error(HTTPStatus.BAD_REQUEST)
            return
        super().run_wsgi()

    def make_environ(self) -> Any:
        environ = super().make_environ()
        # Only the last of several would be seen otherwise, and each reader may choose another.
        if len(lengths := self.headers.get_all("Content-Length", [])) > 1:
            environ["CONTENT_LENGTH"] = ",".join(lengths)
        return environ

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002 - the library's signature; what it would say quotes the request
        """Answer what is not even HTTP, in JSON and without quoting it."""
        body = json.dumps({"message": HTTPStatus(code).phrase}).encode()
        self.close_connection = True
        self.request_version = "HTTP/1.1"  # of a request line that makes no sense, 0.9 is assumed: no headers
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Do nothing: the gateway writes the access log, and this line would hold the query."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Log a defect of ours, or of the connection."""
        _LOGGER.log(logging.ERROR if type == "error" else logging.INFO, message, *args)
