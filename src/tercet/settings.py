"""One typed, validated description of a deployment.

Values come, the later ones winning, from the profile (:data:`PROFILES`), a TOML file, environment variables, and
arguments. Every setting is documented where it is declared; ``README.md`` prints the same table and a test compares
the two.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from ipaddress import IPv4Network
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from tercet.errors import SettingsError

DEFAULT_FILE: Final = Path("tercet.toml")
SUFFIX_VARIABLE: Final = "ENVIRONMENT_SUFFIX"
VARIABLE_PREFIX: Final = "TERCET_"

ZONES_PER_DEPLOYMENT: Final = 3
BACKTRACK_LIMIT_S: Final = 72 * 60 * 60
"""Longest backtrack window in seconds ("Backtracking an Aurora DB cluster", Amazon Aurora User Guide)."""

_RETENTION_DAYS: Final = frozenset(
    {1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
)
"""What CloudWatch Logs accepts (PutRetentionPolicy, Amazon CloudWatch Logs API Reference)."""

_RESERVED_DOMAIN: Final = re.compile(
    r"(^|\.)(example(\.(com|net|org))?|test|invalid|localhost|local|onion|internal|home\.arpa)$"
)
"""Names that nobody can own, so that no certificate can ever be validated for them (RFC 2606, RFC 6761, RFC 6762)."""

_TWO_ZONE_REGIONS: Final = frozenset({"us-west-1"})
"""Regions that give a new account two availability zones only ("AWS Regions and Availability Zones")."""

_ZONE_LETTERS: Final = MappingProxyType({"ap-northeast-1": "acd", "ca-central-1": "abd"})
"""Regions whose first three zones open to new accounts are not a, b and c (same source)."""

PROFILES: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "dev": {},
        "prod": {
            "protect": True,
            "backup_retention_days": 35,
            "log_retention_days": 731,
            "processor_reserved_concurrency": 200,
            "processor_provisioned_concurrency": 6,
        },
    }
)
"""What each profile changes of the defaults. Both keep three zones: high availability is not a luxury setting."""

DomainName = Annotated[str, Field(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$", max_length=253)]


class Settings(BaseModel):
    """A deployment, complete and checked. Immutable; :func:`load` makes one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    profile: Literal["dev", "prod"] = Field("dev", description="`dev` can be destroyed; `prod` is protected.")
    environment_suffix: str = Field(
        "dev",
        pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
        max_length=16,
        description="Ends every name, so that several deployments share one account. At most 16 characters.",
    )
    protect: bool = Field(
        False, description="Deletion protection, final snapshots, a locked backup vault; `tercet destroy` refuses."
    )
    region: str = Field(
        "us-east-1", pattern=r"^[a-z]{2}(-[a-z]+)+-\d$", description="The one region that everything is in."
    )
    availability_zones: tuple[str, ...] = Field(
        (), description="Exactly three zones of that region; by default its first three open to every account."
    )
    vpc_cidr: IPv4Network = Field(
        IPv4Network("10.20.0.0/16"), description="Address range of the VPC, /16 to /20; cut into sixteen."
    )

    database_instance_class: str = Field(
        "db.r5.large",
        pattern=r"^db\.[rx][0-9][a-z0-9]*\.[0-9]*x?large$",
        description="Memory-optimized class of the writer and both readers.",
    )
    database_engine_version: str = Field(
        "8.0.mysql_aurora.3.10.5",
        pattern=r"^8\.0\.mysql_aurora\.3\.\d{2}\.\d+$",
        description="Aurora MySQL version; 3.10 has long-term support.",
    )
    backtrack_window_s: int = Field(
        BACKTRACK_LIMIT_S, ge=3600, le=BACKTRACK_LIMIT_S, description="How far Aurora can be rewound, in seconds."
    )
    backup_retention_days: int = Field(
        7, ge=7, le=35, description="Days that daily backups of Aurora are kept, by AWS Backup and by Aurora itself."
    )
    log_retention_days: int = Field(365, description="Days that every log is kept.")

    processor_reserved_concurrency: int = Field(
        50, ge=10, le=1000, description="Most payments processed at once; kept free for them in the account."
    )
    processor_provisioned_concurrency: int = Field(
        0, ge=0, le=1000, description="Processors kept warm, so that a lost zone needs no cold start; 0 keeps none."
    )
    throttle_rate_per_s: int = Field(200, ge=1, le=10_000, description="Requests per second that the API admits.")
    throttle_burst: int = Field(400, ge=1, le=5_000, description="Requests that the API admits at once.")
    session_ttl_s: int = Field(
        86_400,
        ge=86_400,
        le=2_592_000,
        description="Seconds that a checkout session may be paid, and its idempotency key is kept.",
    )
    idempotency_ttl_s: int = Field(
        86_400,
        ge=86_400,
        le=2_592_000,
        description="Seconds after which a payment's idempotency key may be used anew.",
    )

    domain: DomainName | None = Field(
        None,
        description="Public name of the API, such as `payments.acme.io`; by default there is none.",
    )
    hosted_zone: DomainName | None = Field(
        None, description="Existing, delegated public hosted zone that `domain` lies in; required with `domain`."
    )
    alarm_email: str | None = Field(
        None, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", description="Where alarms are sent, beside the SNS topic."
    )
    runbook_url: str = Field(
        "https://github.com/tercet/tercet/blob/main/docs/runbook.md",
        pattern=r"^https://\S+$",
        description="Base of the runbook link that each alarm carries.",
    )
    zone_loss_experiment: bool = Field(
        False, description="Add an AWS FIS experiment that takes the first zone away from the running platform."
    )
    state_bucket: str | None = Field(
        None,
        pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
        description="S3 bucket of the Terraform state; by default `tercet-state-<account>-<region>`.",
    )
    tags: dict[str, str] = Field(default_factory=dict, description="Tags on every resource, beside tercet's own.")

    @field_validator("log_retention_days")
    @classmethod
    def _is_a_retention_of_cloudwatch(cls, days: int) -> int:
        if days not in _RETENTION_DAYS:
            raise ValueError(f"CloudWatch Logs accepts only {', '.join(map(str, sorted(_RETENTION_DAYS)))}")
        return days

    @field_validator("vpc_cidr")
    @classmethod
    def _holds_nine_subnets(cls, network: IPv4Network) -> IPv4Network:
        if not 16 <= network.prefixlen <= 20:
            raise ValueError("the prefix must be /16 to /20")
        if not network.is_private:
            raise ValueError("it must be a private range (RFC 1918)")
        return network

    @field_validator("domain", "hosted_zone")
    @classmethod
    def _can_be_owned(cls, name: str | None) -> str | None:
        if name is not None and _RESERVED_DOMAIN.search(name):
            raise ValueError("it is reserved (RFC 2606, RFC 6761): no certificate can be validated for it")
        return name

    @field_validator("region")
    @classmethod
    def _has_three_zones(cls, region: str) -> str:
        if region in _TWO_ZONE_REGIONS:
            raise ValueError("it gives an account two availability zones, and tercet needs three")
        return region

    @field_validator("tags")
    @classmethod
    def _leaves_aws_its_own(cls, tags: dict[str, str]) -> dict[str, str]:
        if taken := [key for key in tags if key.lower().startswith("aws:")]:
            raise ValueError(f"AWS keeps names that begin with aws: for itself, such as {taken[0]!r}")
        return tags

    @model_validator(mode="before")
    @classmethod
    def _fill_from_profile(cls, values: object) -> object:
        if not isinstance(values, Mapping):
            return values
        return {**PROFILES.get(str(values.get("profile", "dev")), {}), **values}

    @model_validator(mode="after")
    def _fits_together(self) -> Settings:
        if not self.availability_zones:
            letters = _ZONE_LETTERS.get(self.region, "abc")
            object.__setattr__(self, "availability_zones", tuple(self.region + letter for letter in letters))
        zones = self.availability_zones
        if len(set(zones)) != ZONES_PER_DEPLOYMENT or len(zones) != ZONES_PER_DEPLOYMENT:
            raise ValueError(f"availability_zones must name {ZONES_PER_DEPLOYMENT} different zones, not {list(zones)}")
        strangers = [zone for zone in zones if not re.fullmatch(re.escape(self.region) + "[a-z]", zone)]
        if strangers:
            raise ValueError(f"availability_zones names {strangers}, not in region {self.region}")
        if self.domain and not self.hosted_zone:
            raise ValueError("domain needs hosted_zone: a zone that nobody delegated can never validate a certificate")
        if self.hosted_zone and not (self.domain and f".{self.domain}".endswith(f".{self.hosted_zone}")):
            raise ValueError(f"domain {self.domain!r} does not lie in hosted_zone {self.hosted_zone!r}")
        if self.processor_provisioned_concurrency > self.processor_reserved_concurrency:
            raise ValueError("processor_provisioned_concurrency exceeds processor_reserved_concurrency")
        return self


