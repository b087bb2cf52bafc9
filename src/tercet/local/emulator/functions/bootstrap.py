"""Runs in the child process: loads one function's handler and answers invocations, one JSON line each.

Started as ``python -I -S bootstrap.py``; it imports the standard library only, so that what a function can import is
its own code and what AWS's Python runtime holds, nothing of the environment that tercet is installed in. It mirrors
"Define Lambda function handler in Python" and "AWS Lambda context object in Python" of the AWS Lambda Developer Guide.

The first line on standard input is the set-up, each further line an invocation. Standard error is the function's log
file. The process ends when its standard input does, even in the middle of an invocation: its host is gone then.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import io
import json
import logging
import os
import queue
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from decimal import Decimal
from types import ModuleType
from typing import Any, Final, TextIO

LOG_CHARACTERS: Final = 65_536
"""How much of one invocation's log is sent to CloudWatch Logs; the log file holds all of it."""

_AWS_DOMAINS: Final = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".aws.dev")


class RuntimeLibraries:
    """Finds the packages that AWS's Python runtime holds (boto3 and what it needs), and no other, where boto3 is."""

    def __init__(self, names: Sequence[str], folder: str) -> None:
        self._names = frozenset(names)
        self._folder = folder

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find a top-level package; its submodules are found through its own path."""
        if path is not None or name not in self._names:
            return None
        return importlib.machinery.PathFinder.find_spec(name, [self._folder], target)


class Log(io.TextIOBase):
    """Writes to the log file and keeps the beginning of it for CloudWatch Logs."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._kept: list[str] = []
        self._room = LOG_CHARACTERS

    def writable(self) -> bool:
        """Tell that this can be written to."""
        return True

    def write(self, text: str) -> int:
        """Write to the file at once, so that it is there if the process dies."""
        self._file.write(text)
        self._file.flush()
        if self._room > 0:
            self._kept.append(text[: self._room])
            self._room -= len(text)
        return len(text)

    def take(self) -> str:
        """Return what was kept since the last call."""
        kept, self._kept, self._room = "".join(self._kept), [], LOG_CHARACTERS
        return kept


class Context:
    """What a handler gets as its second argument."""

    def __init__(self, invocation: dict[str, Any]) -> None:
        self.aws_request_id: str = invocation["request_id"]
        self.invoked_function_arn: str = invocation["function_arn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = None
        self.client_context = None
        self._deadline = time.monotonic() + invocation["timeout_s"]

    def get_remaining_time_in_millis(self) -> int:
        """Return how long until the function's time-out, in milliseconds."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))

    def log(self, message: str) -> None:
        """Write to the function's log."""
        sys.stdout.write(str(message))


class InitError(Exception):
    """The handler could not be loaded; ``kind`` is AWS's error type."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def load_handler(name: str) -> Callable[[Any, Context], Any]:
    """Resolve ``package/module.function`` as Lambda does."""
    module_name, dot, attribute = name.rpartition(".")
    if not dot:
        raise InitError("Runtime.MalformedHandlerName", f"Bad handler '{name}': it must be module.function")
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise InitError("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}") from error
    except SyntaxError as error:
        raise InitError("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module_name}': {error}") from error
    try:
        handler: Callable[[Any, Context], Any] = getattr(module, attribute)
    except AttributeError as error:
        raise InitError(
            "Runtime.HandlerNotFound", f"Handler '{attribute}' missing on module '{module_name}'"
        ) from error
    return handler


def describe(error: BaseException, kind: str | None = None) -> dict[str, Any]:
    """Return an error as Lambda's answer shows it."""
    return {
        "errorMessage": str(error),
        "errorType": kind or type(error).__name__,
        "stackTrace": traceback.format_list(
            frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__
        ),
    }


def invoke(handler: Callable[[Any, Context], Any], invocation: dict[str, Any]) -> dict[str, Any]:
    """Run the handler once; whatever it raises is its answer."""
    os.environ["_X_AMZN_TRACE_ID"] = invocation["trace_id"]
    try:
        result = handler(json.loads(invocation["event"]), Context(invocation))
    except Exception as error:  # noqa: BLE001 - the handler is not ours: all it raises belongs to the caller
        traceback.print_exc()
        return {"error": describe(error)}
    try:
        return {"payload": json.dumps(result, default=_decimal, ensure_ascii=False)}
    except (TypeError, ValueError) as error:
        failure = TypeError(f"Unable to marshal response: {error}")
        return {"error": describe(failure, "Runtime.MarshalError")}


def _decimal(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _refuse_real_aws(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse to look up a name of the real AWS: functions of an embedded deployment must not reach it."""
    if event == "socket.getaddrinfo" and str(arguments[0] or "").lower().rstrip(".").endswith(_AWS_DOMAINS):
        raise ConnectionRefusedError(f"{arguments[0]} is the real AWS; this function runs in the embedded one.")


def _read_lines(source: TextIO, lines: queue.Queue[str]) -> None:
    for line in source:
        lines.put(line)
    os._exit(0)  # the host is gone; the main thread may be inside the handler, which would not notice


def main() -> None:
    """Serve invocations until standard input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    source = os.fdopen(os.dup(0), "r", encoding="utf-8")
    os.dup2(2, 1)  # what the handler's own subprocesses print belongs into the log, not among the answers
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    log = Log(os.fdopen(os.dup(2), "w", encoding="utf-8", errors="replace"))
    sys.stdout = sys.stderr = log
    logging.basicConfig(stream=log, format="[%(levelname)s]\t%(name)s\t%(message)s", level=logging.WARNING)
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_read_lines, args=(source, lines), daemon=True).start()

    def answer(message: dict[str, Any]) -> None:
        answers.write(json.dumps({**message, "log": log.take()}) + "\n")
        answers.flush()

    setup = json.loads(lines.get())
    sys.path.insert(0, setup["code_folder"])
    sys.meta_path.append(RuntimeLibraries(setup["library_names"], setup["library_folder"]))
    sys.addaudithook(_refuse_real_aws)
    try:
        handler = load_handler(setup["handler"])
    except InitError as error:
        answer({"error": describe(error, error.kind)})
        return
    except Exception as error:  # noqa: BLE001 - the module is not ours: what its import raises belongs to the caller
        traceback.print_exc()
        answer({"error": describe(error)})
        return
    answer({"ready": True})
    while True:
        answer(invoke(handler, json.loads(lines.get())))


if __name__ == "__main__":
    main()
