"""What the user says the deployment is for. What is not stated is not demanded."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tercet.errors import PreflightError

NonEmpty = Annotated[str, Field(min_length=1)]


class Intent(BaseModel):
    """The stated intent; each key is optional, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    regions: tuple[NonEmpty, ...] | None = Field(
        None, description="The only regions that anything may be in.", strict=False
    )
    az_count: int | None = Field(None, ge=1, le=6, description="Availability zones that the deployment spans.")
    name_suffix: NonEmpty | None = Field(None, description="What every name ends with or contains as a part.")
    destroyable: bool | None = Field(None, description="`terraform destroy` must succeed and leave nothing.")
    encryption_at_rest: bool | None = Field(None, description="Everything that stores data is encrypted.")
    multi_az: bool | None = Field(None, description="Nothing falls with one availability zone.")
    pitr: bool | None = Field(None, description="Tables can be restored to a point in time.")
    kms_rotation: bool | None = Field(None, description="Customer-managed keys rotate.")
    tls_required: bool | None = Field(None, description="Connections are encrypted, plain ones refused.")
    dlq_required: bool | None = Field(None, description="What fails asynchronously is kept in a dead-letter queue.")
    backup_retention_days: int | None = Field(None, ge=0, description="Days that backups are kept, at least.")
    log_retention_days: int | None = Field(None, ge=1, description="Days that logs are kept, at least.")
    required_tags: tuple[NonEmpty, ...] | None = Field(
        None, description="Tags that every taggable resource carries.", strict=False
    )
    own_domains: tuple[NonEmpty, ...] | None = Field(
        None, description="Domains that are registered and delegated.", strict=False
    )


def load(path: Path) -> Intent:
    """Read an intent from a TOML or JSON file.

    Raises
    ------
    PreflightError
        The file cannot be read, is neither TOML nor JSON, or says something that an intent cannot say.
    """
    try:
        text = path.read_text(encoding="utf-8")
        stated = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except OSError as error:
        raise PreflightError(f"The intent {path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise PreflightError(f"The intent {path} is neither TOML nor JSON: {error}") from error
    try:
        return Intent.model_validate(stated)
    except ValidationError as error:
        said = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'intent'}: {e['msg']}" for e in error.errors())
        known = ", ".join(Intent.model_fields)
        raise PreflightError(f"The intent {path} is not valid: {said}. It may say: {known}.") from error
