"""What the user says the deployment is for. What is not stated is not demanded."""

from __future__ import annotations

import dataclasses
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final

from annotated_types import Ge, Le, MinLen

from tercet.errors import PreflightError

MAX_BYTES: Final = 1_000_000

NonEmpty = Annotated[str, MinLen(1)]
Zones = Annotated[int, Ge(1), Le(6)]
Days = Annotated[int, Ge(0)]


@dataclass(frozen=True)
class Intent:
    """The stated intent. Each key is optional; None says nothing."""

    # pydantic checks what is read from files; it is not imported for those who state nothing.
    __pydantic_config__: ClassVar[Any] = {"extra": "forbid", "strict": True}

    regions: tuple[NonEmpty, ...] | None = field(
        default=None, metadata={"says": "The only regions that anything may be in."}
    )
    az_count: Zones | None = field(default=None, metadata={"says": "Availability zones that the deployment spans."})
    name_suffix: NonEmpty | None = field(
        default=None, metadata={"says": "What every name ends with, or contains as a part."}
    )
    destroyable: bool | None = field(
        default=None, metadata={"says": "`terraform destroy` succeeds and leaves nothing."}
    )
    encryption_at_rest: bool | None = field(
        default=None, metadata={"says": "Everything that stores data is encrypted."}
    )
    multi_az: bool | None = field(default=None, metadata={"says": "Nothing falls with one availability zone."})
    pitr: bool | None = field(default=None, metadata={"says": "Tables can be restored to a point in time."})
    kms_rotation: bool | None = field(default=None, metadata={"says": "Customer-managed keys rotate."})
    tls_required: bool | None = field(default=None, metadata={"says": "Connections are encrypted, plain ones refused."})
    dlq_required: bool | None = field(
        default=None, metadata={"says": "What fails asynchronously is kept in a dead-letter queue."}
    )
    backup_retention_days: Days | None = field(default=None, metadata={"says": "Days that backups are kept, at least."})
    log_retention_days: Days | None = field(default=None, metadata={"says": "Days that logs are kept, at least."})
    required_tags: tuple[NonEmpty, ...] | None = field(
        default=None, metadata={"says": "Tags that every taggable resource carries."}
    )
    own_domains: tuple[NonEmpty, ...] | None = field(
        default=None, metadata={"says": "Domains that are registered and delegated."}
    )

    @property
    def stated(self) -> dict[str, Any]:
        """What is stated: key → value."""
        return {name: value for name, value in dataclasses.asdict(self).items() if value is not None}


def keys() -> dict[str, str]:
    """Return what an intent may say: key → what it means."""
    return {one.name: one.metadata["says"] for one in dataclasses.fields(Intent)}


def parse(said: Mapping[str, Any], where: str = "The intent") -> Intent:
    """Make an intent of what was read, or given as a mapping.

    Raises
    ------
    PreflightError
        It says something that an intent cannot say.
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        # As JSON, because a list there may stand for a tuple while 3 may not stand for "3".
        return TypeAdapter(Intent).validate_json(json.dumps(said, default=str))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'it'}: {one['msg']}" for one in error.errors())
        raise PreflightError(f"{where} is not valid: {wrong}. It may say: {', '.join(keys())}.") from error


def load(path: Path) -> Intent:
    """Read an intent from a TOML or JSON file.

    Raises
    ------
    PreflightError
        The file cannot be read, is neither TOML nor JSON, or says something that an intent cannot say.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise PreflightError(f"The intent {path} is larger than a megabyte.")
        if not path.is_file():  # a pipe may never end
            raise PreflightError(f"The intent {path} is no file.")
        text = path.read_text(encoding="utf-8")
        said = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except OSError as error:
        raise PreflightError(f"The intent {path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        kind = "JSON" if path.suffix == ".json" else "TOML"
        raise PreflightError(f"The intent {path} is not {kind}: {error}.") from error
    return parse(said, f"The intent {path}")
