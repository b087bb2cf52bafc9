"""What the deployment tells the processor in environment variables: who it is, and where it reads the rest."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from tercet.payments.errors import ConfigurationError

ENVIRONMENT: Final = "TERCET_ENVIRONMENT"
PARAMETERS: Final = "TERCET_PARAMETERS"
DATABASE_URL: Final = "TERCET_DATABASE_URL"


@dataclass(frozen=True)
class Configuration:
    """Who this deployment is.

    Parameters
    ----------
    environment
        The environment suffix: the dimension of its metrics.
    parameters_path
        Path in Parameter Store that all else is read below, without a slash at its end.
    database_url
        Where the database is, if the parameters do not say it: set by the embedded AWS, which has no Aurora. It may
        hold a password, so it is never shown.
    """

    environment: str
    parameters_path: str
    database_url: str | None = field(default=None, repr=False)

    @classmethod
    def from_environment(cls, variables: Mapping[str, str] | None = None) -> Self:
        """Read the ``TERCET_*`` variables.

        Parameters
        ----------
        variables
            By default this process's own.

        Raises
        ------
        ConfigurationError
            One is missing, or the path of the parameters is none.
        """
        found = os.environ if variables is None else variables

        def required(name: str) -> str:
            if value := found.get(name):
                return value
            raise ConfigurationError(f"The environment variable {name} is not set. The deployment must set it.")

        path = required(PARAMETERS)
        if not path.startswith("/") or path.endswith("/"):
            raise ConfigurationError(f"{PARAMETERS} must be a path such as /tercet/dev, without a slash at its end.")
        return cls(
            environment=required(ENVIRONMENT), parameters_path=path, database_url=found.get(DATABASE_URL) or None
        )
