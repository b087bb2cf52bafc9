"""The AWS clients of one execution environment: made when first needed, once, with every wait bounded."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Final

import boto3
from botocore.config import Config

from tercet.payments.acquirer import Acquirer, SandboxAcquirer
from tercet.payments.configuration import Configuration
from tercet.payments.events import Publisher
from tercet.payments.sessions import Sessions

_CLIENT: Final = Config(
    connect_timeout=1,
    read_timeout=3,
    # At worst 2 calls x 2 attempts x 4 s of the API function's 25 s.
    retries={"mode": "standard", "total_max_attempts": 2},
    max_pool_connections=10,
)


@dataclass(frozen=True)
class Services:
    """What the handlers work with."""

    configuration: Configuration
    sessions: Sessions
    publisher: Publisher
    acquirer: Acquirer


@functools.cache
def services() -> Services:
    """Return the services of this execution environment.

    Raises
    ------
    ConfigurationError
        The deployment left out an environment variable.
    """
    configuration = Configuration.from_environment()
    session = boto3.session.Session()
    return Services(
        configuration=configuration,
        sessions=Sessions(session.client("dynamodb", config=_CLIENT), configuration.sessions_table),
        publisher=Publisher(session.client("events", config=_CLIENT), configuration.event_bus),
        acquirer=SandboxAcquirer(),
    )
