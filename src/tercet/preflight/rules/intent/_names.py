"""The names that a deployment gives, as far as somebody has to choose them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.graph import Resource
from tercet.preflight.values import Value

NAMED: Final = {
    "aws_alb": "name",
    "aws_api_gateway_rest_api": "name",
    "aws_apigatewayv2_api": "name",
    "aws_autoscaling_group": "name",
    "aws_backup_plan": "name",
    "aws_backup_selection": "name",
    "aws_backup_vault": "name",
    "aws_cloudwatch_composite_alarm": "alarm_name",
    "aws_cloudwatch_dashboard": "dashboard_name",
    "aws_cloudwatch_event_archive": "name",
    "aws_cloudwatch_event_bus": "name",
    "aws_cloudwatch_event_rule": "name",
    "aws_cloudwatch_log_group": "name",
    "aws_cloudwatch_metric_alarm": "alarm_name",
    "aws_codebuild_project": "name",
    "aws_codepipeline": "name",
    "aws_cognito_user_pool": "name",
    "aws_db_instance": "identifier",
    "aws_db_parameter_group": "name",
    "aws_db_proxy": "name",
    "aws_db_subnet_group": "name",
    "aws_dynamodb_table": "name",
    "aws_ecr_repository": "name",
    "aws_ecs_cluster": "name",
    "aws_ecs_service": "name",
    "aws_ecs_task_definition": "family",
    "aws_eks_cluster": "name",
    "aws_elasticache_cluster": "cluster_id",
    "aws_elasticache_replication_group": "replication_group_id",
    "aws_elasticache_subnet_group": "name",
    "aws_iam_group": "name",
    "aws_iam_instance_profile": "name",
    "aws_iam_policy": "name",
    "aws_iam_role": "name",
    "aws_iam_user": "name",
    "aws_kinesis_firehose_delivery_stream": "name",
    "aws_kinesis_stream": "name",
    "aws_kms_alias": "name",
    "aws_lambda_function": "function_name",
    "aws_lambda_layer_version": "layer_name",
    "aws_launch_template": "name",
    "aws_lb": "name",
    "aws_lb_target_group": "name",
    "aws_rds_cluster": "cluster_identifier",
    "aws_rds_cluster_instance": "identifier",
    "aws_rds_cluster_parameter_group": "name",
    "aws_rds_global_cluster": "global_cluster_identifier",
    "aws_s3_bucket": "bucket",
    "aws_scheduler_schedule": "name",
    "aws_scheduler_schedule_group": "name",
    "aws_secretsmanager_secret": "name",
    "aws_security_group": "name",
    "aws_sfn_state_machine": "name",
    "aws_sns_topic": "name",
    "aws_sqs_queue": "name",
    "aws_ssm_parameter": "name",
    "aws_wafv2_ip_set": "name",
    "aws_wafv2_rule_group": "name",
    "aws_wafv2_web_acl": "name",
}
"""Type → the argument that is its name in the account. Parts of other resources, and DNS names, are not here."""

_PREFIXES: Final = {
    "bucket": "bucket_prefix",
    "cluster_identifier": "cluster_identifier_prefix",
    "identifier": "identifier_prefix",
}


def given_name(resource: Resource) -> tuple[str, Value] | None:
    """Return the argument in which a resource is named, and the name; None where Terraform makes the name up."""
    argument = NAMED.get(resource.type)
    if argument is None:
        return None
    for one in (argument, _PREFIXES.get(argument, "name_prefix")):
        if resource.has(one) and resource.value(one) != "":
            return one, resource.value(one)
    return None


def tagged_name(resource: Resource) -> Iterator[Value]:
    """Return the tag ``Name`` of a resource that has no other name."""
    tags = resource.value("tags")
    if resource.type not in NAMED and isinstance(tags, dict) and tags.get("Name"):
        yield tags["Name"]
