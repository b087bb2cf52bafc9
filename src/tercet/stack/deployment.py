"""What every construct needs to know of the deployment it belongs to, and the one way to name a resource."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from tercet.errors import SettingsError
from tercet.settings import Settings

PRODUCT: Final = "tercet"


class Kind(Enum):
    """A kind of named resource: the longest name its service takes, and the characters it takes.

    Sources: the `Create…` operation of each service's API reference.
    """

    ALARM = (255, r"[A-Za-z0-9_-]+")
    API = (128, r"[A-Za-z0-9_-]+")
    BACKUP_NAME = (50, r"[A-Za-z0-9_-]+")
    CLUSTER = (63, r"[a-z](-?[a-z0-9]+)*")
    COGNITO_DOMAIN = (50, r"[a-z0-9](-?[a-z0-9]+)*")
    DASHBOARD = (255, r"[A-Za-z0-9_-]+")
    EVENT_ARCHIVE = (48, r"[A-Za-z0-9_-]+")
    EVENT_BUS = (64, r"[A-Za-z0-9_-]+")
    EVENT_RULE = (64, r"[A-Za-z0-9_-]+")
    FUNCTION = (64, r"[A-Za-z0-9_-]+")
    INSTANCE = (60, r"[a-z](-?[a-z0-9]+)*")
    KEY_ALIAS = (250, r"[A-Za-z0-9_-]+")
    LOG_GROUP = (200, r"[A-Za-z0-9_-]+")
    QUEUE = (80, r"[A-Za-z0-9_-]+")
    RESTORE_TEST = (50, r"[A-Za-z0-9_]+")
    ROLE = (64, r"[A-Za-z0-9_-]+")
    SCHEDULE = (64, r"[A-Za-z0-9_-]+")
    SECRET = (512, r"[A-Za-z0-9_-]+")
    SECURITY_GROUP = (255, r"(?!sg-)[A-Za-z0-9_-]+")
    STATE_MACHINE = (80, r"[A-Za-z0-9_-]+")
    TABLE = (200, r"[A-Za-z0-9_-]+")
    TAG = (256, r"[A-Za-z0-9_-]+")
    TOPIC = (200, r"[A-Za-z0-9_-]+")
    USER_POOL = (128, r"[A-Za-z0-9_-]+")
    WEB_ACL = (128, r"[A-Za-z0-9_-]+")

    def __init__(self, limit: int, pattern: str) -> None:
        self.limit = limit
        self.pattern = re.compile(pattern)


@dataclass(frozen=True)
class Deployment:
    """One deployment of the platform.

    Parameters
    ----------
    settings
        The checked settings.
    account_id
        The account deployed to; a token, known when Terraform plans.
    """

    settings: Settings
    account_id: str

    def name(self, purpose: str, kind: Kind) -> str:
        """Name a resource ``tercet-<purpose>-<suffix>``; a name that lacks the suffix cannot be made.

        Raises
        ------
        SettingsError
            The name is too long for its service, or has a character that the service refuses.
        """
        name = f"{PRODUCT}-{purpose}-{self.settings.environment_suffix}"
        if kind is Kind.RESTORE_TEST:
            name = name.replace("-", "_")
        if len(name) > kind.limit or not kind.pattern.fullmatch(name):
            raise SettingsError(
                f"The name {name!r} is no valid {kind.name.lower().replace('_', ' ')} name "
                f"(at most {kind.limit} characters of {kind.pattern.pattern}): choose a shorter environment_suffix."
            )
        return name

    def arn(self, service: str, resource: str) -> str:
        """Compose the ARN of a resource of this account and region, for where wiring the resource would be a cycle."""
        return f"arn:aws:{service}:{self.settings.region}:{self.account_id}:{resource}"

    @property
    def root(self) -> str:
        """ARN of the account itself, by which a resource policy delegates to the account's IAM policies."""
        return f"arn:aws:iam::{self.account_id}:root"
