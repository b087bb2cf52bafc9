"""Worker processes that run a function's handler: one warm process serves many invocations, one at a time.

A worker is a child process of this one that executes ``bootstrap.py``. It sees the function's environment variables and
the few that Lambda sets, nothing of the environment of this process, and it ends when this process does.
"""

from __future__ import annotations

import importlib.util
import io
import json
import os
import secrets
import selectors
import subprocess
import sys
import time
import uuid
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tercet.errors import LocalError

RUNTIME_LIBRARIES: Final = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")
"""What AWS's Python runtime holds beside the standard library ("Runtime-included SDK versions", Lambda Guide)."""

INIT_TIMEOUT_S: Final = 30.0
"""Bound of loading a handler. Lambda allows 10 s; a busy machine with two cores needs more."""

_STOP_TIMEOUT_S: Final = 2.0
_READ_BYTES: Final = 65_536
_BOOTSTRAP: Final = Path(__file__).with_name("bootstrap.py")


@dataclass(frozen=True)
class Version:
    """One version of a function, as it is to be run. Two equal ones can share workers."""

    function_name: str
    version: str
    arn: str
    handler: str
    region: str
    memory_mb: int
    timeout_s: float
    environment: tuple[tuple[str, str], ...]
    code_sha256: str
    code: bytes = field(repr=False, compare=False)


@dataclass(frozen=True)
class Result:
    """What an invocation answered.

    Parameters
    ----------
    payload
        The JSON text that the handler returned, or the error as Lambda describes it.
    error
        ``"Unhandled"`` if the function failed, else ``None``; Lambda's ``FunctionError``.
    version
        The version that ran, such as ``"$LATEST"`` or ``"3"``.
    request_id
        What the handler saw as ``context.aws_request_id``.
    log
        What the handler wrote, from its beginning; at most some ten thousand characters.
    """

    payload: str
    error: str | None
    version: str
    request_id: str
    log: str = ""

    def json(self) -> Any:
        """Return the payload parsed."""
        return json.loads(self.payload)


class _SilenceError(Exception):
    """The worker did not answer in time."""


class _ExitError(Exception):
    """The worker ended instead of answering."""


