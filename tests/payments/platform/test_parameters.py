"""Parameter Store: read at once, cached, renewed, and for a while done without."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from moto import mock_aws

from tercet.payments.errors import ConfigurationError, StoreUnavailableError
from tercet.payments.parameters import RETRY_S, STALE_S, TTL_S, Parameters, Values

PATH = "/tercet/test"
COUNT = 23
"""Three pages."""


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Counted:
    """The client of Parameter Store, counted, and cut off at will."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.calls = 0
        self.error: Exception | None = None

    def get_parameters_by_path(self, **arguments: Any) -> Any:
        self.calls += 1
        if self.error:
            raise self.error
        return self.client.get_parameters_by_path(**arguments)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counted]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("ssm", region_name="us-east-1")
        for number in range(COUNT):
            client.put_parameter(Name=f"{PATH}/some/name-{number}", Value=f"value-{number}", Type="SecureString")
        client.put_parameter(Name="/tercet/other/some/name-0", Value="another deployment's", Type="String")
        yield Counted(client)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def parameters(store: Counted, clock: Clock) -> Parameters:
    return Parameters(store, PATH, now=clock)


def test_all_pages_are_read_at_once_and_decrypted(parameters: Parameters, store: Counted):
    assert [parameters.read().get(f"some/name-{number}") for number in range(COUNT)] == [
        f"value-{number}" for number in range(COUNT)
    ]
    assert store.calls == 3
    assert len(parameters.read().items) == COUNT


def test_a_missing_parameter_is_named_in_full(parameters: Parameters):
    with pytest.raises(ConfigurationError, match="/tercet/test/database/endpoint"):
        parameters.read().get("database/endpoint")


def test_values_are_renewed_when_they_have_expired_and_not_before(parameters: Parameters, store: Counted, clock: Clock):
    assert parameters.read().get("some/name-0") == "value-0"
    store.client.put_parameter(Name=f"{PATH}/some/name-0", Value="new", Type="String", Overwrite=True)
    clock.now += TTL_S - 1
    assert parameters.read().get("some/name-0") == "value-0"
    clock.now += 1
    assert parameters.read().get("some/name-0") == "new"


@pytest.mark.parametrize(
    "error",
    [
        ConnectTimeoutError(endpoint_url="http://127.0.0.1:9"),
        ClientError({"Error": {"Code": "ThrottlingException"}}, "GetParametersByPath"),
    ],
)
def test_old_values_serve_while_there_are_no_new_ones_but_not_for_ever(
    parameters: Parameters, store: Counted, clock: Clock, error: Exception
):
    parameters.read().get("some/name-0")
    read, store.error = store.calls, error
    clock.now += TTL_S
    assert parameters.read().get("some/name-0") == "value-0"
    assert parameters.read().get("some/name-0") == "value-0"
    assert store.calls == read + 1, "it is left alone for a while"
    clock.now += RETRY_S
    assert parameters.read().get("some/name-0") == "value-0"
    assert store.calls == read + 2
    clock.now += STALE_S
    with pytest.raises(StoreUnavailableError, match=PATH):
        parameters.read().get("some/name-0")
    store.error = None
    assert parameters.read().get("some/name-0") == "value-0"


def test_with_nothing_read_yet_an_outage_is_told(parameters: Parameters, store: Counted):
    store.error = ConnectTimeoutError(endpoint_url="http://127.0.0.1:9")
    with pytest.raises(StoreUnavailableError, match="ConnectTimeoutError"):
        parameters.read().get("some/name-0")


def test_many_threads_read_once(parameters: Parameters, store: Counted):
    start = threading.Barrier(8)
    found = []

    def ask() -> None:
        start.wait()
        found.append(parameters.read().get("some/name-7"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["value-7"] * 8
    assert store.calls == 3


@pytest.mark.parametrize("value", ["3306", "0"])
def test_a_number_is_read(value: str):
    assert Values(PATH, (("port", value),)).number("port") == int(value)


@pytest.mark.parametrize("value", ["", "-1", "3306.0", "²", "many"])
def test_what_is_no_number_is_refused(value: str):
    with pytest.raises(ConfigurationError, match=f"{PATH}/port"):
        Values(PATH, (("port", value),)).number("port")


def test_values_are_not_shown():
    assert "host" not in repr(Values(PATH, (("database/endpoint", "host"),)))
