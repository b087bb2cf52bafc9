"""Arguments of the S3 backend, with the Terraform that each came with or left with.

Read from Terraform's own schema and upgrade guides; asked of Terraform 1.11 by `terraform init`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tercet.preflight.declarations import Backend
from tercet.preflight.graph import Graph, Undecidable
from tercet.preflight.values import Value
from tercet.preflight.versions import Version

_ALWAYS: Final = (
    "access_key",
    "acl",
    "bucket",
    "dynamodb_endpoint",
    "dynamodb_table",
    "encrypt",
    "endpoint",
    "force_path_style",
    "iam_endpoint",
    "key",
    "kms_key_id",
    "max_retries",
    "profile",
    "region",
    "secret_key",
    "shared_credentials_file",
    "skip_credentials_validation",
    "skip_metadata_api_check",
    "skip_region_validation",
    "sse_customer_key",
    "sts_endpoint",
    "token",
    "workspace_key_prefix",
)
_SINCE_1_6: Final = (
    "allowed_account_ids",
    "assume_role",
    "assume_role_with_web_identity",
    "custom_ca_bundle",
    "ec2_metadata_service_endpoint",
    "ec2_metadata_service_endpoint_mode",
    "endpoints",
    "forbidden_account_ids",
    "http_proxy",
    "https_proxy",
    "insecure",
    "no_proxy",
    "retry_mode",
    "shared_config_files",
    "shared_credentials_files",
    "skip_requesting_account_id",
    "skip_s3_checksum",
    "sts_region",
    "use_dualstack_endpoint",
    "use_fips_endpoint",
    "use_path_style",
)
_UNTIL_1_10: Final = (
    "assume_role_duration_seconds",
    "assume_role_policy",
    "assume_role_policy_arns",
    "assume_role_tags",
    "assume_role_transitive_tag_keys",
    "external_id",
    "role_arn",
    "session_name",
)

SINCE: Final[Mapping[str, Version]] = {
    **dict.fromkeys(_SINCE_1_6, (1, 6, 0)),
    "use_legacy_workflow": (1, 6, 0),
    "use_lockfile": (1, 10, 0),
}
"""Argument → the Terraform that it came with."""

UNTIL: Final[Mapping[str, Version]] = {
    **dict.fromkeys(_UNTIL_1_10, (1, 10, 0)),
    "lock_table": (0, 13, 0),
    "use_legacy_workflow": (1, 8, 0),
}
"""Argument → the first Terraform without it."""

KNOWN: Final = frozenset((*_ALWAYS, *_SINCE_1_6, *_UNTIL_1_10, *SINCE, *UNTIL))
OF_OPENTOFU: Final = frozenset(("state_tags", "lock_tags"))
"""What OpenTofu alone knows."""

ROLE_ARGUMENTS: Final[Mapping[str, str]] = {
    "assume_role_duration_seconds": "duration",
    **{f"assume_role_{name}": name for name in ("policy", "policy_arns", "tags", "transitive_tag_keys")},
    **{name: name for name in ("external_id", "role_arn", "session_name")},
}
"""Argument that 1.10 removed → its name inside ``assume_role``."""

OBJECTS: Final = ("assume_role", "assume_role_with_web_identity", "endpoints")
"""Arguments that hold an object: with an equals sign, never as a block."""


def s3_backends(graph: Graph) -> list[Backend]:
    """Return the S3 backends; a plan says nothing of them."""
    return [backend for backend in graph.backends if backend.type == "s3"]


def require_whole(backend: Backend, what: str) -> None:
    """Refuse to judge what is missing where `terraform init -backend-config` gives the rest.

    Raises
    ------
    Undecidable
        The bucket or the key is given elsewhere, and so may be anything.
    """
    for name in ("bucket", "key"):
        if backend.values.get(name) is None:
            raise Undecidable(
                f"terraform.backend.s3.{what}", f"{name} is not given here: -backend-config gives the rest"
            )


def is_opentofu(backend: Backend) -> bool:
    """Tell whether only OpenTofu reads the file."""
    return (backend.source.file or "").endswith((".tofu", ".tofu.json"))


def is_on(value: Value) -> bool:
    """Tell whether a switch is on."""
    return value is True or value == "true"
