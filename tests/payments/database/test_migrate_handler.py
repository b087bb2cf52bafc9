"""The function that a deployment runs: in place of the proxy a MariaDB, in place of AWS moto."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import pymysql
import pytest
from moto import mock_aws

from tercet.payments import services
from tercet.payments.database.mysql import CONNECTION_OPTIONS, Connect
from tercet.payments.database.opening import open_database
from tercet.payments.deadline import Deadline
from tercet.payments.errors import ConfigurationError, SchemaError, StoreUnavailableError
from tercet.payments.handlers import migrate
from tercet.payments.migrations import grants
from tercet.payments.parameters import Values
from tercet.payments.schema import KNOWN, require_known
from tercet.stack.database import APPLICATION_USER
from tercet.stack.database import PLACEHOLDER as OF_THE_DEPLOYMENT
from tests.payments.mariadb import MariaDb

PATH = "/tercet/test"
MASTER = "tercetmaster"


class Context:
    """Lambda's, of an invocation with so much time left."""

    def __init__(self, seconds: float = 300.0) -> None:
        self.seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(1000 * self.seconds)


@dataclass
class Prepared:
    """What Terraform has made when it runs the migration."""

    server: MariaDb
    database: str
    secret: str

    def held(self) -> dict[str, str]:
        return dict(json.loads(self._secrets.get_secret_value(SecretId=self.secret)["SecretString"]))

    def put(self, text: str) -> None:
        self._secrets.put_secret_value(SecretId=self.secret, SecretString=text)

    def log_in(self) -> pymysql.Connection[Any]:
        """Log in as the proxy does: by what the secret holds."""
        held = self.held()
        return pymysql.connect(
            host="127.0.0.1",
            port=self.server.port,
            user=held["username"],
            password=held["password"],
            database=self.database,
            ssl_disabled=True,
        )

    @property
    def _secrets(self) -> Any:
        return boto3.client("secretsmanager")


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "TERCET_ENVIRONMENT": "test",
        "TERCET_PARAMETERS": PATH,
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.delenv("TERCET_DATABASE_URL", raising=False)
    services.client.cache_clear()
    with mock_aws():
        yield
    services.client.cache_clear()


@pytest.fixture
def prepared(aws: None, mariadb: MariaDb, monkeypatch: pytest.MonkeyPatch) -> Iterator[Prepared]:
    """An empty database, a secret with the placeholder, all parameters; the proxy leads to MariaDB."""
    name = mariadb.create_database()
    mariadb.execute(f"CREATE OR REPLACE USER {MASTER}@'%'", f"GRANT ALL ON *.* TO {MASTER}@'%' WITH GRANT OPTION")
    placeholder = json.dumps({"username": APPLICATION_USER, "password": OF_THE_DEPLOYMENT})
    arn = boto3.client("secretsmanager").create_secret(Name="application", SecretString=placeholder)["ARN"]
    parameters = {
        "app-secret-arn": arn,
        "endpoint": "proxy.invalid",
        "master-user": MASTER,
        "name": name,
        "port": "3306",
        "user": APPLICATION_USER,
    }
    for each, value in parameters.items():
        boto3.client("ssm").put_parameter(Name=f"{PATH}/database/{each}", Value=value, Type="String")

    def connect_as(values: Values, user: str) -> Connect:
        assert (values.get("database/endpoint"), user) == ("proxy.invalid", MASTER)
        return partial(
            pymysql.connect,
            host="127.0.0.1",
            port=mariadb.port,
            user=user,
            database=values.get("database/name"),
            ssl_disabled=True,
            **CONNECTION_OPTIONS,
        )

    monkeypatch.setattr(migrate, "connect_as", connect_as)
    yield Prepared(mariadb, name, arn)
    mariadb.execute(f"DROP USER IF EXISTS {MASTER}@'%', {APPLICATION_USER}@'%'", f"DROP DATABASE {name}")


def cut_short(monkeypatch: pytest.MonkeyPatch, name: str, after: bool) -> None:
    """Have a run end before, or right after, one of its steps."""
    step = getattr(migrate, name)

    def killed(*arguments: Any) -> None:
        if after:
            step(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(migrate, name, killed)
        with pytest.raises(KeyboardInterrupt):
            migrate.handler({}, Context())


def test_the_schema_and_the_user_are_there_afterwards(prepared: Prepared) -> None:
    assert migrate.handler({}, Context()) == {"schema": KNOWN}
    assert prepared.held()["username"] == APPLICATION_USER
    assert len(prepared.held()["password"]) >= 40
    with closing(prepared.log_in()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT version FROM schema_version")
        assert cursor.fetchall() == ((KNOWN,),)
        with pytest.raises(pymysql.err.OperationalError, match="denied"):
            cursor.execute("DELETE FROM entries")


def test_a_repetition_keeps_the_password(prepared: Prepared) -> None:
    migrate.handler({}, Context())
    before = prepared.held()
    assert migrate.handler({}, Context()) == {"schema": KNOWN}
    assert prepared.held() == before
    prepared.log_in().close()


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", ["wait_until_let_in", "migrate_mysql", "application_password", "grant"])
def test_a_run_that_was_cut_short_anywhere_is_completed_by_the_next(
    prepared: Prepared, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    cut_short(monkeypatch, step, after)
    left = prepared.held()
    assert migrate.handler({}, Context()) == {"schema": KNOWN}
    prepared.log_in().close()
    if left["password"] != grants.PLACEHOLDER:
        assert prepared.held() == left, "a password that was made is thrown away"


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"username": APPLICATION_USER, "password": OF_THE_DEPLOYMENT}),
        json.dumps({"username": APPLICATION_USER, "password": ""}),
        json.dumps({"username": APPLICATION_USER}),
        json.dumps({"username": "another", "password": "of another"}),
        json.dumps([APPLICATION_USER, "password"]),
        "not JSON",
    ],
)
def test_a_secret_without_a_password_of_the_user_gets_a_new_one(prepared: Prepared, text: str) -> None:
    migrate.handler({}, Context())
    before = prepared.held()
    prepared.put(text)
    migrate.handler({}, Context())
    assert prepared.held()["password"] not in (before["password"], "of another", "", OF_THE_DEPLOYMENT)
    prepared.log_in().close()


