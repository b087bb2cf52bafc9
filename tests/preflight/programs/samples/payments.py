"""A platform as people write it, right in every line: nothing may be said of it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from cdktn import App, Fn, S3Backend, TerraformIterator, TerraformOutput, TerraformStack, TerraformVariable, Token
from cdktn_provider_aws import lambda_function, lambda_permission
from cdktn_provider_aws.acm_certificate import AcmCertificate
from cdktn_provider_aws.acm_certificate_validation import AcmCertificateValidation
from cdktn_provider_aws.backup_plan import (
    BackupPlan,
    BackupPlanRule,
    BackupPlanRuleCopyAction,
    BackupPlanRuleCopyActionLifecycle,
    BackupPlanRuleLifecycle,
)
from cdktn_provider_aws.backup_vault import BackupVault
from cdktn_provider_aws.cloudwatch_dashboard import CloudwatchDashboard
from cdktn_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktn_provider_aws.cloudwatch_event_target import CloudwatchEventTarget, CloudwatchEventTargetDeadLetterConfig
from cdktn_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from cdktn_provider_aws.data_aws_availability_zones import DataAwsAvailabilityZones
from cdktn_provider_aws.data_aws_iam_policy_document import (
    DataAwsIamPolicyDocument,
    DataAwsIamPolicyDocumentStatement,
    DataAwsIamPolicyDocumentStatementPrincipals,
)
from cdktn_provider_aws.db_subnet_group import DbSubnetGroup
from cdktn_provider_aws.dynamodb_table import (
    DynamodbTable,
    DynamodbTableAttribute,
    DynamodbTablePointInTimeRecovery,
    DynamodbTableServerSideEncryption,
)
from cdktn_provider_aws.iam_role import IamRole
from cdktn_provider_aws.iam_role_policy import IamRolePolicy
from cdktn_provider_aws.kms_key import KmsKey
from cdktn_provider_aws.kms_replica_key import KmsReplicaKey
from cdktn_provider_aws.lambda_function_url import LambdaFunctionUrl
from cdktn_provider_aws.provider import AwsProvider, AwsProviderDefaultTags
from cdktn_provider_aws.rds_cluster import RdsCluster
from cdktn_provider_aws.rds_cluster_instance import RdsClusterInstance
from cdktn_provider_aws.route53_record import Route53Record
from cdktn_provider_aws.route53_zone import Route53Zone, Route53ZoneVpc
from cdktn_provider_aws.route_table import RouteTable, RouteTableRoute
from cdktn_provider_aws.s3_bucket import S3Bucket
from cdktn_provider_aws.s3_bucket_versioning import S3BucketVersioningA, S3BucketVersioningVersioningConfiguration
from cdktn_provider_aws.security_group import SecurityGroup, SecurityGroupEgress, SecurityGroupIngress
from cdktn_provider_aws.sns_topic import SnsTopic
from cdktn_provider_aws.sqs_queue import SqsQueue
from cdktn_provider_aws.ssm_parameter import SsmParameter
from cdktn_provider_aws.subnet import Subnet
from cdktn_provider_aws.vpc import Vpc
from constructs import Construct


class Network(Construct):
    def __init__(self, scope: Construct, id_: str, *, cidr: str, zones: list[str]) -> None:
        super().__init__(scope, id_)
        self.vpc = Vpc(self, "vpc", cidr_block=cidr, enable_dns_support=True, tags={"Name": f"payments-{cidr}"})
        self.subnets = [
            Subnet(
                self,
                f"private-{index}",
                vpc_id=self.vpc.id,
                cidr_block=Fn.cidrsubnet(self.vpc.cidr_block, 4, index),
                availability_zone=zone,
            )
            for index, zone in enumerate(zones)
        ]
        self.subnet_ids = [subnet.id for subnet in self.subnets]
        route = RouteTableRoute(cidr_block="0.0.0.0/0", nat_gateway_id="nat-0123456789abcdef0")
        RouteTable(self, "routes", vpc_id=self.vpc.id, route=[route])
        first = self.subnets[0]
        self.first_cidr = first.cidr_block
        self.group = SecurityGroup(
            self,
            "group",
            vpc_id=self.vpc.id,
            ingress=[
                SecurityGroupIngress(from_port=3306, to_port=3306, protocol="tcp", cidr_blocks=[self.vpc.cidr_block])
            ],
            egress=[SecurityGroupEgress(from_port=0, to_port=0, protocol="-1", cidr_blocks=["0.0.0.0/0"])],
        )


class Payments(TerraformStack):
    def __init__(self, scope: Construct, id_: str, *, suffix: str = "dev", tags: dict[str, str] | None = None) -> None:
        super().__init__(scope, id_)
        region = os.environ.get("AWS_REGION", "us-east-1")
        AwsProvider(self, "aws", region=region, default_tags=[AwsProviderDefaultTags(tags=tags or {})])
        west = AwsProvider(self, "west", alias="west", region="us-west-2")
        S3Backend(self, bucket="state", key=f"{suffix}/payments.tfstate", region=region, encrypt=True)
        found = DataAwsAvailabilityZones(self, "zones", state="available")
        zones = [Fn.element(found.names, index) for index in range(3)]
        network = Network(self, "network", cidr="10.0.0.0/16", zones=[Token.as_string(zone) for zone in zones])

        key = KmsKey(self, "key", enable_key_rotation=True, multi_region=True)
        KmsReplicaKey(self, "replica", primary_key_arn=key.arn, provider=west)
        table = self._table(suffix, key)
        cluster = self._cluster(network, suffix, key)
        queue = SqsQueue(self, "failed", name=f"failed-{suffix}", kms_master_key_id=key.id)
        function = self._function(network, suffix, table, cluster)
        self._events(function, queue)
        self._backup(suffix)
        self._names(function, network)
        self._alarms(function, suffix)

        bucket = S3Bucket(self, "audit", bucket=f"audit-{suffix}".lower(), force_destroy=True)
        status = S3BucketVersioningVersioningConfiguration(status="Enabled")
        S3BucketVersioningA(self, "versions", bucket=bucket.id, versioning_configuration=status, depends_on=[bucket])
        TerraformOutput(self, "cluster", value={"endpoint": cluster.endpoint, "port": cluster.port})
        TerraformOutput(self, "zone-names", value=found.names)

    def _table(self, suffix: str, key: KmsKey) -> DynamodbTable:
        return DynamodbTable(
            self,
            "sessions",
            name=f"sessions-{suffix}",
            billing_mode="PAY_PER_REQUEST",
            hash_key="id",
            attribute=[DynamodbTableAttribute(name="id", type="S")],
            point_in_time_recovery=DynamodbTablePointInTimeRecovery(enabled=True),
            server_side_encryption=DynamodbTableServerSideEncryption(enabled=True, kms_key_arn=key.arn),
        )

    def _cluster(self, network: Network, suffix: str, key: KmsKey) -> RdsCluster:
        group = DbSubnetGroup(self, "subnets", name=f"payments-{suffix}", subnet_ids=network.subnet_ids)
        cluster = RdsCluster(
            self,
            "db",
            cluster_identifier=f"payments-{suffix}",
            engine="aurora-mysql",
            master_username="payments",
            manage_master_user_password=True,
            db_subnet_group_name=group.name,
            vpc_security_group_ids=[network.group.id],
            storage_encrypted=True,
            kms_key_id=key.arn,
            backtrack_window=259200,
            skip_final_snapshot=True,
            lifecycle={"prevent_destroy": False},
        )
        for index in range(3):
            RdsClusterInstance(
                self,
                f"db-{index}",
                cluster_identifier=cluster.id,
                engine=cluster.engine,
                instance_class="db.r5.large",
            )
        secret = cluster.master_user_secret.get(0).secret_arn
        SsmParameter(self, "secret", name=f"/payments/{suffix}/secret", type="String", value=secret)
        return cluster

    def _function(
        self, network: Network, suffix: str, table: DynamodbTable, cluster: RdsCluster
    ) -> lambda_function.LambdaFunction:
        assume = DataAwsIamPolicyDocument(
            self,
            "assume",
            statement=[
                DataAwsIamPolicyDocumentStatement(
                    actions=["sts:AssumeRole"],
                    principals=[
                        DataAwsIamPolicyDocumentStatementPrincipals(
                            type="Service", identifiers=["lambda.amazonaws.com"]
                        )
                    ],
                )
            ],
        )
        role = IamRole(self, "role", name=f"payments-{suffix}", assume_role_policy=assume.json)
        statements: list[dict[str, Any]] = [{"Effect": "Allow", "Action": ["dynamodb:PutItem"], "Resource": table.arn}]
        statements.append({"Effect": "Allow", "Action": "sqs:*", "Resource": f"{table.arn}/index/*"})
        IamRolePolicy(self, "policy", role=role.id, policy=json.dumps({"Statement": statements}))
        return lambda_function.LambdaFunction(
            self,
            "function",
            function_name=f"payments-{suffix}",
            role=role.arn,
            runtime="python3.13",
            handler="index.handler",
            filename=str(Path("function.zip").absolute()),
            memory_size=1024,
            environment={"variables": {"TABLE": table.name, "PORT": Token.as_string(cluster.port)}},
            vpc_config=lambda_function.LambdaFunctionVpcConfig(
                subnet_ids=network.subnet_ids, security_group_ids=[network.group.id]
            ),
            tracing_config=lambda_function.LambdaFunctionTracingConfig(mode="Active"),
        )

    def _events(self, function: lambda_function.LambdaFunction, queue: SqsQueue) -> None:
        rule = CloudwatchEventRule(self, "rule", event_pattern=json.dumps({"source": ["payments"]}))
        CloudwatchEventTarget(
            self,
            "target",
            rule=rule.name,
            arn=function.arn,
            dead_letter_config=CloudwatchEventTargetDeadLetterConfig(arn=queue.arn),
        )
        lambda_permission.LambdaPermission(
            self,
            "permission",
            action="lambda:InvokeFunction",
            function_name=function.function_name,
            principal="events.amazonaws.com",
            source_arn=rule.arn,
        )

    def _backup(self, suffix: str) -> None:
        vault = BackupVault(self, "vault", name=f"payments-{suffix}")
        keep = BackupPlanRuleLifecycle(delete_after=7)
        copy = BackupPlanRuleCopyAction(
            destination_vault_arn=vault.arn, lifecycle=BackupPlanRuleCopyActionLifecycle(delete_after=7)
        )
        rules = [
            BackupPlanRule(
                rule_name="daily",
                target_vault_name=vault.name,
                schedule="cron(0 3 * * ? *)",
                lifecycle=keep,
                copy_action=[copy],
            )
        ]
        BackupPlan(self, "plan", name=f"payments-{suffix}", rule=rules)

    def _names(self, function: lambda_function.LambdaFunction, network: Network) -> None:
        domain = TerraformVariable(self, "domain", type="string", description="a domain of ours")
        zone = Route53Zone(self, "zone", name=domain.string_value, vpc=[Route53ZoneVpc(vpc_id=network.vpc.id)])
        url = LambdaFunctionUrl(self, "url", function_name=function.arn, authorization_type="AWS_IAM")
        host = Fn.trimsuffix(Fn.trimprefix(url.function_url, "https://"), "/")
        Route53Record(self, "api", zone_id=zone.zone_id, name=f"api.{zone.name}", type="CNAME", ttl=60, records=[host])
        certificate = AcmCertificate(self, "certificate", domain_name=f"api.{zone.name}", validation_method="DNS")
        options = TerraformIterator.from_complex_list(certificate.domain_validation_options, "domain_name")
        Route53Record(
            self,
            "validation",
            for_each=options,
            zone_id=zone.zone_id,
            name=options.get_string("resource_record_name"),
            type=options.get_string("resource_record_type"),
            records=[options.get_string("resource_record_value")],
            ttl=60,
        )
        AcmCertificateValidation(self, "validated", certificate_arn=certificate.arn)

    def _alarms(self, function: lambda_function.LambdaFunction, suffix: str) -> None:
        topic = SnsTopic(self, "alarms", name=f"alarms-{suffix}")
        CloudwatchMetricAlarm(
            self,
            "errors",
            alarm_name=f"errors-{suffix}",
            comparison_operator="GreaterThanThreshold",
            evaluation_periods=1,
            metric_name="Errors",
            namespace="AWS/Lambda",
            period=60,
            statistic="Sum",
            threshold=0,
            dimensions={"FunctionName": function.function_name},
            alarm_actions=[topic.arn],
        )
        widgets = [
            {"type": "metric", "properties": {"metrics": [["AWS/Lambda", "Errors", "FunctionName", function.id]]}}
        ]
        CloudwatchDashboard(self, "dashboard", dashboard_name=suffix, dashboard_body=json.dumps({"widgets": widgets}))


def main() -> None:
    app = App()
    Payments(app, "payments", suffix=os.getenv("SUFFIX", "dev"), tags={"team": "payments"})
    app.synth()


if __name__ == "__main__":
    main()
