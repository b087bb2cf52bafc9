"""Opens the database: by a URL where there is no Aurora, through RDS Proxy as IAM allows where there is."""

from __future__ import annotations

import functools
import ipaddress
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import pymysql

from tercet.payments.database import Database
from tercet.payments.database.mysql import CONNECTION_OPTIONS, Connect, Connection, MySqlDatabase
from tercet.payments.errors import ConfigurationError

_FORMS = "Give sqlite:////path/to/file or mysql://user:password@host:port/database[?unix_socket=/path]."


def open_database(url: str) -> Database:
    """Open the database at a URL.

    Parameters
    ----------
    url
        ``sqlite:////path/to/file`` or ``mysql://user:password@host:port/database[?unix_socket=/path]``. A server that
        is not on this machine is spoken to over TLS, and must have a certificate that this machine trusts.

    Raises
    ------
    ConfigurationError
        It is neither. The message does not repeat it: it may hold a password.
    """
    if path := sqlite_path(url):
        from tercet.payments.database.sqlite import SqliteDatabase

        return SqliteDatabase(path)
    return MySqlDatabase(mysql_connect(url))


def sqlite_path(url: str) -> Path | None:
    """Give the file that a URL names; ``None`` if it names a server.

    Raises
    ------
    ConfigurationError
        It names neither.
    """
    parts = _split(url)
    return Path(unquote(parts.path)[1:]) if parts.scheme == "sqlite" else None


def mysql_connect(url: str) -> Connect:
    """Give what connects to the server that a URL names.

    Raises
    ------
    ConfigurationError
        It names none.
    """
    parts = _split(url)
    host, port = parts.hostname or "localhost", _port(parts)
    socket = parse_qs(parts.query).get("unix_socket", [None])[0]
    security: dict[str, Any] = {"ssl_disabled": True} if socket or _is_here(host) else {"ssl": _trusted()}
    return functools.partial(
        _connect,
        host=host,
        port=port,
        unix_socket=socket,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        database=unquote(parts.path)[1:],
        **security,
    )


def aurora_connect(*, host: str, port: int, name: str, user: str, token: Callable[[], str]) -> Connect:
    """Give what connects to Aurora through RDS Proxy, over TLS and by a token of IAM.

    Each connection gets a new token: one is valid for 15 minutes, and only for connecting.

    Parameters
    ----------
    host, port
        Of the proxy's endpoint.
    name, user
        Of the database, and who to be in it.
    token
        Makes a token, calling nobody: it is a signature ("IAM database authentication", Amazon Aurora User Guide).
    """

    def connect() -> Connection:
        # The token goes to the server as it is, within TLS: PyMySQL does so when asked for `mysql_clear_password`. With
        # `ssl` given it refuses to go on without TLS.
        return _connect(host=host, port=port, user=user, password=token(), database=name, ssl=_trusted())

    return connect


def _connect(**where: Any) -> Connection:
    return pymysql.connect(**CONNECTION_OPTIONS | where)


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Trust whom this system trusts: RDS Proxy's certificates are of Amazon's public authority.

    "Using TLS/SSL with RDS Proxy", Amazon Aurora User Guide. Reading the authorities takes longer than connecting.
    """
    return ssl.create_default_context()


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _port(parts: SplitResult) -> int:
    try:
        return parts.port or 3306
    except ValueError as error:
        raise ConfigurationError(f"The port in the database's URL is no number up to 65535. {_FORMS}") from error


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ConfigurationError(f"The database's URL cannot be read. {_FORMS}") from None  # it repeats a part
    is_file = parts.scheme == "sqlite" and not parts.netloc and parts.path.startswith("//") and len(parts.path) > 2
    is_server = parts.scheme == "mysql" and parts.path.startswith("/") and len(parts.path) > 1
    has_extras = not parse_qs(parts.query).keys() <= {"unix_socket"} or bool(parts.fragment)
    if not (is_file or is_server) or has_extras:
        raise ConfigurationError(f"The database's URL is not of a form that is known. {_FORMS}")
    return parts
