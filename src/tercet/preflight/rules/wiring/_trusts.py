"""Which argument of which resource is a role, who assumes it, and what happens where that may not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tercet.preflight.graph import Resource
from tercet.preflight.rule import Problem
from tercet.preflight.rules.wiring._roles import distrusts, made_here, places, trusted


@dataclass(frozen=True)
class Use:
    """A place where a service is given a role."""

    argument: str
    service: str
    answer: str | None = None
    """What AWS answers where the service may not assume the role; None where nothing answers."""


REFUSED: Final[dict[str, tuple[Use, ...]]] = {
    "aws_api_gateway_account": (
        Use(
            "cloudwatch_role_arn",
            "apigateway.amazonaws.com",
            "BadRequestException: The role ARN does not have required permissions configured. Please grant trust "
            "permission for API Gateway and add the required role policy.",
        ),
    ),
    "aws_backup_selection": (
        Use(
            "iam_role_arn",
            "backup.amazonaws.com",
            "InvalidParameterValueException: IAM Role <role> cannot be assumed by AWS Backup",
        ),
    ),
    "aws_cloudtrail": (
        Use(
            "cloud_watch_logs_role_arn",
            "cloudtrail.amazonaws.com",
            "InvalidCloudWatchLogsRoleArnException: Access denied. Check the trust relationships for your role.",
        ),
    ),
    "aws_cloudwatch_event_target": (
        Use(
            "role_arn",
            "events.amazonaws.com",
            "ValidationException: Provided role '<role>' cannot be assumed by principal 'events.amazonaws.com'.",
        ),
    ),
    "aws_cloudwatch_log_subscription_filter": (
        Use(
            "role_arn",
            "logs.amazonaws.com",
            "InvalidParameterException: Could not deliver test message to specified destination. Check if the "
            "destination is valid.",
        ),
    ),
    "aws_codebuild_project": (
        Use(
            "service_role",
            "codebuild.amazonaws.com",
            "InvalidInputException: CodeBuild is not authorized to perform: sts:AssumeRole on <role>",
        ),
    ),
    "aws_codepipeline": (
        Use(
            "role_arn",
            "codepipeline.amazonaws.com",
            "InvalidStructureException: CodePipeline is not authorized to perform AssumeRole on role <role>",
        ),
    ),
    "aws_db_instance": (
        Use(
            "monitoring_role_arn",
            "monitoring.rds.amazonaws.com",
            "InvalidParameterValue: IAM role ARN value is invalid or does not include the required permissions for: "
            "ENHANCED_MONITORING",
        ),
    ),
    "aws_eks_cluster": (
        Use(
            "role_arn",
            "eks.amazonaws.com",
            "InvalidParameterException: Role with arn: <role>, could not be assumed because it does not exist or the "
            "trusted entity is not correct",
        ),
    ),
    "aws_eks_fargate_profile": (
        Use(
            "pod_execution_role_arn",
            "eks-fargate-pods.amazonaws.com",
            "InvalidParameterException: Misconfigured PodExecutionRole Trust Policy; Please add the "
            "eks-fargate-pods.amazonaws.com Service Principal",
        ),
    ),
    "aws_eks_node_group": (
        Use(
            "node_role_arn",
            "ec2.amazonaws.com",
            "InvalidParameterException: Following required service principals [ec2.amazonaws.com] were not found in "
            "the "
            "trust relationships of nodeRole",
        ),
    ),
    "aws_kinesis_firehose_delivery_stream": tuple(
        Use(
            f"{block}.role_arn",
            "firehose.amazonaws.com",
            "InvalidArgumentException: Firehose is unable to assume role <role>. Please check the role provided.",
        )
        for block in ("extended_s3_configuration", "kinesis_source_configuration")
    ),
    "aws_pipes_pipe": (Use("role_arn", "pipes.amazonaws.com"),),
    "aws_rds_cluster_instance": (
        Use(
            "monitoring_role_arn",
            "monitoring.rds.amazonaws.com",
            "InvalidParameterValue: IAM role ARN value is invalid or does not include the required permissions for: "
            "ENHANCED_MONITORING",
        ),
    ),
    "aws_scheduler_schedule": (
        Use(
            "target.role_arn",
            "scheduler.amazonaws.com",
            "ValidationException: The execution role you provide must allow AWS EventBridge Scheduler to assume the "
            "role.",
        ),
    ),
    "aws_sfn_state_machine": (
        Use(
            "role_arn",
            "states.amazonaws.com",
            "AccessDeniedException: Neither the global service principal states.amazonaws.com, nor the regional one is "
            "authorized to assume the provided role.",
        ),
    ),
}
"""The service tries the role when the resource is made."""

SILENT: Final[dict[str, tuple[Use, ...]]] = {
    "aws_api_gateway_integration": (Use("credentials", "apigateway.amazonaws.com"),),
    "aws_appsync_datasource": (Use("service_role_arn", "appsync.amazonaws.com"),),
    "aws_db_proxy": (Use("role_arn", "rds.amazonaws.com"),),
    "aws_ecs_task_definition": (
        Use("execution_role_arn", "ecs-tasks.amazonaws.com"),
        Use("task_role_arn", "ecs-tasks.amazonaws.com"),
    ),
    "aws_flow_log": (Use("iam_role_arn", "vpc-flow-logs.amazonaws.com"),),
    "aws_iam_instance_profile": (Use("role", "ec2.amazonaws.com"),),
    "aws_s3_bucket_replication_configuration": (Use("role", "s3.amazonaws.com"),),
    "aws_sns_topic": (
        Use("sqs_failure_feedback_role_arn", "sns.amazonaws.com"),
        Use("lambda_failure_feedback_role_arn", "sns.amazonaws.com"),
    ),
}
"""The service tries the role when it needs it."""


def mismatches(resource: Resource, uses: tuple[Use, ...], consequence: str) -> Iterator[Problem]:
    """Go through the roles of a resource that the service may not assume."""
    for use in uses:
        for block, argument in places(resource, use.argument):
            role = made_here(block, argument)
            if role is None or not distrusts(role, use.service):
                continue
            yield Problem(
                block,
                argument,
                f"{role.address} lets {trusted(role)} assume it, not {use.service}: {consequence}",
                fix=f"Allow sts:AssumeRole to the service {use.service} in assume_role_policy of {role.address}.",
                aws_error=use.answer,
            )
