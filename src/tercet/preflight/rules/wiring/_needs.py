"""What a service does with the role that it is given, beside assuming it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from tercet.preflight.graph import Block, Resource, Undecidable
from tercet.preflight.policies import RolePermissions, any_of
from tercet.preflight.rule import Problem
from tercet.preflight.rules._targets import the_one
from tercet.preflight.rules.wiring._roles import grant, permissions_at, places

_LOGS: Final = ("logs:CreateLogStream", "logs:PutLogEvents")


def _always(_: Resource) -> bool:
    return True


@dataclass(frozen=True)
class Need:
    """Actions that a service does with the role of an argument.

    Parameters
    ----------
    argument
        The argument that is the role, with the blocks before it.
    actions
        All of them are needed; where `any_of_them`, one is enough.
    why
        What they are for, and what happens without.
    answer
        What AWS answers; None where nothing answers.
    lacking
        What the role lacks, in words; by default the actions.
    managed
        The managed policy that has what is lacking.
    when
        Whether the resource needs them at all.
    """

    argument: str
    actions: tuple[str, ...]
    why: str
    answer: str | None = None
    any_of_them: bool = False
    lacking: str | None = None
    managed: str | None = None
    when: Callable[[Resource], bool] = _always


def _has_tags(selection: Resource) -> bool:
    return selection.has("selection_tag") or selection.has("condition")


def _to_logs(flow_log: Resource) -> bool:
    return flow_log.text("log_destination_type", "cloud-watch-logs") == "cloud-watch-logs"


def _writes_logs(task: Resource) -> bool:
    return any(_driver(one) == "awslogs" for one in _containers(task))


def _pulls_from_ecr(task: Resource) -> bool:
    return any(".dkr.ecr." in str(one.get("image")) for one in _containers(task) if isinstance(one.get("image"), str))


def _is_of_eks(group: Resource) -> bool:
    """Tell whether the nodes start from EKS's image; another may have what it needs already."""
    if group.text("ami_type", "") == "CUSTOM":
        return False
    for block in group.blocks("launch_template"):
        template = the_one(block, "id", "aws_launch_template") or the_one(block, "name", "aws_launch_template")
        if template is None or template.has("image_id"):
            return False
    return True


def _containers(task: Resource) -> list[dict[str, object]]:
    found = task.document("container_definitions")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _driver(container: dict[str, object]) -> object:
    logs = container.get("logConfiguration")
    return logs.get("logDriver") if isinstance(logs, dict) else None


def _has_secret(proxy: Resource) -> bool:
    return any(block.has("secret_arn") for block in proxy.blocks("auth"))


_MONITORING: Final = Need(
    "monitoring_role_arn",
    _LOGS,
    "enhanced monitoring writes logs with it, and RDS refuses the instance",
    "InvalidParameterValue: IAM role ARN value is invalid or does not include the required permissions for: "
    "ENHANCED_MONITORING",
)

REFUSED: Final[dict[str, tuple[Need, ...]]] = {
    "aws_api_gateway_account": (
        Need(
            "cloudwatch_role_arn",
            ("logs:CreateLogGroup", "logs:PutLogEvents"),
            "API Gateway writes logs with it, and refuses it",
            "BadRequestException: The role ARN does not have required permissions configured. Please grant trust "
            "permission for API Gateway and add the required role policy.",
        ),
    ),
    "aws_backup_selection": (
        Need(
            "iam_role_arn",
            ("tag:GetResources",),
            "Backup looks for tagged resources with it, and refuses the selection",
            "InvalidParameterValueException: IAM Role <role> is not authorized to call tag:GetResources",
            when=_has_tags,
        ),
    ),
    "aws_cloudtrail": (
        Need(
            "cloud_watch_logs_role_arn",
            _LOGS,
            "CloudTrail writes logs with it, and refuses the trail",
            "InvalidCloudWatchLogsRoleArnException: Access denied. Verify in IAM that the role has adequate "
            "permissions.",
        ),
    ),
    "aws_db_instance": (_MONITORING,),
    "aws_eks_node_group": (
        Need(
            "node_role_arn",
            ("ec2:DescribeInstances", "ecr:GetAuthorizationToken", "ecr:BatchGetImage"),
            "nodes ask for their name and pull the images of the network plugin with it, and none becomes ready",
            "NodeCreationFailure: Instances failed to join the kubernetes cluster",
            when=_is_of_eks,
        ),
    ),
    "aws_rds_cluster_instance": (_MONITORING,),
}
"""The service tries it when the resource is made."""

