"""The first availability zone, taken away from the running platform on purpose."""

from __future__ import annotations

from typing import Final

from cdktn_provider_aws.fis_experiment_template import (
    FisExperimentTemplate,
    FisExperimentTemplateAction,
    FisExperimentTemplateActionParameter,
    FisExperimentTemplateActionTarget,
    FisExperimentTemplateExperimentOptions,
    FisExperimentTemplateLogConfiguration,
    FisExperimentTemplateLogConfigurationCloudwatchLogsConfiguration,
    FisExperimentTemplateStopCondition,
    FisExperimentTemplateTarget,
    FisExperimentTemplateTargetResourceTag,
)
from constructs import Construct

from tercet.stack.database import Database
from tercet.stack.deployment import PRODUCT, Deployment, Kind
from tercet.stack.iam import Role, Statement
from tercet.stack.logs import log_group, permit_delivery
from tercet.stack.monitoring import Monitoring
from tercet.stack.network import Network

DURATION: Final = "PT10M"
"""Long enough for Aurora, the proxy, Lambda and the alarms to show all they do, in ISO 8601."""

_SUBNETS: Final = "zone-subnets"
_CLUSTER: Final = "database"
_MADE_BY_EXPERIMENT: Final = "managedByFIS"


class ZoneLossExperiment(Construct):
    """An AWS FIS template, started by hand: no traffic to or from the first zone's subnets for ten minutes.

    The database fails over at once if its writer is in that zone; if it is not, that action is skipped, for a failover
    could move the writer into the zone that is away. As soon as the alarm on the API's errors goes off the experiment
    stops, and FIS gives the subnets their network ACLs back.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        deployment: Deployment,
        network: Network,
        database: Database,
        monitoring: Monitoring,
    ) -> None:
        super().__init__(scope, construct_id)
        self._deployment = deployment
        zone = network.zones[0]
        name = deployment.name("zone-loss", Kind.TAG)
        logs = log_group(
            self,
            "logs",
            deployment=deployment,
            key=database.logs_key,
            # Below this prefix the account's log resource policies cannot outgrow their limit ("Enable logging from
            # AWS services", CloudWatch Logs User Guide).
            name=f"/aws/vendedlogs/fis/{deployment.name('zone-loss', Kind.LOG_GROUP)}",
        )
        delivery = permit_delivery(
            self, "log-delivery", deployment=deployment, group=logs, name=deployment.name("zone-loss", Kind.LOG_GROUP)
        )
        role = Role(
            self,
            "role",
            deployment=deployment,
            service="fis.amazonaws.com",
            purpose="zone-loss",
            source_arn=deployment.arn("fis", "experiment/*"),
            guard_account=True,
        )
        self._grant_disrupt(role, network.vpc_id, zone.subnet_arns)
        self._grant_fail_over(role, database.cluster_arn)
        self._grant_log(role)
        self._template = FisExperimentTemplate(
            self,
            "template",
            description=f"{name}: zone {zone.name} is lost for ten minutes",
            role_arn=role.arn,
            stop_condition=[
                FisExperimentTemplateStopCondition(source="aws:cloudwatch:alarm", value=monitoring.api_errors_alarm_arn)
            ],
            target=[
                FisExperimentTemplateTarget(
                    name=_SUBNETS,
                    resource_type="aws:ec2:subnet",
                    selection_mode="ALL",
                    resource_arns=list(zone.subnet_arns),
                ),
                FisExperimentTemplateTarget(
                    name=_CLUSTER,
                    resource_type="aws:rds:cluster",
                    selection_mode="ALL",
                    # By the tags that everything of this deployment has, as in AWS's own zone scenario, so that the
                    # target can be narrowed down to where its writer is ("Targets for AWS FIS", its guide).
                    resource_tag=[
                        FisExperimentTemplateTargetResourceTag(key="application", value=PRODUCT),
                        FisExperimentTemplateTargetResourceTag(
                            key="environment", value=deployment.settings.environment_suffix
                        ),
                    ],
                    parameters={"writerAvailabilityZoneIdentifiers": zone.name},
                ),
            ],
            action=[
                FisExperimentTemplateAction(
                    name="disrupt-connectivity",
                    action_id="aws:network:disrupt-connectivity",
                    description=f"Deny all traffic to and from the subnets in {zone.name}",
                    parameter=[
                        FisExperimentTemplateActionParameter(key="duration", value=DURATION),
                        FisExperimentTemplateActionParameter(key="scope", value="all"),
                    ],
                    target=FisExperimentTemplateActionTarget(key="Subnets", value=_SUBNETS),
                ),
                FisExperimentTemplateAction(
                    name="failover-database",
                    action_id="aws:rds:failover-db-cluster",
                    description=f"Move the writer out of {zone.name}",
                    target=FisExperimentTemplateActionTarget(key="Clusters", value=_CLUSTER),
                ),
            ],
            experiment_options=FisExperimentTemplateExperimentOptions(
                account_targeting="single-account", empty_target_resolution_mode="skip"
            ),
            log_configuration=FisExperimentTemplateLogConfiguration(
                log_schema_version=2,
                cloudwatch_logs_configuration=FisExperimentTemplateLogConfigurationCloudwatchLogsConfiguration(
                    log_group_arn=f"{logs.arn}:*"
                ),
            ),
            tags={"Name": name},
            depends_on=[delivery, *role.grants],
        )

    @property
    def template_id(self) -> str:
        """ID of the template, which ``aws fis start-experiment`` takes."""
        return self._template.id

    def _grant_disrupt(self, role: Role, vpc_id: str, subnet_arns: tuple[str, ...]) -> None:
        """Put network ACLs of FIS's own making on the zone's subnets, and take those away again.

        As AWSFaultInjectionSimulatorNetworkAccess, an AWS managed policy, has it for network ACLs, but held to these
        subnets and this VPC.
        """
        acls = self._deployment.arn("ec2", "network-acl/*")
        tagged = {"StringEquals": {f"aws:RequestTag/{_MADE_BY_EXPERIMENT}": "true"}}
        role.grant(
            "disrupt-connectivity",
            Statement(["ec2:CreateNetworkAcl"], [acls], conditions=tagged),
            Statement(["ec2:CreateNetworkAcl"], [self._deployment.arn("ec2", f"vpc/{vpc_id}")]),
            Statement(
                ["ec2:CreateTags"],
                [acls],
                conditions={"StringEquals": {**tagged["StringEquals"], "ec2:CreateAction": "CreateNetworkAcl"}},
            ),
            Statement(
                ["ec2:CreateNetworkAclEntry", "ec2:DeleteNetworkAcl"],
                [acls],
                conditions={"StringEquals": {f"ec2:ResourceTag/{_MADE_BY_EXPERIMENT}": "true"}},
            ),
            Statement(["ec2:ReplaceNetworkAclAssociation"], [*subnet_arns, acls]),
            Statement(
                [
                    "ec2:DescribeManagedPrefixLists",
                    "ec2:DescribeNetworkAcls",
                    "ec2:DescribeSubnets",
                    "ec2:DescribeVpcs",
                ],
                ["*"],
                any_resource_because="the Describe operations of EC2 have no resource-level permission",
            ),
        )

    def _grant_fail_over(self, role: Role, cluster_arn: str) -> None:
        role.grant(
            "fail-over",
            Statement(["rds:FailoverDBCluster"], [cluster_arn]),
            # Found by listing, which is asked of every cluster and instance in the account.
            Statement(
                ["rds:DescribeDBClusters", "rds:DescribeDBInstances"],
                [self._deployment.arn("rds", "cluster:*"), self._deployment.arn("rds", "db:*")],
            ),
            Statement(
                ["tag:GetResources"],
                ["*"],
                any_resource_because="GetResources searches by tag; it has no resource-level permission",
            ),
        )

    def _grant_log(self, role: Role) -> None:
        """Let FIS have its log delivered; that the delivery may write is the log resource policy's matter."""
        role.grant(
            "deliver-logs",
            Statement(
                ["logs:CreateLogDelivery", "logs:DescribeLogGroups", "logs:DescribeResourcePolicies"],
                ["*"],
                any_resource_because="these operations of CloudWatch Logs have no resource-level permission",
            ),
        )
