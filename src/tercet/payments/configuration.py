"""What the deployment tells the processor, in environment variables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from tercet.payments.errors import ConfigurationError

MIN_SESSION_TTL_S: Final = 86_400
"""An idempotency key lives as long as its session, and the API's document promises merchants 24 hours."""


@dataclass(frozen=True)
class Configuration:
    """Names and limits of this deployment.

    Parameters
    ----------
    environment
        The environment suffix.
    parameters_path
        Path of the deployment's parameters in Parameter Store. This release reads none of them while it runs.
    sessions_table
        Name of the DynamoDB table.
    session_ttl_s
        Seconds that a payment session is kept after its payment's end.
    event_bus
        Name of the event bus.
    """

    environment: str
    parameters_path: str
    sessions_table: str
    session_ttl_s: int
    event_bus: str

    @classmethod
    def from_environment(cls, variables: Mapping[str, str] = os.environ) -> Self:
        """Read the ``TERCET_*`` variables.

        Raises
        ------
        ConfigurationError
            One is missing, or the TTL is not a number of seconds of at least a day.
        """

        def required(name: str) -> str:
            if value := variables.get(name):
                return value
            raise ConfigurationError(f"The environment variable {name} is not set. The deployment must set it.")

        ttl = required("TERCET_SESSION_TTL_S")
        if not (ttl.isascii() and ttl.isdigit() and int(ttl) >= MIN_SESSION_TTL_S):
            raise ConfigurationError(f"TERCET_SESSION_TTL_S must be at least {MIN_SESSION_TTL_S} seconds.")
        return cls(
            environment=required("TERCET_ENVIRONMENT"),
            parameters_path=required("TERCET_PARAMETERS"),
            sessions_table=required("TERCET_SESSIONS_TABLE"),
            session_ttl_s=int(ttl),
            event_bus=required("TERCET_EVENT_BUS"),
        )
