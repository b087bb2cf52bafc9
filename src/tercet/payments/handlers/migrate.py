"""The migration's Lambda handler: run by each deployment, before the code that needs the schema goes live."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from typing import Final

import pymysql

from tercet.payments.configuration import Configuration
from tercet.payments.database.mysql import Connect
from tercet.payments.database.mysql_errors import code_of
from tercet.payments.deadline import Deadline
from tercet.payments.errors import StoreUnavailableError
from tercet.payments.logs import log
from tercet.payments.migrations.grants import application_password, grant
from tercet.payments.migrations.run import migrate, migrate_mysql
from tercet.payments.parameters import Parameters, Values
from tercet.payments.services import client, connect_as

KEEP_S: Final = 120
"""Seconds of the invocation that are kept for the migration itself; the rest may be waited for a new proxy."""

PAUSE_S: Final = 3.0
"""Between two attempts to log in."""


def handler(_event: object, context: object) -> dict[str, int]:
    """Bring the schema up to date, and with it the application user; done before, it changes nothing.

    Parameters
    ----------
    context
        Lambda's context object.

    Returns
    -------
    dict
        ``schema``: the schema's version now.

    Raises
    ------
    ConfigurationError
        An environment variable or a parameter is missing or wrong.
    SchemaError
        A newer release was here, and its schema does not serve this one.
    StoreUnavailableError
        Parameter Store, the database or Secrets Manager does not answer, or refuses.
    """
    configuration = Configuration.from_environment()
    if configuration.database_url:
        version = migrate(configuration.database_url)
    else:
        # Read anew: an environment that is still warm may know those of the deployment before.
        values = Parameters(client("ssm"), configuration.parameters_path).read()
        version = _migrate_aurora(values, Deadline.of_invocation(context, keep_s=KEEP_S))
    log("schema_migrated", version=version)
    return {"schema": version}


def _migrate_aurora(values: Values, deadline: Deadline) -> int:
    # Whatever the deployment left out is told before anything is changed.
    user, secret = values.get("database/user"), values.get("database/app-secret-arn")
    connect = connect_as(values, values.get("database/master-user"))
    wait_until_let_in(connect, deadline)
    version = migrate_mysql(connect)
    # Two runs at once could disagree on it; the deployment reserves this function a concurrency of one.
    password, is_new = application_password(client("secretsmanager"), secret, user)
    with closing(connect()) as connection:
        grant(connection, user, password)
    log("application_user_granted", state="new_password" if is_new else "same_password")
    return version


def wait_until_let_in(connect: Connect, deadline: Deadline, sleep: Callable[[float], None] = time.sleep) -> None:
    """Wait until the database lets us in: a proxy, a secret and a role that were just made take a while to.

    Parameters
    ----------
    connect
        Makes a connection.
    deadline
        When to give up.
    sleep
        Waits for so many seconds.

    Raises
    ------
    StoreUnavailableError
        It did not by the deadline.
    """
    while True:
        try:
            connect().close()
        except pymysql.MySQLError as error:
            if deadline.remaining_s() < PAUSE_S:
                raise StoreUnavailableError(
                    f"The database does not let the master user in (error {code_of(error)}). Nothing was changed. "
                    "A new proxy takes minutes: deploy again. Otherwise look at its secrets, its role and its targets."
                ) from error
            sleep(PAUSE_S)
        else:
            return
