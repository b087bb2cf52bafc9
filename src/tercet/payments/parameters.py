"""The deployment's parameters in Parameter Store: read at once, cached, and renewed when the cache has expired.

When Parameter Store does not answer, what was read last serves on for a while: payments must not stop for something
that changes with a deployment only.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from tercet.payments.errors import ConfigurationError, StoreUnavailableError
from tercet.payments.logs import log

TTL_S: Final = 300.0
STALE_S: Final = 3600.0
"""How long the last values serve when Parameter Store does not answer: past any disturbance of one zone."""

RETRY_S: Final = 15.0
"""How long it is left alone after it did not answer, so that not every request waits for it."""

MAX_PAGES: Final = 10
"""Of ten parameters each, which is the most of one page (GetParametersByPath, AWS Systems Manager API Reference)."""


@dataclass(frozen=True)
class Values:
    """The values of all parameters at one time; two of the same values are equal.

    Parameters
    ----------
    path
        What they are below.
    items
        Name below the path, value; sorted.
    """

    path: str
    items: tuple[tuple[str, str], ...] = field(repr=False)

    def get(self, name: str) -> str:
        """Give a value.

        Parameters
        ----------
        name
            Below the path, such as ``database/endpoint``.

        Raises
        ------
        ConfigurationError
            There is none of this name, or it is empty.
        """
        if value := dict(self.items).get(name):
            return value
        raise ConfigurationError(f"There is no parameter {self.path}/{name}. The deployment must make it.")

    def number(self, name: str) -> int:
        """Give a value that is a whole number, such as a port or seconds.

        Raises
        ------
        ConfigurationError
            There is none, or it is something else.
        """
        value = self.get(name)
        if not (value.isascii() and value.isdigit()):
            raise ConfigurationError(f"The parameter {self.path}/{name} must be a whole number.")
        return int(value)


class Parameters:
    """Everything below one path. Safe to be used by several threads: one of them reads, the others wait for it.

    Parameters
    ----------
    client
        A boto3 ``ssm`` client, its waits bounded.
    path
        Without a slash at its end.
    ttl_s
        Seconds after which the values are read anew.
    stale_s
        Seconds after their reading for which they serve when they cannot be.
    now
        A clock in seconds that never goes back.
    """

    def __init__(
        self,
        client: Any,
        path: str,
        *,
        ttl_s: float = TTL_S,
        stale_s: float = STALE_S,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._path = path
        self._ttl_s = ttl_s
        self._stale_s = stale_s
        self._now = now
        self._lock = threading.Lock()
        self._values = Values(path, ())
        self._read_at: float | None = None
        self._next_read = 0.0

    def read(self) -> Values:
        """Give the values as they are, or were lately.

        Raises
        ------
        StoreUnavailableError
            Parameter Store does not answer, and what was read last is too old, or nothing was.
        """
        with self._lock:
            now = self._now()
            if self._read_at is None or now >= self._next_read:
                self._renew(now)
            return self._values

    def _renew(self, now: float) -> None:
        try:
            self._values = self._read()
        except (BotoCoreError, ClientError) as error:
            cause = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
            if self._read_at is None or now - self._read_at > self._stale_s:
                raise StoreUnavailableError(
                    f"Parameter Store does not tell what is below {self._path}: {cause}."
                ) from error
            log("parameters_stale", cause=cause)
            self._next_read = now + RETRY_S
            return
        self._read_at, self._next_read = now, now + self._ttl_s

    def _read(self) -> Values:
        found: dict[str, str] = {}
        token: dict[str, str] = {}
        for _ in range(MAX_PAGES):
            page = self._client.get_parameters_by_path(
                Path=self._path, Recursive=True, WithDecryption=True, MaxResults=10, **token
            )
            found |= {each["Name"].removeprefix(f"{self._path}/"): each["Value"] for each in page["Parameters"]}
            if not page.get("NextToken"):
                return Values(self._path, tuple(sorted(found.items())))
            token = {"NextToken": page["NextToken"]}
        raise ConfigurationError(f"There are more than {10 * MAX_PAGES} parameters below {self._path}.")