def load(
    file: Path | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> Settings:
    """Read the settings of a deployment.

    Parameters
    ----------
    file
        A TOML file. Without one, ``tercet.toml`` of the current folder is read if it is there.
    environment
        Variables to read; by default the process's own. ``ENVIRONMENT_SUFFIX`` sets ``environment_suffix``, and
        ``TERCET_<SETTING>`` any setting.
    overrides
        Values that win over all others.

    Raises
    ------
    SettingsError
        A file that cannot be read, an unknown setting, or a value that is not allowed: names the setting, where it
        came from, the value, and what is allowed.
    """
    sources: dict[str, str] = {}
    values: dict[str, Any] = {}
    for origin, found in (
        _from_file(file),
        *_from_environment(os.environ if environment is None else environment),
        ("the command line", dict(overrides or {})),
    ):
        values.update(found)
        sources.update(dict.fromkeys(found, origin))
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsError(_explain(error, sources)) from error


def _from_file(file: Path | None) -> tuple[str, dict[str, Any]]:
    if file is None and not DEFAULT_FILE.exists():
        return "", {}
    path = file or DEFAULT_FILE
    try:
        return str(path), tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"The settings file {path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"The settings file {path} is not TOML: {error}.") from error


_CONTAINERS: Final = frozenset({"availability_zones", "tags"})
_NOT_SETTINGS: Final = frozenset(
    {"TERCET_DATABASE_URL", "TERCET_PROVIDER_MIRROR", "TERCET_SETTINGS", "TERCET_SYNTH", "TERCET_TERRAFORM"}
)
"""Variables with our prefix that say how tercet runs, not what it deploys."""


def _from_environment(environment: Mapping[str, str]) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for variable, text in sorted(environment.items()):
        if variable.startswith(VARIABLE_PREFIX) and variable not in _NOT_SETTINGS:
            name = variable.removeprefix(VARIABLE_PREFIX).lower()
            found.append((f"environment variable {variable}", {name: _parse(variable, name, text)}))
    if suffix := environment.get(SUFFIX_VARIABLE):
        found.append((f"environment variable {SUFFIX_VARIABLE}", {"environment_suffix": suffix}))
    return found


def _parse(variable: str, name: str, text: str) -> object:
    """Containers are written as in TOML; all else is text that pydantic converts. An empty text is no value."""
    if name not in _CONTAINERS:
        return text or None
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"Environment variable {variable} is not a TOML value: {error}. "
            'Write a list as \'["a", "b"]\' and a table as \'{ name = "value" }\'.'
        ) from error


def _explain(error: ValidationError, sources: Mapping[str, str]) -> str:
    """One line per wrong setting: its name, where it came from, its value, and what is allowed."""
    lines = []
    for problem in error.errors():
        name = ".".join(map(str, problem["loc"]))
        reason = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            reason = f"no such setting; known are {', '.join(Settings.model_fields)}"
        if not name:
            lines.append(f"Settings do not fit together: {reason}.")
            continue
        origin = sources.get(str(problem["loc"][0]), "default")
        lines.append(f"Setting {name} = {problem['input']!r} (from {origin}) is not allowed: {reason}.")
    return "\n".join(lines)