class Worker:
    """One child process with the handler loaded, or the reason why it could not be loaded."""

    def __init__(self, version: Version, folder: Path, endpoint: str, environment: Mapping[str, str]) -> None:
        self._version = version
        self._added = environment
        self._folder = folder / version.function_name
        self._folder.mkdir(parents=True, exist_ok=True)
        self._log_stream = f"{time.strftime('%Y/%m/%d')}/[{version.version}]{secrets.token_hex(16)}"
        self._pending = b""
        code_folder = self._code_folder = _unpack(version, self._folder)
        with (self._folder / "function.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-B", str(_BOOTSTRAP)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=code_folder,
                env=self._environment(endpoint),
            )
        if process.stdin is None or process.stdout is None:
            raise LocalError("A worker was started without pipes.")  # cannot be: both are asked for above
        self._process, self._input, self._output = process, process.stdin, process.stdout
        self._start_answer = self._start(code_folder)

    @property
    def usable(self) -> bool:
        """Whether another invocation can be given to this worker."""
        return "ready" in self._start_answer and self._process.poll() is None

    @property
    def log_stream(self) -> str:
        """Name of this worker's stream in CloudWatch Logs; Lambda has one per execution environment, too."""
        return self._log_stream

    def invoke(self, event: str, function_arn: str) -> Result:
        """Run the handler once; what goes wrong in the function is an answer, not an exception.

        Parameters
        ----------
        event
            JSON text.
        function_arn
            What the caller named, with its qualifier.
        """
        request_id = str(uuid.uuid4())
        if "ready" not in self._start_answer:
            return self._failed(request_id, self._start_answer)
        invocation = {
            "event": event,
            "request_id": request_id,
            "function_arn": function_arn,
            "timeout_s": self._version.timeout_s,
            "trace_id": _trace_id(),
        }
        try:
            answer = self._exchange(invocation, self._version.timeout_s)
        except _SilenceError:
            self.stop()
            text = f"RequestId: {request_id} Error: Task timed out after {self._version.timeout_s:.2f} seconds"
            return self._failed(request_id, {"error": {"errorMessage": text, "errorType": "Sandbox.Timedout"}})
        except _ExitError:
            return self._failed(request_id, self._exited(request_id))
        if "error" in answer:
            return self._failed(request_id, answer)
        return Result(answer["payload"], None, self._version.version, request_id, answer["log"])

    def stop(self) -> None:
        """End the process, and wait for its end."""
        self._process.kill()
        for pipe in (self._input, self._output):
            with suppress(BrokenPipeError):  # what was not yet written is for nobody any more
                pipe.close()
        self._process.wait(_STOP_TIMEOUT_S)

    def _start(self, code_folder: Path) -> dict[str, Any]:
        setup = {
            "code_folder": str(code_folder),
            "handler": self._version.handler,
            "library_names": RUNTIME_LIBRARIES,
            "library_folder": _library_folder(),
        }
        try:
            return self._exchange(setup, INIT_TIMEOUT_S)
        except _SilenceError:
            self.stop()
            text = f"Error: the handler was not loaded after {INIT_TIMEOUT_S:.2f} seconds"
            return {"error": {"errorMessage": text, "errorType": "Sandbox.Timedout"}}
        except _ExitError:
            return self._exited("init")

    def _exchange(self, message: dict[str, Any], timeout_s: float) -> dict[str, Any]:
        try:
            self._input.write(json.dumps(message).encode() + b"\n")
            self._input.flush()
        except (BrokenPipeError, ValueError) as error:
            raise _ExitError from error
        answer: dict[str, Any] = json.loads(self._read_line(time.monotonic() + timeout_s))
        return answer

    def _read_line(self, deadline: float) -> bytes:
        descriptor = self._output.fileno()
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, selectors.EVENT_READ)
            while b"\n" not in self._pending:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise _SilenceError
                chunk = os.read(descriptor, _READ_BYTES)
                if not chunk:
                    raise _ExitError
                self._pending += chunk
        line, self._pending = self._pending.split(b"\n", 1)
        return line

    def _exited(self, request_id: str) -> dict[str, Any]:
        self.stop()
        status = self._process.returncode
        reason = f"signal: {-status}" if status < 0 else f"exit status {status}"
        text = f"RequestId: {request_id} Error: Runtime exited with error: {reason}"
        return {"error": {"errorMessage": text, "errorType": "Runtime.ExitError"}}

    def _failed(self, request_id: str, answer: dict[str, Any]) -> Result:
        payload = json.dumps({**answer["error"], "requestId": request_id})
        return Result(payload, "Unhandled", self._version.version, request_id, answer.get("log", ""))

    def _environment(self, endpoint: str) -> dict[str, str]:
        """Return exactly what the function sees; ours wins, so that no function can be pointed at the real AWS."""
        version = self._version
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "TZ": ":UTC",
            **dict(version.environment),
            **self._added,
            "AWS_REGION": version.region,
            "AWS_DEFAULT_REGION": version.region,
            "AWS_ACCESS_KEY_ID": "embedded",
            "AWS_SECRET_ACCESS_KEY": "embedded",
            "AWS_SESSION_TOKEN": "embedded",
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_EXECUTION_ENV": f"AWS_Lambda_python{sys.version_info.major}.{sys.version_info.minor}",
            "AWS_LAMBDA_FUNCTION_NAME": version.function_name,
            "AWS_LAMBDA_FUNCTION_VERSION": version.version,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(version.memory_mb),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{version.function_name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": self._log_stream,
            "LAMBDA_TASK_ROOT": str(self._code_folder),
            "NO_PROXY": "127.0.0.1,localhost,::1",
            "_HANDLER": version.handler,
        }


def _trace_id() -> str:
    """Return a new X-Ray tracing header ("X-Ray concepts", AWS X-Ray Developer Guide)."""
    root = f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"
    return f"Root={root};Parent={secrets.token_hex(8)};Sampled=1"


def _library_folder() -> str:
    found = importlib.util.find_spec("boto3")
    if found is None or found.origin is None:
        raise LocalError("boto3 is not installed, so no function can run. Install tercet again.")
    return str(Path(found.origin).parent.parent)


def _unpack(version: Version, folder: Path) -> Path:
    """Unzip the code once per content; a folder is complete as soon as it has its final name."""
    target = folder / ("code-" + version.code_sha256.translate(str.maketrans("/+=", "_--"))[:16])
    if target.exists():
        return target
    temporary = folder / f".{target.name}-{secrets.token_hex(4)}"
    try:
        with zipfile.ZipFile(io.BytesIO(version.code)) as archive:
            archive.extractall(temporary)
    except zipfile.BadZipFile as error:
        raise LocalError(f"The code of function {version.function_name} is not a zip file.") from error
    try:
        temporary.rename(target)
    except OSError:  # another worker of the same version was faster
        if not target.exists():
            raise
    return target
