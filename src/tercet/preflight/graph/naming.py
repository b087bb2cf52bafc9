"""By what resources are known to one another: the argument that names one, and settings that bear another's ``id``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tercet.preflight.graph.resource import Resource

_NAMED_BY: Final[Mapping[str, str]] = {
    "aws_db_instance": "identifier",
    "aws_lambda_function": "function_name",
    "aws_rds_cluster": "cluster_identifier",
    "aws_rds_cluster_instance": "identifier",
    "aws_rds_global_cluster": "global_cluster_identifier",
    "aws_s3_bucket": "bucket",
}
"""By which argument others know a resource, where that is not ``name``."""

_ID_OF: Final[Mapping[str, str]] = {
    "aws_api_gateway_rest_api_policy": "rest_api_id",
    "aws_ecr_lifecycle_policy": "repository",
    "aws_ecr_repository_policy": "repository",
    "aws_ecs_cluster_capacity_providers": "cluster_name",
    "aws_kms_key_policy": "key_id",
    "aws_s3_bucket_accelerate_configuration": "bucket",
    "aws_s3_bucket_cors_configuration": "bucket",
    "aws_s3_bucket_lifecycle_configuration": "bucket",
    "aws_s3_bucket_logging": "bucket",
    "aws_s3_bucket_notification": "bucket",
    "aws_s3_bucket_object_lock_configuration": "bucket",
    "aws_s3_bucket_ownership_controls": "bucket",
    "aws_s3_bucket_policy": "bucket",
    "aws_s3_bucket_public_access_block": "bucket",
    "aws_s3_bucket_replication_configuration": "bucket",
    "aws_s3_bucket_request_payment_configuration": "bucket",
    "aws_s3_bucket_server_side_encryption_configuration": "bucket",
    "aws_s3_bucket_versioning": "bucket",
    "aws_s3_bucket_website_configuration": "bucket",
    "aws_secretsmanager_secret_policy": "secret_arn",
    "aws_sns_topic_policy": "arn",
    "aws_sqs_queue_policy": "queue_url",
    "aws_sqs_queue_redrive_allow_policy": "queue_url",
    "aws_sqs_queue_redrive_policy": "queue_url",
}
"""Settings of another resource whose own ``id`` is that of the other: which argument it repeats.

Those of a bucket join ``expected_bucket_owner`` to it, where that is given: then it names no bucket.
"""


def name_of(resource: Resource) -> str | None:
    """Return the name that others know a resource by, where it is given and known."""
    value = resource.values.get(_NAMED_BY.get(resource.type, "name"))
    return str(value) if isinstance(value, str) else None


def argument_of(resource: Resource, attribute: str | int) -> str:
    """Return the argument that an attribute repeats: itself, but for ``id``."""
    if attribute != "id" or resource.values.get("expected_bucket_owner") is not None:
        return str(attribute)
    return _ID_OF.get(resource.type, "id")
