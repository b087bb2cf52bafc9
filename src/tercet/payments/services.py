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

_CONNECT_TIMEOUT_S: Final = 1
_READ_TIMEOUT_S: Final = 2
_ATTEMPTS: Final = 2
_PAUSE_S: Final = 1
"""The longest pause before the second attempt (``standard`` mode, "Retries" of the boto3 documentation)."""

LONGEST_CALL_S: Final = _ATTEMPTS * (_CONNECT_TIMEOUT_S + _READ_TIMEOUT_S) + _PAUSE_S
"""What one call of DynamoDB or EventBridge may take. A new payment makes three, within the API function's 25 s."""

_CLIENT: Final = Config(
    connect_timeout=_CONNECT_TIMEOUT_S,
    read_timeout=_READ_TIMEOUT_S,
    retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
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
        sessions=Sessions(
            session.client("dynamodb", config=_CLIENT), configuration.sessions_table, ttl_s=configuration.session_ttl_s
        ),
        publisher=Publisher(session.client("events", config=_CLIENT), configuration.event_bus),
        acquirer=SandboxAcquirer(),
    )
