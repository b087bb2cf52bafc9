"""By which argument a resource is the only one of its name, and what happens when there are two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from tercet.preflight.graph import Graph, Resource

REFUSED: Final = {
    "aws_backup_vault": ("name", "AlreadyExistsException: Backup vault with the same name already exists"),
    "aws_cloudwatch_log_group": ("name", "ResourceAlreadyExistsException: The specified log group already exists"),
    "aws_cloudwatch_event_bus": ("name", "ResourceAlreadyExistsException: Event bus <name> already exists."),
    "aws_db_instance": ("identifier", "DBInstanceAlreadyExists: DB instance already exists"),
    "aws_db_parameter_group": ("name", "DBParameterGroupAlreadyExists: Parameter group <name> already exists"),
    "aws_db_subnet_group": ("name", "DBSubnetGroupAlreadyExists: The DB subnet group '<name>' already exists."),
    "aws_dynamodb_table": ("name", "ResourceInUseException: Table already exists: <name>"),
    "aws_ecr_repository": (
        "name",
        "RepositoryAlreadyExistsException: The repository with name '<name>' already exists",
    ),
    "aws_iam_group": ("name", "EntityAlreadyExists: Group with name <name> already exists."),
    "aws_iam_instance_profile": ("name", "EntityAlreadyExists: Instance Profile <name> already exists."),
    "aws_iam_role": ("name", "EntityAlreadyExists: Role with name <name> already exists."),
    "aws_iam_user": ("name", "EntityAlreadyExists: User with name <name> already exists."),
    "aws_kinesis_stream": ("name", "ResourceInUseException: Stream <name> already exists"),
    "aws_kms_alias": ("name", "AlreadyExistsException: An alias with the name <name> already exists"),
    "aws_lambda_function": ("function_name", "ResourceConflictException: Function already exist: <name>"),
    "aws_lb": ("name", "DuplicateLoadBalancerName: A load balancer with the same name '<name>' exists"),
    "aws_lb_target_group": ("name", "DuplicateTargetGroupName: A target group with the same name '<name>' exists"),
    "aws_rds_cluster": ("cluster_identifier", "DBClusterAlreadyExistsFault: DB Cluster already exists"),
    "aws_rds_cluster_instance": ("identifier", "DBInstanceAlreadyExists: DB instance already exists"),
    "aws_rds_cluster_parameter_group": ("name", "DBParameterGroupAlreadyExists: Parameter group <name> already exists"),
    "aws_s3_bucket": ("bucket", "BucketAlreadyExists: creating S3 Bucket (<name>): BucketAlreadyExists"),
    "aws_secretsmanager_secret": (
        "name",
        "ResourceExistsException: The operation failed because the secret <name> already exists.",
    ),
    "aws_ssm_parameter": ("name", "ParameterAlreadyExists: The parameter already exists."),
}
"""Types of which the second is refused: argument and error."""

OVERWRITTEN: Final = {
    "aws_cloudwatch_dashboard": "dashboard_name",
    "aws_cloudwatch_event_rule": "name",
    "aws_cloudwatch_metric_alarm": "alarm_name",
    "aws_sns_topic": "name",
}
"""Types of which the second becomes the first: argument."""


def doubled(graph: Graph, arguments: Iterable[tuple[str, str]]) -> Iterator[tuple[Resource, Resource, str]]:
    """Go through the resources whose name an earlier one has: the resource, the earlier one, the argument.

    Only names that are known count, and only resources of one provider: another may be of another account.
    """
    for kind, argument in arguments:
        first: dict[tuple[str, ...], Resource] = {}
        for resource in graph.of_type(kind):
            name = resource.value(argument)
            if not isinstance(name, str) or not name or resource.many:
                continue
            key = (str(name), resource.provider, str(resource.region), str(resource.value("event_bus_name")))
            earlier = first.setdefault(key, resource)
            if earlier is not resource:
                yield resource, earlier, argument
