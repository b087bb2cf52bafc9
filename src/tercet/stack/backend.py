"""Which Terraform runs the configuration, with which provider, and where its state is kept."""

from __future__ import annotations

from typing import Final

from cdktn import S3Backend, TerraformStack

from tercet.settings import Settings
from tercet.stack.deployment import PRODUCT

PROVIDER_VERSION: Final = ">= 5.100, < 7.0"
"""The configuration uses only what both majors know."""


def _state_key(settings: Settings) -> str:
    """Where in the bucket this deployment's state lies; each suffix has its own."""
    return f"{PRODUCT}/{settings.environment_suffix}/terraform.tfstate"


def configure_terraform(stack: TerraformStack, settings: Settings) -> None:
    """State in S3, encrypted and locked by S3 itself.

    The bucket is left open unless set: its default name holds the account's number, which only
    ``terraform init -backend-config=bucket=…`` knows ("Partial configuration", Terraform's documentation). The
    bindings demand one, hence the override.
    """
    S3Backend(
        stack,
        bucket=settings.state_bucket or "",
        key=_state_key(settings),
        region=settings.region,
        encrypt=True,
        use_lockfile=True,
    )
    if not settings.state_bucket:
        stack.add_override("terraform.backend.s3.bucket", None)
    stack.add_override("terraform.required_providers.aws.version", PROVIDER_VERSION)
