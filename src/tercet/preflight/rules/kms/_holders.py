"""Which arguments hold a KMS key."""

from __future__ import annotations

from typing import Final

KEYS: Final[dict[str, tuple[str, ...]]] = {
    "aws_backup_vault": ("kms_key_arn",),
    "aws_cloudtrail": ("kms_key_id",),
    "aws_cloudwatch_event_bus": ("kms_key_identifier",),
    "aws_cloudwatch_log_group": ("kms_key_id",),
    "aws_db_instance": ("kms_key_id", "master_user_secret_kms_key_id", "performance_insights_kms_key_id"),
    "aws_docdb_cluster": ("kms_key_id",),
    "aws_dynamodb_table": ("server_side_encryption.kms_key_arn",),
    "aws_dynamodb_table_replica": ("kms_key_arn",),
    "aws_ebs_volume": ("kms_key_id",),
    "aws_ecr_repository": ("encryption_configuration.kms_key",),
    "aws_efs_file_system": ("kms_key_id",),
    "aws_eks_cluster": ("encryption_config.provider.key_arn",),
    "aws_elasticache_replication_group": ("kms_key_id",),
    "aws_kinesis_firehose_delivery_stream": ("server_side_encryption.key_arn",),
    "aws_kinesis_stream": ("kms_key_id",),
    "aws_lambda_function": ("kms_key_arn",),
    "aws_neptune_cluster": ("kms_key_arn",),
    "aws_opensearch_domain": ("encrypt_at_rest.kms_key_id",),
    "aws_rds_cluster": ("master_user_secret_kms_key_id", "performance_insights_kms_key_id"),
    "aws_rds_cluster_instance": ("performance_insights_kms_key_id",),
    "aws_redshift_cluster": ("kms_key_id",),
    "aws_s3_bucket_server_side_encryption_configuration": (
        "rule.apply_server_side_encryption_by_default.kms_master_key_id",
    ),
    "aws_secretsmanager_secret": ("kms_key_id",),
    "aws_sfn_state_machine": ("encryption_configuration.kms_key_id",),
    "aws_sns_topic": ("kms_master_key_id",),
    "aws_sqs_queue": ("kms_master_key_id",),
    "aws_ssm_parameter": ("key_id",),
}
"""Type → paths of the arguments that name a key of the resource's own region."""
REPLICAS: Final[dict[str, tuple[str, str, str]]] = {
    "aws_dynamodb_table": ("replica", "kms_key_arn", "region_name"),
    "aws_secretsmanager_secret": ("replica", "kms_key_id", "region"),
}
"""Type → blocks that copy the resource to other regions, and their arguments for the key and for the region."""
