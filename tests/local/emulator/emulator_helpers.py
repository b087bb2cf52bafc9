"""Two servers, each in a process of its own, because the extensions change moto for the whole process."""

from __future__ import annotations

import io
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config

Connect = Callable[[str], Any]

PLAIN = """
import sys, threading
from moto.moto_server.threaded_moto_server import ThreadedMotoServer
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print("http://%s:%s" % server.get_host_and_port(), flush=True)
sys.stdin.read()
"""

EXTENDED = """
import sys
from pathlib import Path
from tercet.local.emulator import serve
with serve("127.0.0.1", 0, Path(sys.argv[1])) as emulator:
    print(emulator.url, flush=True)
    sys.stdin.read()
"""


@contextmanager
def server(script: str, *arguments: str) -> Iterator[str]:
    """Run a server that ends with its standard input; yield its URL."""
    process = subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert process.stdin
        assert process.stdout
        yield process.stdout.readline().strip()
        process.stdin.close()
        process.wait(20)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def connect_to(url: str) -> Connect:
    """Return a function that makes a client of a service, which does not retry."""

    def connect(service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}, read_timeout=60, max_pool_connections=40),
        )

    return connect


def zip_of(source: str) -> bytes:
    """Return a deployment package with one module, ``app``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("app.py", source)
    return buffer.getvalue()


def make_role(connect: Connect, name: str = "role") -> str:
    """Return the ARN of a role, made if need be."""
    iam = connect("iam")
    try:
        return iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    except iam.exceptions.EntityAlreadyExistsException:
        return iam.get_role(RoleName=name)["Role"]["Arn"]


def make_function(connect: Connect, name: str, source: str, **arguments: Any) -> str:
    """Deploy a function with the handler ``app.handler``; return its ARN."""
    return connect("lambda").create_function(
        FunctionName=name,
        Role=make_role(connect),
        Runtime="python3.13",
        Handler="app.handler",
        Code={"ZipFile": zip_of(source)},
        **{"Timeout": 10, **arguments},
    )["FunctionArn"]


def eventually(probe: Callable[[], Any], timeout_s: float = 15.0) -> Any:
    deadline = time.monotonic() + timeout_s
    while not (found := probe()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
    return found