SILENT: Final[dict[str, tuple[Need, ...]]] = {
    "aws_backup_selection": (
        Need(
            "iam_role_arn",
            (
                "rds:CreateDBClusterSnapshot",
                "rds:CreateDBSnapshot",
                "dynamodb:StartAwsBackupJob",
                "dynamodb:CreateBackup",
                "ec2:CreateSnapshot",
                "ec2:CreateImage",
                "elasticfilesystem:Backup",
                "fsx:CreateBackup",
                "s3:GetObjectVersion",
                "storagegateway:CreateSnapshot",
                "redshift:CreateClusterSnapshot",
                "timestream:StartAwsBackupJob",
                "cloudformation:GetTemplate",
                "backup-gateway:Backup",
                "ssm-sap:BackupDatabase",
            ),
            "Backup makes backups with it, and every job fails",
            any_of_them=True,
            lacking="every action that makes a backup",
            managed="service-role/AWSBackupServiceRolePolicyForBackup",
        ),
    ),
    "aws_db_proxy": (
        Need(
            "role_arn",
            ("secretsmanager:GetSecretValue",),
            "the proxy reads the database's secret with it, and connects to nothing",
            when=_has_secret,
        ),
    ),
    "aws_ecs_task_definition": (
        Need(
            "execution_role_arn",
            _LOGS,
            "ECS opens the log stream (awslogs) with it, and no task starts",
            when=_writes_logs,
        ),
        Need(
            "execution_role_arn",
            ("ecr:GetAuthorizationToken", "ecr:BatchGetImage"),
            "ECS pulls the image with it, and no task starts",
            when=_pulls_from_ecr,
        ),
    ),
    "aws_flow_log": (Need("iam_role_arn", _LOGS, "flow logs are written with it, and none arrive", when=_to_logs),),
    "aws_kinesis_firehose_delivery_stream": (
        Need(
            "extended_s3_configuration.role_arn",
            ("s3:PutObject",),
            "Firehose writes to the bucket with it, and nothing arrives",
        ),
    ),
    "aws_s3_bucket_replication_configuration": (
        Need(
            "role",
            ("s3:ReplicateObject",),
            "S3 copies objects with it, and none are copied",
        ),
        Need(
            "role",
            # The first reads what is encrypted with a KMS key, too; for the rest S3 is content with the second.
            ("s3:GetObjectVersionForReplication", "s3:GetObjectVersion"),
            "S3 reads objects with it, and none are copied",
            any_of_them=True,
        ),
    ),
}
"""The service tries it when it needs it."""


def unmet(resource: Resource, needs: tuple[Need, ...]) -> Iterator[Problem]:
    """Go through the roles of a resource that surely lack what the service does with them."""
    undecided: Undecidable | None = None
    for need in needs:
        for block, argument in places(resource, need.argument):
            permissions = permissions_at(block, argument)
            if permissions is None:
                continue
            try:
                lacking = _lacking(permissions, need)
                if lacking and need.when(resource):
                    yield _problem(block, argument, permissions, need, lacking)
            except Undecidable as error:
                undecided = error
    if undecided is not None:
        raise undecided


def _lacking(permissions: RolePermissions, need: Need) -> list[str]:
    if not need.any_of_them:
        return permissions.lacking(need.actions)
    answer = any_of(permissions.allows(action) for action in need.actions)
    if answer is None and not permissions.bounded:
        raise Undecidable(f"policies of {permissions.role.address}", permissions.because())
    return list(need.actions[:1]) if answer is False else []


def _problem(block: Block, argument: str, permissions: RolePermissions, need: Need, lacking: list[str]) -> Problem:
    role = permissions.role
    what = need.lacking or ", ".join(lacking)
    return Problem(
        block,
        argument,
        f"{role.address} lacks {what}: {need.why}.",
        fix=f"Attach {need.managed} to {role.address}." if need.managed else grant(lacking, role, "what it is used on"),
        aws_error=need.answer,
        also={"lacking": ", ".join(lacking)},
    )