def test_a_secret_that_was_never_filled_gets_a_password(prepared: Prepared) -> None:
    secrets = boto3.client("secretsmanager")
    prepared.secret = secrets.create_secret(Name="empty")["ARN"]
    boto3.client("ssm").put_parameter(
        Name=f"{PATH}/database/app-secret-arn", Value=prepared.secret, Type="String", Overwrite=True
    )
    migrate.handler({}, Context())
    prepared.log_in().close()


def test_a_user_whom_the_database_has_forgotten_comes_back_with_the_password_it_had(prepared: Prepared) -> None:
    """As after a restore of the database: the proxy goes on with what it knows."""
    migrate.handler({}, Context())
    before = prepared.held()
    prepared.server.execute(f"DROP USER {APPLICATION_USER}@'%'")
    migrate.handler({}, Context())
    assert prepared.held() == before
    prepared.log_in().close()


def test_the_password_is_logged_nowhere(prepared: Prepared, capsys: pytest.CaptureFixture[str]) -> None:
    migrate.handler({}, Context())
    migrate.handler({}, Context())
    told = capsys.readouterr().out
    assert prepared.held()["password"] not in told
    lines = [json.loads(line) for line in told.splitlines()]
    assert [line["state"] for line in lines if line["event"] == "application_user_granted"] == [
        "new_password",
        "same_password",
    ]
    assert [line["version"] for line in lines if line["event"] == "schema_migrated"] == [KNOWN, KNOWN]


def test_what_is_missing_is_told_before_anything_is_changed(prepared: Prepared) -> None:
    boto3.client("ssm").delete_parameter(Name=f"{PATH}/database/app-secret-arn")
    with pytest.raises(ConfigurationError, match="database/app-secret-arn"):
        migrate.handler({}, Context())
    assert prepared.server.execute(f"SHOW TABLES FROM {prepared.database}") == []


def test_a_secret_that_is_not_there_is_told(prepared: Prepared) -> None:
    boto3.client("secretsmanager").delete_secret(SecretId=prepared.secret, ForceDeleteWithoutRecovery=True)
    with pytest.raises(StoreUnavailableError, match="ResourceNotFoundException"):
        migrate.handler({}, Context())


def test_a_newer_schema_that_does_not_serve_this_release_is_left_alone(prepared: Prepared) -> None:
    migrate.handler({}, Context())
    newer = (KNOWN + 1, KNOWN + 1)
    prepared.server.execute(
        f"UPDATE {prepared.database}.schema_version SET version = {newer[0]}, oldest_compatible = {newer[1]}"
    )
    with pytest.raises(SchemaError, match="newer release"):
        migrate.handler({}, Context())


def test_a_proxy_that_lets_nobody_in_yet_is_waited_for() -> None:
    waits: list[float] = []

    def connect() -> Any:
        if len(waits) < 5:
            raise pymysql.err.OperationalError(2003, "not yet")
        return closing_only()

    migrate.wait_until_let_in(connect, Deadline(lambda: 100.0), sleep=waits.append)
    assert waits == [migrate.PAUSE_S] * 5


def test_it_is_not_waited_for_beyond_the_time_that_the_migration_needs() -> None:
    context = Context(seconds=migrate.KEEP_S + 10)

    def sleep(seconds: float) -> None:
        context.seconds -= seconds

    def connect() -> Any:
        raise pymysql.err.OperationalError(1045, "Access denied for user 'tercetmaster'@'10.0.0.1'")

    with pytest.raises(StoreUnavailableError, match=r"error 1045.*Nothing was changed") as failure:
        migrate.wait_until_let_in(connect, Deadline.of_invocation(context, keep_s=migrate.KEEP_S), sleep=sleep)
    assert "10.0.0.1" not in str(failure.value)
    assert migrate.KEEP_S <= context.seconds < migrate.KEEP_S + migrate.PAUSE_S


def closing_only() -> Any:
    class Open:
        def close(self) -> None: ...

    return Open()


def test_where_there_is_a_url_it_alone_is_migrated(aws: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'payments.db'}"
    monkeypatch.setenv("TERCET_DATABASE_URL", url)
    monkeypatch.setattr(migrate, "client", _nobody)
    assert migrate.handler({}, None) == {"schema": KNOWN}
    database = open_database(url)
    require_known(database)
    database.close()
    assert [path.name for path in tmp_path.iterdir()] == ["payments.db"]


def test_a_server_at_a_url_gets_no_application_user(
    aws: None, monkeypatch: pytest.MonkeyPatch, mariadb: MariaDb
) -> None:
    url = mariadb.url(mariadb.create_database())
    monkeypatch.setenv("TERCET_DATABASE_URL", url)
    monkeypatch.setattr(migrate, "client", _nobody)
    assert migrate.handler({}, None) == {"schema": KNOWN}
    assert mariadb.execute(f"SELECT user FROM mysql.user WHERE user = '{APPLICATION_USER}'") == []


def _nobody(service: str) -> Any:
    raise AssertionError(f"{service} was asked")


def test_the_placeholder_is_the_deployments() -> None:
    assert grants.PLACEHOLDER == OF_THE_DEPLOYMENT
