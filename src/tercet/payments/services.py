"""What the handlers work with: made when first needed, once per execution environment, with every wait bounded."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from tercet.payments.configuration import Configuration
from tercet.payments.metrics import Metrics
from tercet.payments.parameters import Parameters, Values

if TYPE_CHECKING:
    from tercet.payments.acquirer.client import AcquirerClient
    from tercet.payments.database import Database
    from tercet.payments.database.mysql import Connect
    from tercet.payments.outbox import Outbox
    from tercet.payments.processor import Processor
    from tercet.payments.sessions import Sessions
    from tercet.payments.store import Store

CONNECT_TIMEOUT_S: Final = 1.0
READ_TIMEOUT_S: Final = 2.0
ATTEMPTS: Final = 2
LONGEST_CALL_S: Final = ATTEMPTS * (CONNECT_TIMEOUT_S + READ_TIMEOUT_S) + 1
"""What one call of an AWS service may take, with a pause of a second at most before the second attempt (``standard``
mode, "Retries" of the boto3 documentation). A cold request reads the parameters, asks the sandbox and publishes: what
the API's 25 s leave is for the database."""

_BOUNDS: Final[Mapping[str, tuple[float, float, int]]] = {"events": (0.5, 1.5, 1)}
"""Shorter bounds of some services: seconds to connect, seconds to answer, attempts. A payment is committed when its
events are published, and what the bus does not take at once the sweeper publishes: its caller is not to wait for it."""


@dataclass(frozen=True)
class Services:
    """The parts of one processor, put together for the values that the parameters have.

    Each is made when it is first asked for: the consumer, which needs no database, opens none.

    Parameters
    ----------
    configuration
        Who this deployment is.
    values
        Its parameters.
    """

    configuration: Configuration
    values: Values

    @cached_property
    def database(self) -> Database:
        """The database, whose schema is one that this processor knows.

        Raises
        ------
        SchemaError
            It is not. Nothing was read or written but its version.
        ConfigurationError
            A parameter is missing.
        StoreUnavailableError
            The database does not tell its version.
        """
        from tercet.payments.schema import require_known

        database = self._open_database()
        require_known(database)
        return database

    @cached_property
    def store(self) -> Store:
        """The authority on every payment."""
        from tercet.payments.store import Store

        return Store(self.database)

    @cached_property
    def acquirer(self) -> AcquirerClient:
        """The sandbox acquirer, which stands in for the card networks."""
        from tercet.payments.acquirer.client import AcquirerClient
        from tercet.payments.acquirer.journals.dynamo import DynamoJournal
        from tercet.payments.acquirer.sandbox import SandboxAcquirer

        journal = DynamoJournal(client("dynamodb"), self.values.get("acquirer/sandbox-table"))
        return AcquirerClient(SandboxAcquirer(journal))

    @cached_property
    def outbox(self) -> Outbox:
        """Who publishes what was written."""
        from tercet.payments.outbox import Outbox
        from tercet.payments.publisher import EventBridgePublisher

        return Outbox(self.store, EventBridgePublisher(client("events"), self.values.get("events/bus")))

    @cached_property
    def metrics(self) -> Metrics:
        """What happens, counted; a handler writes it at its end."""
        return Metrics(self.configuration.environment)

    @cached_property
    def processor(self) -> Processor:
        """The payment processor."""
        from tercet.payments.processor import Processor

        return Processor(
            self.store,
            self.acquirer,
            self.outbox,
            key_ttl_ms=1000 * self.values.number("idempotency/ttl-s"),
            metrics=self.metrics,
        )

    @cached_property
    def sessions(self) -> Sessions:
        """The checkout sessions."""
        from tercet.payments.sessions import Sessions

        return Sessions(
            client("dynamodb"), self.values.get("sessions/table"), ttl_s=self.values.number("sessions/ttl-s")
        )

    def _open_database(self) -> Database:
        from tercet.payments.database import opening

        if url := self.configuration.database_url:
            return opening.open_database(url)
        from tercet.payments.database.mysql import MySqlDatabase

        return MySqlDatabase(connect_as(self.values, self.values.get("database/user")))


def services() -> Services:
    """Give the services of this execution environment; new ones when a parameter has changed.

    Raises
    ------
    ConfigurationError
        The deployment left out an environment variable.
    StoreUnavailableError
        Parameter Store does not answer, and nothing was read of it lately.
    """
    configuration = Configuration.from_environment()
    return _built(configuration, _parameters(configuration.parameters_path).read())


@functools.lru_cache(maxsize=1)
def _built(configuration: Configuration, values: Values) -> Services:
    return Services(configuration, values)


@functools.lru_cache(maxsize=1)
def _parameters(path: str) -> Parameters:
    return Parameters(client("ssm"), path)


def connect_as(values: Values, user: str) -> Connect:
    """Give what connects to the database through its proxy, by a token of IAM, as one of its users.

    Raises
    ------
    ConfigurationError
        A parameter is missing.
    """
    from tercet.payments.database.opening import aurora_connect

    host, port = values.get("database/endpoint"), values.number("database/port")

    def token() -> str:
        # Signed here: nobody is asked.
        return str(client("rds").generate_db_auth_token(DBHostname=host, Port=port, DBUsername=user))

    return aurora_connect(host=host, port=port, name=values.get("database/name"), user=user, token=token)


@functools.cache
def client(service: str) -> Any:
    """Make a client of an AWS service, whose every wait is bounded: one call takes :data:`LONGEST_CALL_S` at most."""
    # Not before it is needed: boto3 is most of what a cold start imports.
    import boto3
    from botocore.config import Config

    connect_s, read_s, attempts = _BOUNDS.get(service, (CONNECT_TIMEOUT_S, READ_TIMEOUT_S, ATTEMPTS))
    return boto3.client(
        service,
        config=Config(
            connect_timeout=connect_s,
            read_timeout=read_s,
            retries={"mode": "standard", "total_max_attempts": attempts},
        ),
    )
