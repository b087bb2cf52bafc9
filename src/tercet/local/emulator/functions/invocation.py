"""From what moto knows of a function to a run of it: synchronously, or queued."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.utils import get_backend
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.utils import unix_time_millis
from moto.logs.exceptions import ResourceAlreadyExistsException
from moto.logs.models import logs_backends

from tercet.errors import LocalError
from tercet.local.emulator.functions import invoke_configurations
from tercet.local.emulator.functions.asynchronous import AsynchronousInvocations, Invocation
from tercet.local.emulator.functions.eventsources import EventSources
from tercet.local.emulator.functions.pool import Pool
from tercet.local.emulator.functions.runtime import Result, Version

_DEFAULT_RETRIES: Final = 2
_LOG_EVENTS_PER_STREAM: Final = 10_000
"""How much of a worker's log is kept, for moto's memory knows no retention; its file holds all of it."""

_LOGGER: Final = logging.getLogger(__name__)


class _Functions:
    """What runs functions while an emulator does."""

    def __init__(self, folder: Path, endpoint: str, environment: Mapping[str, str]) -> None:
        self.pool = Pool(folder, endpoint, environment)
        self.asynchronous = AsynchronousInvocations()
        self.event_sources = EventSources(run)

    def close(self) -> None:
        self.event_sources.close()
        self.pool.close()
        self.asynchronous.close()


_current: _Functions | None = None


@contextmanager
def running(folder: Path, *, endpoint: str, environment: Mapping[str, str] | None = None) -> Iterator[None]:
    """Run functions until the context is left, which ends all their processes.

    Parameters
    ----------
    folder
        Where their code is unpacked and their logs are written: ``<folder>/<function>/function.log``.
    endpoint
        URL of the embedded AWS, which the functions are to call.
    environment
        Environment variables that they get beside their own: what only this machine can tell them.
    """
    global _current  # one emulator per process, because moto's state is the process's
    _current = _Functions(folder, endpoint, environment or {})
    try:
        yield
    finally:
        functions, _current = _current, None
        functions.close()


def invoke(function_name: str, qualifier: str | None, event: object, *, region: str = "us-east-1") -> Result:
    """Run a function of the emulator in this process and wait for its answer.

    Parameters
    ----------
    function_name
        Name or ARN.
    qualifier
        Version or alias; ``None`` is ``$LATEST``.
    event
        Anything that JSON can hold.
    region
        Region of the function.

    Raises
    ------
    LocalError
        No emulator runs in this process, or it has no such function.
    ThrottledError
        All workers of the function stayed busy.
    """
    backend = get_backend(DEFAULT_ACCOUNT_ID, region)
    try:
        function = backend.get_function(function_name, qualifier)
    except UnknownFunctionException as error:
        raise LocalError(f"The embedded AWS has no function {function_name}:{qualifier or '$LATEST'}.") from error
    return run(function, json.dumps(event), qualified_arn(function, function_name, qualifier))


def run(function: Any, event: str, arn: str) -> Result:
    """Run one of moto's ``LambdaFunction`` objects and wait for its answer; what it logs goes to CloudWatch Logs."""
    version = _version(function)
    result, log_stream = _functions().pool.invoke(version, event, arn, function.reserved_concurrency)
    _write_log(function, log_stream, result)
    return result


def run_later(function: Any, event: str, arn: str) -> None:
    """Queue a run, to be retried and reported as the function's event invoke configuration says."""
    configuration = invoke_configurations.find(arn)
    destinations = configuration.get("DestinationConfig", {})
    _functions().asynchronous.add(
        Invocation(
            function_arn=arn,
            event=event,
            run=lambda: run(function, event, arn),
            retries=configuration.get("MaximumRetryAttempts", _DEFAULT_RETRIES),
            on_success=destinations.get("OnSuccess", {}).get("Destination"),
            on_failure=destinations.get("OnFailure", {}).get("Destination"),
            dead_letter=(getattr(function, "dead_letter_config", None) or {}).get("TargetArn"),
        )
    )


def qualified_arn(function: Any, name: str, qualifier: str | None) -> str:
    """Return the ARN that the handler sees as ``invoked_function_arn``: qualified only if the caller was."""
    named = name.rsplit("function:", 1)[-1].partition(":")[2]
    base = f"arn:aws:lambda:{function.region}:{function.account_id}:function:{function.function_name}"
    return f"{base}:{named or qualifier}" if named or qualifier else base


def wake_event_sources() -> None:
    """Have the event source mappings look for messages now."""
    if _current:
        _current.event_sources.wake()


def _functions() -> _Functions:
    if _current is None:
        raise LocalError("No embedded AWS runs in this process, so no function can be invoked. Start one with serve().")
    return _current


def _version(function: Any) -> Version:
    return Version(
        function_name=function.function_name,
        version=str(function.version),
        arn=f"{function.account_id}/{function.region}/{function.function_name}/{function.version}",
        handler=function.handler or "",
        region=function.region,
        memory_mb=int(function.memory_size),
        timeout_s=float(function.timeout),
        environment=tuple(sorted((name, str(value)) for name, value in function.environment_vars.items())),
        code_sha256=function.code_sha_256,
        code=function.code_bytes,
    )


def _write_log(function: Any, log_stream: str, result: Result) -> None:
    """Put what the handler wrote where Lambda puts it, between Lambda's own first and last line."""
    logs, group = logs_backends[function.account_id][function.region], function.logs_group_name
    lines = [
        f"START RequestId: {result.request_id} Version: {result.version}",
        *result.log.splitlines(),
        f"END RequestId: {result.request_id}",
    ]
    logs.ensure_log_group(group)
    try:
        logs.create_log_stream(group, log_stream)
    except ResourceAlreadyExistsException:
        _LOGGER.debug("Log stream %s goes on", log_stream)
    logs.put_log_events(group, log_stream, [{"timestamp": unix_time_millis(), "message": line} for line in lines])
    del logs.groups[group].streams[log_stream].events[:-_LOG_EVENTS_PER_STREAM]
