"""Opening by URL and through the proxy: who is let in, who is trusted, and that no password is told."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pymysql
import pytest

from tercet.payments.database.mysql import MySqlDatabase
from tercet.payments.database.opening import _trusted, aurora_connect, mysql_connect, open_database, sqlite_path
from tercet.payments.database.sqlite import SqliteDatabase
from tercet.payments.errors import ConfigurationError
from tests.payments.database.impostor import Impostor, certificate
from tests.payments.database.parts import COUNT
from tests.payments.mariadb import MariaDb

TOKEN = "proxy:3306/?Action=connect&DBUser=payments&X-Amz-Signature=secret"


def test_a_url_opens_what_it_names(tmp_path: Path) -> None:
    assert isinstance(open_database(f"sqlite:///{tmp_path}/a%20b.db"), SqliteDatabase)
    assert sqlite_path(f"sqlite:///{tmp_path}/a%20b.db") == tmp_path / "a b.db"
    assert isinstance(open_database("mysql://user@localhost/name?unix_socket=/run/s"), MySqlDatabase)
    assert sqlite_path("mysql://user@localhost/name") is None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "secret",
        "sqlite://secret",
        "sqlite:///",
        "sqlite:///secret/relative.db",
        "sqlite:////tmp/secret.db?mode=rw",
        "mysql://user:secret@localhost",
        "mysql://user:secret@localhost/",
        "mysql://user:secret@localhost:none/name",
        "mysql://user:secret@localhost:99999/name",
        "mysql://user:secret@[::1/name",
        "mysql://user:secret@localhost/name?ssl=secret",
        "postgresql://user:secret@localhost/name",
    ],
)
def test_a_url_of_no_known_form_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        open_database(url)

    assert "secret" not in str(raised.value)
    assert raised.value.__suppress_context__ or "secret" not in str(raised.value.__cause__)


def test_a_server_is_reached_by_its_socket_and_by_tcp(mariadb: MariaDb, mariadb_url: str) -> None:
    name = mariadb_url.rsplit("/", 1)[1]
    for url in (mariadb_url, f"mysql://tercet:tercet@localhost/{name}?unix_socket={mariadb.socket}"):
        database = open_database(url)
        assert database.read(COUNT) == [{"n": 0}]
        database.close()


def test_a_password_may_hold_any_character(mariadb: MariaDb, mariadb_url: str) -> None:
    name = mariadb_url.rsplit("/", 1)[1]
    mariadb.execute(
        "CREATE OR REPLACE USER odd@'%' IDENTIFIED BY 'a:b@c/d%e ?#'", f"GRANT SELECT ON {name}.* TO odd@'%'"
    )

    database = open_database(f"mysql://odd:a%3Ab%40c%2Fd%25e%20%3F%23@127.0.0.1:{mariadb.port}/{name}")

    assert database.read(COUNT) == [{"n": 0}]
    database.close()


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return certificate(tmp_path)


@pytest.fixture
def impostor(files: tuple[Path, Path]) -> Iterator[Impostor]:
    with Impostor(files) as server:
        yield server


def test_each_connection_shows_a_new_token_within_tls(
    impostor: Impostor, files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    trusting = ssl.create_default_context(cafile=str(files[0]))
    monkeypatch.setattr("tercet.payments.database.opening._trusted", lambda: trusting)
    tokens = iter([f"{TOKEN}{number}" for number in range(2)])
    connect = aurora_connect(
        host="127.0.0.1", port=impostor.port, name="payments", user="payments", token=lambda: next(tokens)
    )

    for _ in range(2):
        connect().close()

    assert impostor.tokens == [f"{TOKEN}{number}".encode() for number in range(2)]
    assert b"payments" not in impostor.plain, "not even the user's name was said outside of TLS"


def test_a_server_with_a_certificate_of_its_own_gets_no_token(impostor: Impostor) -> None:
    _trusted.cache_clear()
    connect = aurora_connect(host="127.0.0.1", port=impostor.port, name="n", user="payments", token=lambda: TOKEN)

    with pytest.raises(pymysql.OperationalError, match="CERTIFICATE_VERIFY_FAILED"):
        connect()

    assert impostor.tokens == []
    assert b"payments" not in impostor.plain


def test_a_server_without_tls_gets_no_token() -> None:
    with Impostor(None) as server:
        connect = aurora_connect(host="127.0.0.1", port=server.port, name="n", user="payments", token=lambda: TOKEN)
        with pytest.raises(pymysql.OperationalError):
            connect()

        assert b"payments" not in server.plain


def test_a_server_elsewhere_is_spoken_to_over_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(pymysql, "connect", lambda **options: asked.append(options))
    for host in ("db.example", "10.0.0.1", "127.0.0.1", "localhost", "[::1]"):
        mysql_connect(f"mysql://u:p@{host}/n")()

    assert [isinstance(options.get("ssl"), ssl.SSLContext) for options in asked] == [True, True, False, False, False]
    assert all(options.get("ssl") or options["ssl_disabled"] for options in asked)
