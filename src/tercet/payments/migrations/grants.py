"""The application user: who the processor is to the database, and all that it may do there.

Its password is known to the proxy only, which reads it from the secret; the processor logs in to the proxy by a token
of IAM. The secret is the authority on it: a run makes a password only if the secret holds none, and then has the
database take whatever the secret holds. So a run that was cut short anywhere is completed by the next.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterator, Mapping
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from tercet.payments.errors import ConfigurationError, StoreUnavailableError

PRIVILEGES: Final[Mapping[str, frozenset[str]]] = {
    "operations": frozenset({"SELECT", "INSERT", "UPDATE"}),
    "payments": frozenset({"SELECT", "INSERT", "UPDATE"}),
    "events": frozenset({"SELECT", "INSERT", "UPDATE"}),
    "entries": frozenset({"SELECT", "INSERT"}),
    "schema_version": frozenset({"SELECT"}),
}
"""Table → what :mod:`tercet.payments.store` and :mod:`tercet.payments.schema` do to it, and nothing else."""

PLACEHOLDER: Final = "set-by-the-migration"
"""What the deployment puts in the password's place, and whoever wants a new password: see ``docs/runbook.md``."""

_PASSWORD_BYTES: Final = 32
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}")
"""What a user may be called: 32 characters at most ("Grant Tables", MySQL 8.0 Reference Manual), none to be quoted."""

_NO_VALUE: Final = "ResourceNotFoundException"


def application_password(client: Any, arn: str, user: str) -> tuple[str, bool]:
    """Give the application user's password, making one if the secret holds none.

    Parameters
    ----------
    client
        A boto3 ``secretsmanager`` client, its waits bounded.
    arn
        Of the secret: JSON with ``username`` and ``password``, as RDS Proxy reads it.
    user
        Who the password must be of.

    Returns
    -------
    tuple of str and bool
        The password, and whether it is new.

    Raises
    ------
    StoreUnavailableError
        Secrets Manager does not answer, or refuses.
    """
    try:
        if held := _held(client, arn, user):
            return held, False
        made = secrets.token_urlsafe(_PASSWORD_BYTES)
        client.put_secret_value(SecretId=arn, SecretString=json.dumps({"username": user, "password": made}))
    except (BotoCoreError, ClientError) as error:
        raise StoreUnavailableError(
            f"Secrets Manager does not keep the application user's password: {_code(error)}."
        ) from error
    return made, True


def grant(connection: Any, user: str, password: str) -> None:
    """Have the database know the application user by this password, with :data:`PRIVILEGES` and no others.

    What it may do already it may do at any moment meanwhile: payments go on.

    Parameters
    ----------
    connection
        A PyMySQL connection of the master user to the migrated database.
    user
        The application user's name.

    Raises
    ------
    ConfigurationError
        The name is none that a user should have.
    """
    if not _NAME.fullmatch(user):
        raise ConfigurationError("The parameter database/user is no name of a user: letters, digits and underscores.")
    with connection.cursor() as cursor:
        # The digest is what the server would store. The password itself is in no statement, as the audit log keeps
        # those of this kind. The plugin is the one that RDS Proxy logs in by to Aurora MySQL 3.
        identified = f"'{user}'@'%' IDENTIFIED WITH mysql_native_password AS '{_digest(password)}'"
        cursor.execute(f"CREATE USER IF NOT EXISTS {identified}")
        cursor.execute(f"ALTER USER {identified}")
        for table, privileges in PRIVILEGES.items():
            cursor.execute(f"GRANT {', '.join(sorted(privileges))} ON `{table}` TO '{user}'@'%'")
        for statement in list(_revocations(cursor, user)):
            cursor.execute(statement)


def _revocations(cursor: Any, user: str) -> Iterator[str]:
    """Give what takes away every privilege that is too much: of an older release, or given by hand."""
    grantee = f"'{user}'@'%'"
    cursor.execute("SELECT DATABASE()")
    here = cursor.fetchone()[0]
    cursor.execute(
        "SELECT privilege_type, '*', '*' FROM information_schema.user_privileges WHERE grantee = %(grantee)s"
        " UNION SELECT privilege_type, table_schema, '*' FROM information_schema.schema_privileges"
        " WHERE grantee = %(grantee)s"
        " UNION SELECT privilege_type, table_schema, table_name FROM information_schema.table_privileges"
        " WHERE grantee = %(grantee)s",
        {"grantee": grantee},
    )
    for privilege, schema, table in cursor.fetchall():
        is_due = schema == here and privilege in PRIVILEGES.get(table, ())
        if privilege == "USAGE" or is_due:  # USAGE is none
            continue
        where = ".".join(name if name == "*" else f"`{name}`" for name in (schema, table))
        yield f"REVOKE {privilege} ON {where} FROM {grantee}"


def _held(client: Any, arn: str, user: str) -> str | None:
    try:
        text = client.get_secret_value(SecretId=arn)["SecretString"]
        held = json.loads(text)
    except ClientError as error:
        if _code(error) != _NO_VALUE:
            raise
        return None
    except (KeyError, ValueError):
        return None
    if not isinstance(held, dict) or held.get("username") != user:
        return None
    password = held.get("password")
    return password if isinstance(password, str) and password not in ("", PLACEHOLDER) else None


def _code(error: Exception) -> str:
    return str(error.response["Error"]["Code"]) if isinstance(error, ClientError) else type(error).__name__


def _digest(password: str) -> str:
    """Digest a password as ``mysql_native_password`` does; of 256 random bits no digest gives anything away."""
    inner = hashlib.sha1(password.encode()).digest()  # noqa: S324 - the server's method, not a choice
    return f"*{hashlib.sha1(inner).hexdigest().upper()}"  # noqa: S324
