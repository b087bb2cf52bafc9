"""What somebody may have meant by a name that the provider does not have."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from tercet.preflight.knowledge.schema import BlockSchema

HINTS: Final[dict[tuple[str, str], str]] = {
    ("aws_kms_key", "primary_key_arn"): (
        "A replica of a multi-Region key is a resource of its own: write an aws_kms_replica_key with primary_key_arn."
    ),
    ("aws_api_gateway_deployment", "stage_name"): "Write the stage as an aws_api_gateway_stage.",
    ("aws_api_gateway_deployment", "stage_description"): "Write the stage as an aws_api_gateway_stage.",
    ("aws_api_gateway_deployment", "canary_settings"): "Write the stage, with its canary, as an aws_api_gateway_stage.",
    ("aws_batch_compute_environment", "compute_environment_name"): "The argument is called name now.",
    ("aws_batch_job_queue", "compute_environments"): "Write compute_environment_order blocks.",
    ("aws_dms_endpoint", "s3_settings"): "Write the endpoint as an aws_dms_s3_endpoint.",
    ("aws_eip", "vpc"): 'Write domain = "vpc".',
    ("aws_eks_addon", "resolve_conflicts"): "Write resolve_conflicts_on_create and resolve_conflicts_on_update.",
    ("aws_flow_log", "log_group_name"): "Write log_destination with the log group's ARN.",
    ("aws_instance", "cpu_core_count"): "Write a cpu_options block with core_count.",
    ("aws_instance", "cpu_threads_per_core"): "Write a cpu_options block with threads_per_core.",
    ("aws_redshift_cluster", "logging"): "Write it as an aws_redshift_logging.",
    ("aws_redshift_cluster", "snapshot_copy"): "Write it as an aws_redshift_snapshot_copy.",
    ("aws_s3_bucket", "acl"): "Write it as an aws_s3_bucket_acl.",
    ("aws_s3_bucket", "cors_rule"): "Write it as an aws_s3_bucket_cors_configuration.",
    ("aws_s3_bucket", "grant"): "Write it as an aws_s3_bucket_acl.",
    ("aws_s3_bucket", "lifecycle_rule"): "Write it as an aws_s3_bucket_lifecycle_configuration.",
    ("aws_s3_bucket", "logging"): "Write it as an aws_s3_bucket_logging.",
    ("aws_s3_bucket", "object_lock_configuration"): "Write it as an aws_s3_bucket_object_lock_configuration.",
    ("aws_s3_bucket", "policy"): "Write it as an aws_s3_bucket_policy.",
    ("aws_s3_bucket", "replication_configuration"): "Write it as an aws_s3_bucket_replication_configuration.",
    ("aws_s3_bucket", "server_side_encryption_configuration"): (
        "Write it as an aws_s3_bucket_server_side_encryption_configuration."
    ),
    ("aws_s3_bucket", "versioning"): "Write it as an aws_s3_bucket_versioning.",
    ("aws_s3_bucket", "website"): "Write it as an aws_s3_bucket_website_configuration.",
    ("aws_iam_role", "inline_policy"): "Write it as an aws_iam_role_policy.",
    ("aws_iam_role", "managed_policy_arns"): "Write an aws_iam_role_policy_attachment for each.",
    ("aws_cloudwatch_event_rule", "is_enabled"): 'Write state = "ENABLED" or "DISABLED".',
}
"""What to write instead, where the name alone does not lead there. Of arguments in blocks the last name counts."""

_LONGEST_NAME: Final = 80
_NEAR: Final = 0.75


@dataclass
class Guesses:
    """Guesses for one check: comparing names takes time, and a hostile input holds very many wrong ones."""

    left: int = 500

    def nearest(self, name: str, known: Sequence[str]) -> str | None:
        """Return `nearest`'s answer, as long as there are guesses left."""
        self.left -= 1
        return nearest(name, known) if self.left >= 0 else None


def nearest(name: str, known: Sequence[str]) -> str | None:
    """Return the known name that is meant, if one is near: ``deleteAfter`` → ``delete_after``."""
    if len(name) > _LONGEST_NAME:
        return None
    snake = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower().replace("-", "_")
    if snake in known:
        return snake
    if near := get_close_matches(snake, known, n=1, cutoff=_NEAR):
        return near[0]
    extended = [one for one in known if len(one) > 3 and (snake.startswith(one + "_") or one.startswith(snake + "_"))]
    return extended[0] if len(extended) == 1 else None


def elsewhere(name: str, here: BlockSchema, around: BlockSchema | None, generations: Sequence[int]) -> str | None:
    """Say where the name does stand: in a block of this one, or one level up."""
    for inner, block in here.blocks.items():
        if name in block.names(generations):
            return f"{name} stands in the block {inner}: move it there."
    if around and name in around.names(generations):
        return f"{name} stands one level up: move it out of this block."
    return None
