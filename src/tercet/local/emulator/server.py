"""The embedded AWS as a server: moto with every extension installed, on a loopback address."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from moto import settings as moto_settings
from moto.core.base_backend import BackendDict
from moto.core.config import default_user_config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import BaseWSGIServer, make_server

from tercet.errors import LocalError
from tercet.local.emulator import functions, loopback, schedules
from tercet.local.emulator.extension import State
from tercet.local.emulator.install import install
from tercet.local.emulator.retries import AnswersKept

_STOP_TIMEOUT_S: Final = 10
_LOG_BYTES: Final = 5_000_000
_LOG_FILES: Final = 2
_BACKLOG: Final = 128
_LOGGERS: Final = ("werkzeug", "moto", "tercet.local.emulator")
_ONE_PER_PROCESS: Final = threading.Lock()
"""moto keeps its state in the modules themselves, so two servers in one process would share one AWS."""


class Emulator:
    """The embedded AWS, running until :meth:`stop`. Made by :func:`serve`; a context manager."""

    def __init__(self, server: BaseWSGIServer, on_stop: ExitStack) -> None:
        self._server = server
        self._on_stop = on_stop
        thread = threading.Thread(target=server.serve_forever, name="emulator", daemon=True)
        on_stop.callback(server.server_close)
        on_stop.callback(thread.join, _STOP_TIMEOUT_S)
        on_stop.callback(server.shutdown)
        thread.start()

    @property
    def url(self) -> str:
        """The endpoint of every service, for ``AWS_ENDPOINT_URL``."""
        return _url(self._server)

    def stop(self) -> None:
        """Stop serving, end the functions' workers, and forget all state. A second call does nothing."""
        self._on_stop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def serve(
    host: str, port: int, session_folder: Path, *, function_environment: Mapping[str, str] | None = None
) -> Emulator:
    """Start the embedded AWS in this process, in threads.

    Parameters
    ----------
    host
        A loopback address; the emulator checks no credentials.
    port
        Port to listen on; 0 takes any free one.
    session_folder
        Folder for the log (``emulator.log``) and for the functions' code and logs (``functions/``).
    function_environment
        Environment variables that every function gets beside its own.

    Returns
    -------
    Emulator
        To be stopped, or used as a context manager. Its state lives in this process and ends with it.

    Raises
    ------
    LocalError
        The address is not a loopback address, the port is taken, or an emulator runs in this process already.
    """
    loopback.require(host)
    if not _ONE_PER_PROCESS.acquire(blocking=False):
        raise LocalError("An embedded AWS runs in this process already. Stop it first, or start another process.")
    with ExitStack() as on_stop:
        on_stop.callback(_ONE_PER_PROCESS.release)
        on_stop.callback(_forget_state)
        on_stop.enter_context(_logging_to(session_folder))
        install()
        _configure_moto()
        server = _listen(host, port)
        on_stop.enter_context(_environment({"MOTO_PORT": str(server.port), "NO_PROXY": "*", "no_proxy": "*"}))
        loopback.GUARD.up()
        on_stop.callback(loopback.GUARD.down)
        on_stop.enter_context(
            functions.running(session_folder / "functions", endpoint=_url(server), environment=function_environment)
        )
        on_stop.enter_context(schedules.running())
        return Emulator(server, on_stop.pop_all())


def _listen(host: str, port: int) -> BaseWSGIServer:
    """Bind the address here, because werkzeug prints to the terminal and exits when it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise LocalError(
                f"The embedded AWS cannot listen on {host}:{port}: {error.strerror}. Choose another port, or 0 for any."
            ) from error
        listener.listen(_BACKLOG)
        return make_server(
            host,
            port,
            AnswersKept(DomainDispatcherApplication(create_backend_app)),
            threaded=True,
            request_handler=MotoRequestHandler,
            fd=listener.fileno(),  # which werkzeug duplicates
        )


def _url(server: BaseWSGIServer) -> str:
    host = f"[{server.host}]" if ":" in server.host else server.host
    return f"http://{host}:{server.port}"


def _configure_moto() -> None:
    """Set what moto reads from its environment variables, some of them only when it is imported."""
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    default_user_config["iam"] = {"load_aws_managed_policies": True}
    moto_settings.ACM_VALIDATION_WAIT = 0


def _forget_state() -> None:
    """Drop moto's backends; its own reset would fill them again first, which takes a second or more."""
    for backends in BackendDict._instances:
        backends.clear()
    BackendDict._instances.clear()
    State.clear_all()


def _environment(variables: dict[str, str]) -> ExitStack:
    """Set environment variables of this process until the stack is closed."""
    undo = ExitStack()
    for name, value in variables.items():
        before = os.environ.get(name)
        undo.callback(os.environ.pop, name, None) if before is None else undo.callback(
            os.environ.__setitem__, name, before
        )
        os.environ[name] = value
    return undo


def _logging_to(session_folder: Path) -> ExitStack:
    """Send what the server says to a file instead of the terminal, until the stack is closed."""
    session_folder.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        session_folder / "emulator.log", maxBytes=_LOG_BYTES, backupCount=_LOG_FILES, encoding="utf-8", delay=True
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    undo = ExitStack()
    undo.callback(handler.close)
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        undo.callback(logger.removeHandler, handler)
        undo.callback(setattr, logger, "propagate", logger.propagate)
        undo.callback(logger.setLevel, logger.level)
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
    return undo
