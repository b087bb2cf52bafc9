"""The server serves this machine only, reaches this machine only, and leaves nothing behind."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.parsers import ResponseParserError
from emulator_helpers import connect_to

from tercet.errors import LocalError
from tercet.local.emulator import loopback, serve


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.com", "::"])
def test_it_refuses_addresses_that_others_can_reach(host: str, tmp_path: Path) -> None:
    with pytest.raises(LocalError, match=r"loopback addresses only.*127\.0\.0\.1"):
        serve(host, 0, tmp_path)


def test_a_taken_port_is_an_error_and_leaves_nothing_behind(tmp_path: Path) -> None:
    # In a process of its own: serve() would change moto for all other tests.
    script = """
import socket, sys
from pathlib import Path
from tercet.errors import LocalError
from tercet.local.emulator import serve
with socket.socket() as taken:
    taken.bind(("127.0.0.1", 0)); taken.listen()
    try:
        serve("127.0.0.1", taken.getsockname()[1], Path(sys.argv[1]))
    except LocalError as error:
        print(error)
with serve("127.0.0.1", 0, Path(sys.argv[1])) as first:
    try:
        serve("127.0.0.1", 0, Path(sys.argv[1]))
    except LocalError as error:
        print(error)
import os
print("MOTO_PORT" in os.environ)
"""
    run = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, timeout=60, check=True
    )
    taken, second, port_is_set = run.stdout.splitlines()
    assert "Address already in use" in taken
    assert "runs in this process already" in second
    assert port_is_set == "False"
    assert run.stderr == ""


def test_nothing_leaves_the_machine_while_the_guard_is_up() -> None:
    loopback.GUARD.up()
    try:
        for address in (("192.0.2.1", 443), ("198.51.100.7", 80)):
            with socket.socket() as client, pytest.raises(ConnectionRefusedError, match="only to this machine"):
                client.connect(address)
        with socket.socket() as server, socket.socket() as client:
            server.bind(("127.0.0.1", 0))
            server.listen()
            client.connect(server.getsockname())
    finally:
        loopback.GUARD.down()


def test_the_server_itself_cannot_reach_others(emulator_url: str) -> None:
    connect = connect_to(emulator_url)
    topic = connect("sns").create_topic(Name="outside")["TopicArn"]
    connect("sns").subscribe(TopicArn=topic, Protocol="http", Endpoint="http://192.0.2.1/")
    with pytest.raises(ResponseParserError, match="Internal Server Error"):  # moto lets the refusal through
        connect("sns").publish(TopicArn=topic, Message="leak")


def test_managed_policies_are_there(emulator_url: str) -> None:
    policy = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
    assert connect_to(emulator_url)("iam").get_policy(PolicyArn=policy)["Policy"]["Arn"] == policy


def test_a_refused_address_writes_nothing(tmp_path: Path) -> None:
    assert not list(tmp_path.iterdir())
    with pytest.raises(LocalError):
        serve("0.0.0.0", 0, tmp_path)
    assert not list(tmp_path.iterdir())
