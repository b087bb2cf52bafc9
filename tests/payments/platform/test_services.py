"""The parts of a processor, put together from what the deployment says: lazily, once, with every wait bounded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tercet.payments import publisher, services
from tercet.payments.database.mysql import MySqlDatabase
from tercet.payments.errors import ConfigurationError, SchemaError
from tercet.payments.services import Services

PARAMETERS = {
    "acquirer/sandbox-table": "tercet-acquirer-sandbox-test",
    "database/endpoint": "proxy.invalid",
    "database/master-user": "tercetmaster",
    "database/name": "payments",
    "database/port": "3306",
    "database/user": "payments",
    "events/bus": "tercet-payments-test",
    "idempotency/ttl-s": "90000",
    "sessions/table": "tercet-sessions-test",
    "sessions/ttl-s": "86400",
}

API_TIMEOUT_S = 25
"""Of the api function: tercet.stack.processor."""


def forget() -> None:
    for cached in (services._built, services._parameters, services.client):
        cached.cache_clear()


@pytest.fixture
def ssm(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Parameter Store with all parameters, and an environment that has not asked for any yet."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "TERCET_ENVIRONMENT": "test",
        "TERCET_PARAMETERS": "/tercet/test",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.delenv("TERCET_DATABASE_URL", raising=False)
    forget()
    with mock_aws():
        client = boto3.client("ssm")
        for name, value in PARAMETERS.items():
            client.put_parameter(Name=f"/tercet/test/{name}", Value=value, Type="String")
        yield client
    forget()


def test_the_services_are_made_once(ssm: Any):
    assert services.services() is services.services()


def test_a_changed_parameter_makes_new_ones(ssm: Any, monkeypatch: pytest.MonkeyPatch):
    before = services.services()
    ssm.put_parameter(Name="/tercet/test/events/bus", Value="another", Type="String", Overwrite=True)
    assert services.services() is before
    services._parameters("/tercet/test")._next_read = 0  # its values have expired
    assert services.services() is not before
    assert services.services().values.get("events/bus") == "another"


def test_the_consumer_opens_no_database(ssm: Any, monkeypatch: pytest.MonkeyPatch):
    def refuse(_self: Services) -> None:
        raise AssertionError("the database was opened")

    monkeypatch.setattr(Services, "_open_database", refuse)
    found = services.services()
    assert found.sessions._table == "tercet-sessions-test"  # type: ignore[attr-defined]
    assert found.metrics
    assert found.acquirer
    with pytest.raises(AssertionError, match="was opened"):
        _ = found.store


def test_a_missing_parameter_is_named_by_who_needs_it(ssm: Any):
    ssm.delete_parameter(Name="/tercet/test/sessions/table")
    with pytest.raises(ConfigurationError, match="/tercet/test/sessions/table"):
        _ = services.services().sessions
    assert services.services().acquirer


def test_a_database_without_a_known_schema_is_refused_and_asked_again(
    ssm: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    import sqlite3

    with sqlite3.connect(tmp_path / "payments.db") as connection:
        connection.execute("CREATE TABLE schema_version (id INTEGER, version INTEGER, oldest_compatible INTEGER)")
    monkeypatch.setenv("TERCET_DATABASE_URL", f"sqlite:///{tmp_path / 'payments.db'}")
    with pytest.raises(SchemaError):
        _ = services.services().processor
    from tercet.payments.schema import KNOWN

    with sqlite3.connect(tmp_path / "payments.db") as connection:
        connection.execute("INSERT INTO schema_version VALUES (1, ?, ?)", (KNOWN, KNOWN))
    assert services.services().processor


def test_payments_log_in_through_the_proxy_as_the_application_user_with_a_token(
    ssm: Any, monkeypatch: pytest.MonkeyPatch
):
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr("pymysql.connect", lambda **options: asked.append(options))
    assert isinstance(services.services()._open_database(), MySqlDatabase)
    values = services.services().values
    connect = services.connect_as(values, values.get("database/user"))
    connect()
    connect()
    first, second = asked
    assert (first["host"], first["port"], first["user"], first["database"]) == (
        "proxy.invalid",
        3306,
        "payments",
        "payments",
    )
    assert first["ssl"].verify_mode.name == "CERT_REQUIRED"
    assert first["ssl"].check_hostname
    assert first["password"].startswith("proxy.invalid:3306/?Action=connect&DBUser=payments&")
    assert "X-Amz-Expires=900" in second["password"]


def test_every_client_waits_for_less_than_the_api_has(ssm: Any):
    """Parameters, the sandbox's journal (read, read, append), one call of EventBridge; the rest is the database's."""
    assert 3 * services.LONGEST_CALL_S < API_TIMEOUT_S
    for name in ("ssm", "dynamodb", "events"):
        config = services.client(name).meta.config
        longest = config.retries["total_max_attempts"] * (config.connect_timeout + config.read_timeout) + 1
        assert longest <= services.LONGEST_CALL_S


def test_publishing_asks_little_of_whoever_waits_for_it(ssm: Any):
    """A payment is committed by then: its caller is not to wait, nor its function to run out of time, for the bus."""
    config = services.client("events").meta.config
    assert config.retries["total_max_attempts"] == 1
    assert (config.connect_timeout, config.read_timeout) == (0.5, 1.5)
    assert publisher.BUDGET_S + config.connect_timeout + config.read_timeout <= services.LONGEST_CALL_S


def test_the_services_outlive_a_short_outage_of_parameter_store(
    ssm: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    before = services.services()
    held = services._parameters("/tercet/test")
    monkeypatch.setattr(held, "_client", boto3.client("ssm", endpoint_url="http://127.0.0.1:9"))
    held._next_read = 0
    assert services.services() is before
    assert "parameters_stale" in capsys.readouterr().out
